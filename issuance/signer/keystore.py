"""Private keys in files of the signer's own directory, one PEM (PKCS #8) a kid, readable by nobody else."""

from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cardservice.credential.keys import PrivateKey
from cardservice.files import write_atomically


class UnsafeKeys(Exception):
    """The key directory cannot be used as it is; the text says why and what to do."""


def write(directory: Path, *, kid: str, private: PrivateKey) -> None:
    """Writes one key, mode 0600, whole or not at all."""
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    write_atomically(directory / f"{kid}.pem", pem, mode=0o600)


def load(directory: Path) -> dict[str, PrivateKey]:
    """All keys of the directory by kid. Raises UnsafeKeys."""
    if not directory.is_dir():
        raise UnsafeKeys(f"{directory} is no directory: `cardservice up` makes it, or set CARDSERVICE_KEYS.")
    loaded: dict[str, PrivateKey] = {}
    for path in sorted(directory.glob("*.pem")):
        if path.stat().st_mode & 0o077:
            raise UnsafeKeys(f"{path} can be read by others: chmod 600 it, and think of who has read it.")
        try:
            private = load_pem_private_key(path.read_bytes(), password=None)
        except (ValueError, TypeError, OSError, UnsupportedAlgorithm):
            raise UnsafeKeys(f"{path} holds no private key this system knows.") from None
        if not isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) or _other_curve(private):
            raise UnsafeKeys(f"{path} holds no key for ES256 or EdDSA.")
        loaded[path.stem] = private
    return loaded


def _other_curve(private: PrivateKey) -> bool:
    return isinstance(private, ec.EllipticCurvePrivateKey) and not isinstance(private.curve, ec.SECP256R1)
