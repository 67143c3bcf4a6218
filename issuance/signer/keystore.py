"""Private keys in files of the signer's own directory, one encrypted PEM (PKCS #8) a kid, readable by nobody else."""

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


def load(directory: Path, *, passphrase: str) -> dict[str, PrivateKey]:
    """All keys of the directory by kid, each of which must be encrypted. Raises UnsafeKeys."""
    loaded: dict[str, PrivateKey] = {}
    for path, pem in _files(directory):
        if _is_bare(pem):
            raise UnsafeKeys(f"{path} holds a key that is not encrypted: run `cardservice keys encrypt` once.")
        loaded[path.stem] = _opened(path, pem, passphrase=passphrase)
    return loaded


def encrypt_bare(directory: Path, *, passphrase: str) -> list[str]:
    """Encrypts keys that lie there without encryption, as earlier versions wrote them; their kids. Safe to repeat.

    What the file system keeps of the replaced files is not overwritten. Raises UnsafeKeys.
    """
    bare = [(path, _opened(path, pem, passphrase=None)) for path, pem in _files(directory) if _is_bare(pem)]
    for path, private in bare:
        write(directory, kid=path.stem, private=private, passphrase=passphrase)
    return [path.stem for path, _ in bare]


def _files(directory: Path) -> list[tuple[Path, bytes]]:
    if not directory.is_dir():
        raise UnsafeKeys(f"{directory} is no directory: `cardservice up` makes it, or set CARDSERVICE_KEYS.")
    found = []
    for path in sorted(directory.glob("*.pem")):
        if path.stat().st_mode & 0o077:
            raise UnsafeKeys(f"{path} can be read by others: chmod 600 it, and think of who has read it.")
        try:
            found.append((path, path.read_bytes()))
        except OSError as error:
            raise UnsafeKeys(f"{path} cannot be read ({error.strerror}).") from None
    return found


def _opened(path: Path, pem: bytes, *, passphrase: str | None) -> PrivateKey:
    try:
        private = load_pem_private_key(pem, password=None if passphrase is None else passphrase.encode())
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UnsafeKeys(
            f"{path} holds no private key that CARDSERVICE_KEYS_PASSPHRASE opens: give the passphrase it was"
            " encrypted with, or restore the file."
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
