"""The words that make keys at the root's own place: `keys ceremony`, `keys renew`, `keys root-change`."""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

from cardservice import device_keys, key_bundle
from cardservice.cli import keepers
from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.bring import installed
from cardservice.cli.keepers import ShareOption
from cardservice.credential import cbor, keys, keyset
from cardservice.credential.keys import PrivateKey, PublicKey
from cardservice.credential.keyset import KeySet, Use
from cardservice.credential.reasons import CredentialError
from cardservice.files import write_atomically
from cardservice.home import Home
from cardservice.key_bundle import Bundle
from cardservice.memory import keep_private
from cardservice.paper_record import fingerprint, record_of
from cardservice.root_keeping import InDemoHome, InVault, RootKeeping, RootSecrets, as_contents
from issuance import ceremony, vault
from issuance.ceremony import CARD_KEYS, NewKeys

PlaceArgument = Annotated[
    Path | None,
    typer.Argument(help="The root's own offline directory; without it the root of a demo home.", show_default=False),
]
DeviceKeysOption = Annotated[
    Path | None,
    typer.Option("--device-keys", help="What `keys make 12 --json` printed: card keys inside the signer's device."),
]
VAULT, KEY_SET, TO_INSTALL = "vault.json", "key-set.cose", "to-install"


def hold(
    place: Annotated[Path, typer.Argument(help="A new directory that stays offline: a stick of its own.")],
    shares_to: Annotated[
        Path | None, typer.Option("--shares-to", help="Write the shares into files there instead of showing them.")
    ] = None,
    device_keys_file: DeviceKeysOption = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Hold the first root ceremony: root, next root and keys for twelve months, in a vault that two of three open."""
    keep_private()
    town = home_at(home)
    _refuse_home(place, town)
    if place.exists() and any(place.iterdir()):
        raise Failed(f"{place} is not empty: a ceremony begins in a new directory.")
    on_device = _on_device(device_keys_file)
    held = ceremony.hold(issuer=town.issuer, realm=town.realm, now=int(time.time()), on_device=on_device)
    root_secrets = RootSecrets(
        root=held.root,
        next_root=held.next_root,
        passphrases={holder: secrets.token_urlsafe(48) for holder in key_bundle.HOLDERS},
        list_keys=_list_keys(held.made),
    )
    shares = vault.new_shares()
    closed = vault.make(shares, contents=as_contents(root_secrets))
    files = keepers.hand_out(shares, directory=shares_to)
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    closed.save(place / VAULT)
    for pair in (shares[:2], shares[1:], shares[::2]):
        # Nobody leaves before each pair of keepers is known to open what was written.
        if vault.open_vault(place / VAULT, shares=pair).contents != closed.contents:
            raise Failed("The vault that was written does not hold the keys: begin again in a new directory.")
    bundle = bundle_of(held.key_set, root_secrets, made=held.made, first=True)
    body = _left(place, bundle, what="First ceremony: root, next root and keys for twelve months")
    _answer(body | {"shares": [str(path) for path in files]}, as_json=as_json)


def renew(
    place: PlaceArgument = None,
    share: ShareOption = None,
    device_keys_file: DeviceKeysOption = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Sign a key set with the keys of another twelve months; once a year."""
    keep_private()
    town, now = home_at(home), int(time.time())
    on_device = _on_device(device_keys_file)
    keeping = opened(place, share, town)
    held, root_secrets = last_set(place, town, keeping), keeping.read()
    made = ceremony.new_keys(realm=held.keys[0].realm, now=now, on_device=on_device)
    signed = ceremony.sign_key_set(ceremony.renewed(held, made=made, now=now), root=root_secrets.root)
    changed = replace(root_secrets, list_keys={**root_secrets.list_keys, **_list_keys(made)})
    keeping.write(changed)
    finish(
        place, bundle_of(signed, changed, made=made), what="Keys of another twelve months", home=town, as_json=as_json
    )


def root_change(
    place: PlaceArgument = None,
    share: ShareOption = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Let the announced next root take the place of the root, and announce another; all cards stay as they are."""
    keep_private()
    town = home_at(home)
    keeping = opened(place, share, town)
    held, kept = _unjudged_set(place, town), keeping.read()
    if thumbprint_of(kept.next_root) == held.next_root:
        kept = replace(kept, root=kept.next_root, next_root=ceremony.new_root())
        keeping.write(kept)
    elif thumbprint_of(kept.root) != held.next_root:
        # The other case is that of a change that was broken off here.
        raise Failed("The next root kept here is not the one that the last key set announced: take another copy.")
    following = ceremony.under_next_root(held, next_root=kept.root, after_next=kept.next_root, now=int(time.time()))
    signed = ceremony.sign_key_set(following, root=kept.root)
    finish(place, bundle_of(signed, kept), what="The next root took the root's place", home=town, as_json=as_json)


def opened(place: Path | None, share: list[Path] | None, home: Home) -> RootKeeping:
    """Where the root is kept, opened by two keepers; without `place` that of a demo home. Raises Failed."""
    if place is None:
        if home.realm != "demo" or not home.root_key.exists():
            raise Failed(f"{home.path} holds no root, and must not: give the directory of the root ceremony.")
        return InDemoHome(home)
    _refuse_home(place, home)
    return InVault(place / VAULT, keepers.opened(place / VAULT, share))


def last_set(place: Path | None, home: Home, keeping: RootKeeping) -> KeySet:
    """The last key set that this root signed. Raises Failed."""
    _unjudged_set(place, home)
    try:
        return keyset.verify(_set_file(place, home).read_bytes(), root=keys.public_key_of(keeping.read().root))
    except CredentialError:
        raise Failed(
            "The last key set is not signed by the root: finish a broken-off `keys root-change` by running it again."
        ) from None


def finish(
    place: Path | None,
    bundle: Bundle,
    *,
    what: str,
    home: Home,
    as_json: bool,
    more: dict[str, Any] | None = None,
    lines: Sequence[str] = (),
) -> None:
    """Leaves the bundle in the ceremony's directory; a demo home takes it over at once. Answers, with `more`."""
    body = installed(bundle, home) if place is None else _left(place, bundle, what=what)
    _answer(body | (more or {}), as_json=as_json, lines=lines)


def thumbprint_of(private: PrivateKey) -> bytes:
    """The thumbprint of the public half."""
    return keyset.thumbprint(keys.public_key_of(private))


def _on_device(path: Path | None) -> list[PublicKey]:
    if path is None:
        return []
    try:
        found = device_keys.read(path.read_bytes())
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}.") from None
    except device_keys.NotMade as error:
        raise Failed(f"{path}: {error}") from None
    if len({key.key.public_numbers() for key in found if isinstance(key.key, EllipticCurvePublicKey)}) != CARD_KEYS:
        raise Failed(f"{path} does not hold {CARD_KEYS} different card keys: run `keys make {CARD_KEYS} --json`.")
    return found


def _set_file(place: Path | None, home: Home) -> Path:
    return home.key_set if place is None else place / KEY_SET


def _unjudged_set(place: Path | None, home: Home) -> KeySet:
    path = _set_file(place, home)
    try:
        return keyset.read_unverified(path.read_bytes())
    except (OSError, CredentialError):
        raise Failed(f"{path} is no key set: take the one that the last ceremony left beside the vault.") from None


def bundle_of(
    signed: bytes,
    root_secrets: RootSecrets,
    *,
    made: NewKeys | None = None,
    first: bool = False,
    commitments: Mapping[str, bytes] | None = None,
) -> Bundle:
    """What the installation is handed: a signed key set, new keys, signed commitment lists by kid."""
    return Bundle(
        key_set=signed,
        root_public=cbor.dumps(keys.to_cose_key(keys.public_key_of(root_secrets.root))),
        keys=key_bundle.encrypted(made, passphrases=root_secrets.passphrases) if made else {},
        commitments=commitments or {},
        passphrases=root_secrets.passphrases if first else {},
    )


def _left(place: Path, bundle: Bundle, *, what: str) -> dict[str, Any]:
    """Writes bundle, key set and paper record; what the word answers."""
    record = record_of(what, bundle.key_set, root=bundle.root)
    bundle.write(place / TO_INSTALL)
    write_atomically(place / KEY_SET, bundle.key_set)
    return {
        "key_set_seq": record.key_set.seq,
        "root": fingerprint(record.root).replace(" ", ""),
        "next_root": record.key_set.next_root.hex(),
        "keys": len(record.key_set.keys),
        "record": [str(path) for path in record.write(place)],
        "to_install": str(place / TO_INSTALL),
    }


def _answer(body: dict[str, Any], *, as_json: bool, lines: Sequence[str] = ()) -> None:
    lines = [*lines, f"Key set {body['key_set_seq']} with {body['keys']} keys.", f"Root {body['root']}"]
    if "record" in body:
        lines += [
            f"Print and sign {body['record'][-1]}.",
            f"Carry {body['to_install']} to the installation and run `cardservice keys bring` there; keep the rest"
            " offline, in two copies.",
        ]
    answer(body, as_json=as_json, lines=lines)


def _refuse_home(place: Path, home: Home) -> None:
    here, there = place.resolve(), home.path.resolve()
    if here == there or there in here.parents or here in there.parents:
        raise Failed(f"{place} and the home {home.path} must lie apart: a server that holds the root is not offline.")


def _list_keys(made: NewKeys) -> dict[str, PrivateKey]:
    lists = {key.kid.hex() for key in made.entries if key.use is Use.STATUS}
    return {kid: private for kid, private in made.private_keys.items() if kid in lists}
