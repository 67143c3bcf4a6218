"""The archivist's log key: read from its own directory, believed as far as the root-signed key set names it."""

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import load_pem_private_key

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


def load(directory: Path, *, key_set: KeySet, realm: str, now: int) -> LogKeys:
    """The newest log key of the set that is in force and lies in `directory`. Raises NoLogKey."""
    entries = [
        key for key in key_set.keys if key.use is Use.LOG and key.realm == realm and key.state is not State.COMPROMISED
    ]
    trusted = tuple(key.public.key for key in entries if isinstance(key.public.key, Ed25519PublicKey))
    usable = [key for key in entries if key.covers(now) and key.state is not State.RETIRED]
    for key in sorted(usable, key=lambda key: (key.not_before, key.kid), reverse=True):
        private = _read(directory / f"{key.kid.hex()}.pem")
        if private is not None and private.public_key() == key.public.key:
            return LogKeys(origin=origin_of(key_set.issuer), private=private, trusted=trusted)
    raise NoLogKey(f"{directory} holds no log key of the key set in force: bring it from the root ceremony.")


def _read(path: Path) -> Ed25519PrivateKey | None:
    try:
        if path.stat().st_mode & 0o077:
            raise NoLogKey(f"{path} can be read by others: chmod 600 it, and think of who has read it.")
        private = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise NoLogKey(f"{path} cannot be read as a private key: restore it from the root ceremony.") from None
    return private if isinstance(private, Ed25519PrivateKey) else None
