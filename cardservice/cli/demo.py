"""The word `demo`: the main job on real input, from the agreement with a library to the blocked card."""

import base64
import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import typer

from cardservice.cli.agreement import DEMO_PROPOSER, DEMO_SECOND
from cardservice.cli.answers import NO, JsonOption, answer
from cardservice.cli.card_order import order_of
from cardservice.cli.compartment import run_in
from cardservice.cli.desk_client import DeskClient
from cardservice.cli.portrait import draw_portrait
from cardservice.home import Home
from cardservice.supervisor import running
from issuance.orders import POLICY_VERSION
from issuance.render.readback import read_back

GATE_REFRESH_SECONDS = 10.0


def agree_with_library(home: Home) -> str:
    """Adds the agreement of an invented library that sees names; its API key."""
    today = datetime.now(UTC).date()
    terms = {
        "provider": "Library of the demo",
        "sector": "culture",
        "purpose": "lending books",
        "contact": "front desk",
        "face": "any",
        "field": "name",
        "by": DEMO_PROPOSER,
        "starts": today,
        "ends": today + timedelta(days=365),
    }
    options = [f"--{name}={value}" for name, value in terms.items()]
    added = run_in(home, "verification", "agreements", "add", "--duties-signed", *options)
    body = json.loads(added)
    run_in(home, "verification", "agreements", "activate", body["provider_id"], f"--by={DEMO_SECOND}")
    return str(body["api_key"])


@dataclass
class _Script:
    """The steps of the demo, and what each leaves for the next."""

    home: Home
    desk: str
    gate: str
    holder: str
    steps: list[dict[str, Any]] = field(default_factory=list)
    api_key: str = ""
    issued: dict[str, Any] = field(default_factory=dict)
    texts: list[str] = field(default_factory=list)
    held: dict[str, Any] = field(default_factory=dict)

    def step(self, name: str, act: Callable[[], bool]) -> None:
        """Runs one step and says how it went."""
        started = time.perf_counter()
        ok = act()
        ms = round((time.perf_counter() - started) * 1e3)
        self.steps.append({"name": name, "ok": ok, "ms": ms})
        print(f"{'ok  ' if ok else 'FAIL'} {ms:6} ms  {name}", file=sys.stderr)

    def make_agreement(self) -> bool:
        self.api_key = agree_with_library(self.home)
        return bool(self.api_key)

    def issue(self) -> bool:
        desk = DeskClient(self.home, self.desk)
        seed = secrets.token_hex(32)
        order = order_of(name="Amina Example", born="1990-05-17", picture=draw_portrait(1))
        self.issued = desk.post("/cards", order | {"issue_seed": seed, "policy_version": POLICY_VERSION})
        return bool(desk.post("/cards/ack", {"issue_seed": seed})["state"] == "active")

    def read_print(self) -> bool:
        self.texts = read_back(base64.b64decode(self.issued["card_pdf"]))
        return len(self.texts) == 2

    def check(self, verdict: str, reason: str | None) -> bool:
        """Asks the gate until it says so; it takes over newer documents within seconds."""
        deadline = time.monotonic() + GATE_REFRESH_SECONDS
        while True:
            response = httpx.post(
                f"{self.gate}/api/v1/verifications",
                json={"qr": self.texts[0]},
                headers={"Authorization": f"Api-Key {self.api_key}"},
                timeout=10.0,
            )
            body = response.json()
            if (body.get("verdict"), body.get("reason")) == (verdict, reason):
                return verdict != "valid" or body["card"] == {"name": "Amina Example"}
            if time.monotonic() > deadline:
                return False
            time.sleep(0.1)

    def block(self) -> bool:
        # As the holder does it: no login, and the answer does not say whether there is such a slip.
        body = {"slip_code": self.issued["slip_code"]}
        return httpx.post(f"{self.holder}/block", json=body, timeout=10.0).status_code == 200

    def publish(self) -> bool:
        return bool(json.loads(run_in(self.home, "publisher", "publisher", "--once"))["lists"])

    def check_offline(self) -> bool:
        word = [sys.executable, "-m", "cardservice", "check", "-", "--json", "--home", str(self.home.path)]
        done = subprocess.run(word, input=self.texts[0], capture_output=True, text=True, check=False)
        return done.returncode == NO and json.loads(done.stdout)["reason"] == "blocked"

    def ask_register(self) -> bool:
        """The whole row, every column; the holder's own page tells the same in words."""
        body = {"card_number": self.issued["card_number"]}
        told = httpx.post(f"{self.holder}/held", json=body, timeout=10.0).json()
        self.held = json.loads(run_in(self.home, "issuance", "held", self.issued["card_number"]))
        return told["held"]["state"] == "blocked" and "Amina" not in json.dumps([told, self.held])


def demo(as_json: JsonOption = False) -> None:
    """Issue a card, check it, block it and look at what the city holds about it, in a temporary home."""
    with tempfile.TemporaryDirectory(prefix="cardservice-demo-") as place:
        home = Home(Path(place) / "home")
        started = time.perf_counter()
        with running(home) as addresses:
            script = _Script(home=home, desk=addresses["desk"], gate=addresses["gate"], holder=addresses["holder"])
            begun = round((time.perf_counter() - started) * 1e3)
            script.steps.append(
                {
                    "name": "start desk, gate, office and what works behind them",
                    "ok": True,
                    "ms": begun,
                }
            )
            print(f"ok   {begun:6} ms  {script.steps[0]['name']}", file=sys.stderr)
            script.step("agree with a library that it sees names and nothing else", script.make_agreement)
            script.step("issue a card with a photo at the desk", script.issue)
            script.step("read both QR codes from the rendered card", script.read_print)
            script.step("check the card at the gate: valid", lambda: script.check("valid", None))
            script.step("block the card with its recovery slip", script.block)
            script.step("publish the status list", script.publish)
            script.step("check the card at the gate: refused", lambda: script.check("refused", "blocked"))
            script.step("check the card offline: refused", script.check_offline)
            script.step("look at all the city holds about this card", script.ask_register)
    ok = all(step["ok"] for step in script.steps)
    lines = ["", "All that the city holds about this card:"]
    lines += [f"  {name:12} {value}" for name, value in script.held.items()]
    lines += ["", "Done: everything works." if ok else "Something failed: see the lines above."]
    answer({"steps": script.steps, "ok": ok}, as_json=as_json, lines=lines)
    if not ok:
        raise typer.Exit(NO)
