"""The words `drill ...`: rehearsals in a temporary home, which say no when a promise does not hold."""

import json
import os
import tempfile
import time
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

import typer

from cardservice.cli.answers import NO, JsonOption, answer
from cardservice.cli.compartment import run_in
from cardservice.cli.compromise_words import compromised
from cardservice.credential.calendar import day_of, monday_of
from cardservice.home import Home
from cardservice.key_breach import CARDS, Card, Loot, Outcome, issue, judge, refuses_again, steal
from cardservice.supervisor import running
from verification.documents import read_published

drill_app = typer.Typer(no_args_is_help=True)


@drill_app.callback()
def drill() -> None:
    """Rehearsals."""


@drill_app.command("key-breach")
def key_breach(as_json: JsonOption = False) -> None:
    """Steal issuing keys of a temporary demo home, forge with them, and see what is still believed."""
    # The drill never touches the databases or the realm of the installation whose operator runs it.
    os.environ["CARDSERVICE_REALM"] = "demo"
    os.environ.pop("CARDSERVICE_ISSUER", None)
    with tempfile.TemporaryDirectory(prefix="cardservice-drill-") as place:
        home = Home(Path(place) / "home", urls={})
        with running(home) as addresses:
            outcome, _ = breach(home, addresses["desk"])
    body: dict[str, Any] = {"ok": outcome.ok} | asdict(outcome)
    lines = [
        f"{outcome.forged} cards forged with stolen keys, beside lists and old documents: {outcome.accepted} believed.",
        f"{outcome.valid_before} of {outcome.cards_before} cards of before the breach are valid,"
        f" {outcome.refused_after} of {outcome.cards_after} of after it are refused.",
        "All as promised." if outcome.ok else "NOT as promised.",
    ]
    answer(body, as_json=as_json, lines=lines)
    if not outcome.ok:
        raise typer.Exit(NO)


def breach(home: Home, desk: str) -> tuple[Outcome, tuple[Loot, list[Card], list[Card]]]:
    """The whole drill in a running demo home; what came of it, and what it was judged by."""
    before = [issue(home, desk) for _ in range(CARDS)]
    first = _rotated(home)
    after = [issue(home, desk) for _ in range(CARDS)]
    second = _rotated(home)
    run_in(home, "publisher", "publisher", "--once")
    loot = steal(home, [first, second], genuine=before[0], now=int(time.time()))
    monday = day_of(monday_of(int(time.time())))
    # The first key's cards are of the weeks before its breach, the second's of the week of its own.
    compromised(home, first, since=(monday + timedelta(days=7)).isoformat())
    compromised(home, second, since=monday.isoformat())
    run_in(home, "publisher", "publisher", "--once")
    judged = judge(home, loot, read_published(home.published), before=before, after=after, now=int(time.time()) + 2)
    outcome = Outcome(
        **judged,
        again_refused=refuses_again(home, desk, before[0]) and refuses_again(home, desk, after[0]),
        issuing_goes_on=bool(issue(home, desk).faces),
    )
    return outcome, (loot, before, after)


def _rotated(home: Home) -> str:
    """Activates the next key; the kid of the one that was active."""
    active = json.loads(run_in(home, "issuance", "signing_keys"))["keys"]
    (kid,) = [key["kid"] for key in active if key["use"] == "card" and key["state"] == "active"]
    run_in(home, "issuance", "rotate_keys")
    return str(kid)
