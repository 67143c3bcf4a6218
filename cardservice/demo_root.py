"""The demo root: a root ceremony held without ceremony, whose cards no production system accepts."""

import time
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cardservice.credential.keys import PrivateKey
from cardservice.files import write_atomically
from cardservice.home import Home, HomeRefused
from issuance import ceremony
from issuance.signer import keystore


def make_if_missing(home: Home) -> None:
    """Makes root, signing keys and key set of a demo home; the key set last, so that a crash starts over.

    Does nothing when there is a key set. Raises HomeRefused.
    """
    if home.key_set.exists():
        return
    passphrase = _passphrase(home)
    held = ceremony.hold(issuer=home.issuer, realm=home.realm, now=int(time.time()))
    for directory in (home.keys, home.log_keys, home.offline_keys):
        for leftover in directory.glob("*.pem"):
            leftover.unlink()
    for kid, private in held.private_keys.items():
        keystore.write(home.keys, kid=kid, private=private, passphrase=passphrase)
    for directory, unsealed in ((home.log_keys, held.log_keys), (home.offline_keys, held.offline_keys)):
        for kid, private in unsealed.items():
            _write_unencrypted(directory / f"{kid}.pem", private)
    _write_unencrypted(home.root_key, held.root)
    _write_unencrypted(home.next_root_key, held.next_root)
    write_atomically(home.root_public, held.root_public)
    write_atomically(home.key_set, held.key_set)


def _passphrase(home: Home) -> str:
    """What the signer of this home will be told."""
    told = home.environment("signer")
    if given := told.get("CARDSERVICE_KEYS_PASSPHRASE"):
        return given
    path = Path(told["CARDSERVICE_KEYS_PASSPHRASE_FILE"])
    try:
        return path.read_text().strip()
    except OSError as error:
        raise HomeRefused(
            f"CARDSERVICE_KEYS_PASSPHRASE_FILE points to {path}, which cannot be read ({error.strerror})."
        ) from None


def _write_unencrypted(path: Path, private: PrivateKey) -> None:
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_atomically(path, pem, mode=0o600)
