"""Private keys in files of one process's own directory, one encrypted PEM (PKCS #8) a kid, readable by nobody else."""

import os
import stat
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from cardservice.credential.keys import PrivateKey
from cardservice.files import write_atomically


class UnsafeKeys(Exception):
    """The key directory cannot be used as it is; the text says why and what to do."""


def write(directory: Path, *, kid: str, private: PrivateKey, passphrase: str) -> None:
    """Writes one key under `passphrase`, mode 0600, whole or not at all."""
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(passphrase.encode()))
    write_atomically(directory / f"{kid}.pem", pem, mode=0o600)


def kids(directory: Path) -> list[str]:
    """Whose keys lie in the directory. Raises UnsafeKeys."""
    return [path.stem for path in _paths(directory)]


def load(directory: Path, *, passphrase: str) -> dict[str, PrivateKey]:
    """All keys of the directory by kid, each of which must be encrypted. Raises UnsafeKeys."""
    return {kid: load_one(directory, kid=kid, passphrase=passphrase) for kid in kids(directory)}


def load_one(directory: Path, *, kid: str, passphrase: str) -> PrivateKey:
    """The key of `kid`, which must be there and encrypted. Raises UnsafeKeys."""
    path = directory / f"{kid}.pem"
    pem = _read(path)
    if _is_bare(pem):
        raise UnsafeKeys(f"{path} holds a key that is not encrypted: run `cardservice keys encrypt` once.")
    return _opened(path, pem, passphrase=passphrase)


def encrypt_bare(directory: Path, *, passphrase: str) -> list[str]:
    """Encrypts keys that lie there without encryption, as earlier versions wrote them; their kids. Safe to repeat.

    What the file system keeps of the replaced files is not overwritten. Raises UnsafeKeys.
    """
    files = [(path, _read(path)) for path in _paths(directory)]
    bare = [(path, _opened(path, pem, passphrase=None)) for path, pem in files if _is_bare(pem)]
    for path, private in bare:
        write(directory, kid=path.stem, private=private, passphrase=passphrase)
    return [path.stem for path, _ in bare]


def _paths(directory: Path) -> list[Path]:
    if not directory.is_dir():
        raise UnsafeKeys(f"{directory} is no directory: `cardservice up` makes it, or say where the keys are.")
    _refuse_foreign(directory, forbidden=0o022, remedy="chmod 700")
    return sorted(directory.glob("*.pem"))


def _read(path: Path) -> bytes:
    _refuse_foreign(path, forbidden=0o077, remedy="chmod 600")
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnsafeKeys(f"{path} cannot be read ({error.strerror}).") from None


def _refuse_foreign(path: Path, *, forbidden: int, remedy: str) -> None:
    """Whoever owns a file can change it, or let others read it, at any time."""
    facts = path.stat()
    if facts.st_uid != os.geteuid():
        raise UnsafeKeys(f"{path} belongs to another account: chown it to the one that runs this process.")
    if stat.S_IMODE(facts.st_mode) & forbidden:
        raise UnsafeKeys(f"{path} is open to others: {remedy} it, and think of who has been there.")


def _opened(path: Path, pem: bytes, *, passphrase: str | None) -> PrivateKey:
    try:
        private = load_pem_private_key(pem, password=None if passphrase is None else passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnsafeKeys(
            f"{path} holds no private key that the given passphrase opens: give the one it was encrypted with,"
            " or restore the file."
        ) from None
    if not isinstance(private, ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey) or _other_curve(private):
        raise UnsafeKeys(f"{path} holds no key for ES256 or EdDSA.")
    return private


def _is_bare(pem: bytes) -> bool:
    """Whether a key can be read without a passphrase."""
    try:
        load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return False
    return True


def _other_curve(private: PrivateKey) -> bool:
    return isinstance(private, ec.EllipticCurvePrivateKey) and not isinstance(private.curve, ec.SECP256R1)
