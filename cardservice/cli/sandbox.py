"""The word `sandbox`: a gate of its own with sample cards, for whoever connects a system to the real one."""

import json
import os
import signal
import tempfile
import threading
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typer

from cardservice import preparation
from cardservice import sandbox as samples
from cardservice.cli.answers import Failed, JsonOption, answer
from cardservice.cli.compartment import run_in
from cardservice.files import write_atomically
from cardservice.home import Home
from cardservice.supervisor import Supervisor

_AGREEMENT = ("--provider=Sandbox", "--purpose=trying out", "--contact=nobody", f"--sector={samples.SECTOR}")
_PROPOSER, _SECOND = "DEM001", "DEM002"


def sandbox(
    port: int = typer.Option(8010, "--port", help="Where the sandbox's gate listens on this machine."),
    as_json: JsonOption = False,
) -> None:
    """Start a gate with sample cards, and keep it running until Ctrl-C.

    Keys, cards and API key are made anew each time, good for a week, and known to no other gate. Nothing is kept.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    _forget_real_installations()
    with tempfile.TemporaryDirectory(prefix="cardservice-sandbox-") as place:
        home = Home(Path(place) / "home", urls={})
        made = samples.make(now=int(time.time()))
        _publish(home, made)
        supervisor = Supervisor(home, ports={"gate": port}, names=("gate",))
        try:
            # Before the gate starts: it must not begin with an agreement that nobody has activated yet.
            preparation.prepare(home)
            api_key = _agree(home)
            supervisor.start(until=stop.is_set)
            supervisor.wait_until_ready(until=stop.is_set)
            if not stop.is_set():
                _greet(supervisor.addresses["gate"], api_key, made, as_json=as_json)
            supervisor.watch(until=stop.is_set)
        except preparation.NotPrepared as error:
            raise Failed(str(error)) from None
        finally:
            supervisor.stop()


def _forget_real_installations() -> None:
    """Takes databases, keys and places of a real installation out of the environment: the sandbox must reach none."""
    for name in [name for name in os.environ if name.startswith("CARDSERVICE_") or name.endswith("_URL")]:
        del os.environ[name]
    os.environ["CARDSERVICE_REALM"], os.environ["CARDSERVICE_ISSUER"] = samples.REALM, samples.ISSUER


def _publish(home: Home, made: samples.Sandbox) -> None:
    home.prepare_directories()
    (home.published / "s").mkdir()
    for name, octets in made.documents.items():
        write_atomically(home.published / name, octets)
    write_atomically(home.root_public, made.root_public)
    write_atomically(home.key_set, made.documents["key-set.cose"])


def _agree(home: Home) -> str:
    """The API key of an agreement that sees the name, active for the sandbox's week and a day around it."""
    today = time.time()
    days = [time.strftime("%Y-%m-%d", time.gmtime(today + days * 86_400)) for days in (-1, 8)]
    added = _ask(
        home,
        *("add", *_AGREEMENT, "--field=name", "--face=any", f"--starts={days[0]}", f"--ends={days[1]}"),
        *("--duties-signed", f"--by={_PROPOSER}"),
    )
    _ask(home, "activate", added["provider_id"], f"--by={_SECOND}")
    return str(added["api_key"])


def _ask(home: Home, *words: str) -> dict[str, Any]:
    return dict(json.loads(run_in(home, "verification", "agreements", *words)))


def _greet(gate: str, api_key: str, made: samples.Sandbox, *, as_json: bool) -> None:
    lines = [f"gate      {gate}", f"API key   {api_key}", "", "Sample cards, and what the gate must answer:"]
    for sample in made.samples:
        lines += ["", f"{sample.name}: {sample.verdict}{f', {sample.reason}' if sample.reason else ''}", sample.qr]
    lines += ["", "Every other gate refuses these cards (unknown_issuer). Stop with Ctrl-C."]
    body = {"gate": gate, "api_key": api_key, "samples": [asdict(sample) for sample in made.samples]}
    answer(body, as_json=as_json, lines=lines)
