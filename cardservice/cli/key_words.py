"""The words `keys ...`: the signing keys of the installation."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cardservice import device_keys
from cardservice.cli import ceremony_words, compromise_words
from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.bring import bring
from cardservice.cli.compartment import run_in
from cardservice.cli.reconcile import reconcile
from cardservice.credential import cbor
from cardservice.credential.keys import to_cose_key
from cardservice.credential.keyset import kid_of
from cardservice.home import Home

CountArgument = Annotated[int, typer.Argument(min=1, max=100, help="how many")]

keys_app = typer.Typer(no_args_is_help=True)
keys_app.command("ceremony")(ceremony_words.hold)
keys_app.command("renew")(ceremony_words.renew)
keys_app.command("root-change")(ceremony_words.root_change)
keys_app.command("bring")(bring)
keys_app.command("before-breach")(compromise_words.before_breach)
keys_app.command("compromise")(compromise_words.compromise)
keys_app.command("reconcile")(reconcile)


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


@keys_app.command("make")
def make(count: CountArgument, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Make COUNT keys inside the signer's PKCS #11 device; prints their public halves, for the root ceremony."""
    place = home_at(home)
    if not device_keys.has_device(place):
        raise Failed("No device is named: set CARDSERVICE_PKCS11_MODULE to the library of the PKCS #11 device.")
    try:
        made = device_keys.make(place, count=count)
    except device_keys.NotMade as error:
        raise Failed(str(error)) from None
    body = [
        {"kid": kid_of(public).hex(), "alg": "ES256", "public": cbor.dumps(to_cose_key(public)).hex()}
        for public in made
    ]
    answer({"keys": body}, as_json=as_json, lines=[f"{key['kid']}  {key['alg']}  {key['public']}" for key in body])


def _with_key_set(home: Path) -> Home:
    place = home_at(home)
    if not place.key_set.exists():
        raise Failed(f"{place.path} holds no key set: start the installation once with `cardservice up`.")
    return place


def _listed(place: Home) -> dict[str, Any]:
    return dict(json.loads(run_in(place, "issuance", "signing_keys")))
