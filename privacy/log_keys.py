"""The archivist's log key: read from its own directory, believed as far as the root-signed key set names it."""

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cardservice import key_files
from cardservice.credential.keyset import KeySet, State, Use


class NoLogKey(Exception):
    """The log cannot be signed; the text says why and what to do."""


@dataclass(frozen=True)
class LogKeys:
    """Who signs checkpoints now, and whose earlier ones are believed. `origin` names the log: issuer without scheme."""

    origin: str
    private: Ed25519PrivateKey = field(repr=False)
    trusted: tuple[Ed25519PublicKey, ...] = field(repr=False)

    @property
    def sealing_key(self) -> bytes:
        """A key that the archivist alone can make, for what it notes for itself in its database."""
        seed = self.private.private_bytes_raw()
        return HKDF(hashes.SHA256(), 32, salt=None, info=b"cardservice archivist seal/1").derive(seed)


def origin_of(issuer: str) -> str:
    """The origin line of an issuer's log: a URL without scheme, as C2SP recommends."""
    return f"{issuer.partition('://')[2]}/log"


def load(directory: Path, *, passphrase: str, key_set: KeySet, realm: str, now: int) -> LogKeys:
    """The newest log key of the set that is in force and lies in `directory`, encrypted under `passphrase`.

    Raises NoLogKey, UnsafeKeys.
    """
    entries = [
        key for key in key_set.keys if key.use is Use.LOG and key.realm == realm and key.state is not State.COMPROMISED
    ]
    trusted = tuple(key.public.key for key in entries if isinstance(key.public.key, Ed25519PublicKey))
    usable = [key for key in entries if key.covers(now) and key.state is not State.RETIRED]
    here = key_files.kids(directory)
    for key in sorted(usable, key=lambda key: (key.not_before, key.kid), reverse=True):
        if key.kid.hex() not in here:
            continue
        private = key_files.load_one(directory, kid=key.kid.hex(), passphrase=passphrase)
        if isinstance(private, Ed25519PrivateKey) and private.public_key() == key.public.key:
            return LogKeys(origin=origin_of(key_set.issuer), private=private, trusted=trusted)
    raise NoLogKey(f"{directory} holds no log key of the key set in force: bring it from the root ceremony.")
