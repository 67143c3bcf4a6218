"""The demo root: a root ceremony held without ceremony, whose cards no production system accepts."""

import time
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cardservice import device_keys, key_files
from cardservice.credential.keys import PrivateKey
from cardservice.files import write_atomically
from cardservice.home import Home, HomeRefused
from issuance import ceremony


def make_if_missing(home: Home) -> None:
    """Makes root, signing keys and key set of a demo home; the key set last, so that a crash starts over.

    Does nothing when there is a key set. Raises HomeRefused.
    """
    if home.key_set.exists():
        return
    opening = passphrases(home)
    try:
        on_device = device_keys.make(home, count=ceremony.CARD_KEYS) if device_keys.has_device(home) else []
    except device_keys.NotMade as error:
        raise HomeRefused(str(error)) from None
    held = ceremony.hold(issuer=home.issuer, realm=home.realm, now=int(time.time()), on_device=on_device)
    for holder, sealed in held.made.by_holder.items():
        for leftover in (home.path / holder).glob("*.pem"):
            leftover.unlink()
        for kid, private in sealed.items():
            key_files.write(home.path / holder, kid=kid, private=private, passphrase=opening[holder])
    _write_unencrypted(home.root_key, held.root)
    _write_unencrypted(home.next_root_key, held.next_root)
    write_atomically(home.root_public, held.root_public)
    write_atomically(home.key_set, held.key_set)


def passphrases(home: Home) -> dict[str, str]:
    """What the processes of this home will be told to open their key files with, by holder. Raises HomeRefused."""
    return {
        "keys": _passphrase(home, "signer", "CARDSERVICE_KEYS_PASSPHRASE"),
        "log-keys": _passphrase(home, "archivist", "CARDSERVICE_LOG_KEYS_PASSPHRASE"),
        "services-keys": _passphrase(home, "publisher", "CARDSERVICE_SERVICES_KEYS_PASSPHRASE"),
    }


def _passphrase(home: Home, process: str, name: str) -> str:
    """What this process of the home will be told."""
    told = home.environment(process)
    if given := told.get(name):
        return given
    path = Path(told[f"{name}_FILE"])
    try:
        return path.read_text().strip()
    except OSError as error:
        raise HomeRefused(f"{name}_FILE points to {path}, which cannot be read ({error.strerror}).") from None


def _write_unencrypted(path: Path, private: PrivateKey) -> None:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_atomically(path, pem, mode=0o600)
