"""The word `keys bring`: take what a ceremony left into the installation."""

import time
from pathlib import Path
from typing import Annotated, Any

import typer

from cardservice import key_bundle, preparation
from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.compartment import run_in
from cardservice.home import Home
from cardservice.key_bundle import Bundle, BundleRefused
from cardservice.paper_record import fingerprint


def bring(
    place: Annotated[Path, typer.Argument(help="The directory `to-install` that a ceremony left.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Take a new key set and its keys into the installation, which may be running."""
    try:
        bundle = key_bundle.read(place)
    except BundleRefused as refused:
        raise Failed(str(refused)) from None
    body = installed(bundle, home_at(home))
    lines = [f"Key set {body['key_set_seq']} with {body['keys']} keys is in force.", f"Root {body['root']}"]
    if body["restart"]:
        lines.append("The signer reads new keys when it starts: restart `cardservice up` within the month.")
    answer(body, as_json=as_json, lines=lines)


def installed(bundle: Bundle, home: Home) -> dict[str, Any]:
    """Takes the bundle over; what the word answers. Raises Failed."""
    try:
        done = key_bundle.install(bundle, home=home, now=int(time.time()), take_over=lambda: _take_over(home))
    except BundleRefused as refused:
        raise Failed(str(refused)) from None
    key_set = done.key_set
    return {
        "key_set_seq": key_set.seq,
        "root": fingerprint(bundle.root).replace(" ", ""),
        "next_root": key_set.next_root.hex(),
        "keys": len(key_set.keys),
        "restart": done.new_keys,
    }


def _take_over(home: Home) -> None:
    """Enters the keys into the register; before the first `up` there is none, and `up` does it."""
    if preparation.was_prepared(home):
        run_in(home, "issuance", "take_over_key_set")
