"""The words `keys ...`: the signing keys of the installation."""

import json
from pathlib import Path
from typing import Any

import typer

from cardservice.cli import ceremony_words
from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.bring import bring
from cardservice.cli.compartment import run_in
from cardservice.home import Home

keys_app = typer.Typer(no_args_is_help=True)
keys_app.command("ceremony")(ceremony_words.hold)
keys_app.command("renew")(ceremony_words.renew)
keys_app.command("root-change")(ceremony_words.root_change)
keys_app.command("bring")(bring)


@keys_app.callback()
def keys() -> None:
    """Signing keys."""


@keys_app.command("list")
def list_keys(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List the signing keys: use, state, cards issued and cap."""
    body = _listed(_with_key_set(home))
    lines = [
        f"{k['kid']}  {k['use']:8}  {k['alg']}  {k['state']:11}  {k['issued']:5} of {k['cap']}" for k in body["keys"]
    ]
    answer(body, as_json=as_json, lines=lines)


@keys_app.command("rotate")
def rotate(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Activate the next planned card key now, instead of at its cap or with the first card of another month."""
    place = _with_key_set(home)
    body = json.loads(run_in(place, "issuance", "rotate_keys")) | _listed(place)
    answer(body, as_json=as_json, lines=[f"{body['active']} signs cards from now on; no process need be restarted."])


@keys_app.command("encrypt")
def encrypt(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Encrypt the key files of signer and archivist that an earlier version left without encryption."""
    place = home_at(home)
    words = (("signer", "encrypt_keys"), ("archivist", "encrypt_log_keys"))
    encrypted = [kid for process, word in words for kid in json.loads(run_in(place, process, word))["encrypted"]]
    answer({"encrypted": encrypted}, as_json=as_json, lines=[f"{len(encrypted)} key files encrypted."])


def _with_key_set(home: Path) -> Home:
    place = home_at(home)
    if not place.key_set.exists():
        raise Failed(f"{place.path} holds no key set: start the installation once with `cardservice up`.")
    return place


def _listed(place: Home) -> dict[str, Any]:
    return dict(json.loads(run_in(place, "issuance", "signing_keys")))
