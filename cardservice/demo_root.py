"""The demo root: a root ceremony held without ceremony, whose cards no production system accepts."""

import time

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from cardservice.files import write_atomically
from cardservice.home import Home
from issuance import ceremony
from issuance.signer import keystore


def make_if_missing(home: Home) -> None:
    """Makes root, signing keys and key set of a demo home; the key set last, so that a crash starts over.

    Does nothing when there is a key set.
    """
    if home.key_set.exists():
        return
    held = ceremony.hold(issuer=home.issuer, realm=home.realm, now=int(time.time()))
    for directory, private_keys in (
        (home.keys, held.private_keys),
        (home.log_keys, held.log_keys),
        (home.offline_keys, held.offline_keys),
    ):
        for leftover in directory.glob("*.pem"):
            leftover.unlink()
        for kid, private in private_keys.items():
            keystore.write(directory, kid=kid, private=private)
    for name, root in ((home.root_key, held.root), (home.path / "demo-next-root.pem", held.next_root)):
        pem = root.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        write_atomically(name, pem, mode=0o600)
    write_atomically(home.root_public, held.root_public)
    write_atomically(home.key_set, held.key_set)
