"""The root's vault: private keys in one file that any two of three keepers' shares open, and no single one."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cardservice.credential.crockford import Mistyped, decode_checked, encode, grouped, with_check
from cardservice.files import write_atomically

KEEPERS = (1, 2, 3)
_FORMAT = "cardservice vault/1"
_SECRET_BITS = 130
_SYMBOLS = 1 + _SECRET_BITS // 5
_GROUPS = (1, 4, 4, 4, 4, 4, 4, 3)
_NONCE_BYTES = 12


class VaultClosed(Exception):
    """The vault does not open or is no vault; the text says why and what to do."""


@dataclass(frozen=True)
class Share:
    """What one keeper holds: which of the three, and 130 random bits. A share alone tells nothing about the root."""

    keeper: int
    secret: int = field(repr=False)

    @property
    def text(self) -> str:
        """As it is written down: the keeper's number, 26 symbols, a check symbol."""
        return grouped(with_check(encode(self.keeper << _SECRET_BITS | self.secret, _SYMBOLS)), _GROUPS)


def new_shares() -> tuple[Share, Share, Share]:
    """Fresh shares of the three keepers."""
    first, second, third = (Share(keeper, secrets.randbits(_SECRET_BITS)) for keeper in KEEPERS)
    return first, second, third


def read_share(text: str) -> Share:
    """The share in `text`, as a keeper typed it. Raises VaultClosed."""
    try:
        value = decode_checked(text.strip(), _SYMBOLS)
    except Mistyped:
        raise VaultClosed("That is not a share, or one symbol is misread: compare it with the paper.") from None
    if value >> _SECRET_BITS not in KEEPERS:
        raise VaultClosed("That is not a share of a vault: it begins with 1, 2 or 3.")
    return Share(value >> _SECRET_BITS, value & (1 << _SECRET_BITS) - 1)


@dataclass(frozen=True)
class Vault:
    """An open vault. `doors`: the data key behind each pair of shares; `contents`: secrets by name."""

    doors: Mapping[str, bytes] = field(repr=False)
    data_key: bytes = field(repr=False)
    contents: Mapping[str, bytes] = field(repr=False)

    def holding(self, contents: Mapping[str, bytes]) -> "Vault":
        """The same vault behind the same shares, with other contents."""
        return replace(self, contents=contents)

    def save(self, path: Path) -> None:
        """Writes the vault whole or not at all. Raises OSError."""
        inside = json.dumps({name: secret.hex() for name, secret in self.contents.items()}).encode()
        file = {
            "format": _FORMAT,
            "doors": {pair: door.hex() for pair, door in self.doors.items()},
            "contents": _sealed(self.data_key, inside, purpose="contents").hex(),
        }
        write_atomically(path, json.dumps(file, indent=1).encode(), mode=0o600)


def make(shares: Sequence[Share], *, contents: Mapping[str, bytes]) -> Vault:
    """A new vault that any two of `shares` open."""
    data_key = ChaCha20Poly1305.generate_key()
    pairs = combinations(sorted(shares, key=lambda share: share.keeper), 2)
    doors = {_name(pair): _sealed(_key_of(pair), data_key, purpose=_name(pair)) for pair in pairs}
    return Vault(doors=doors, data_key=data_key, contents=contents)


def open_vault(path: Path, *, shares: Sequence[Share]) -> Vault:
    """The vault in the file `path`, opened with the shares of two different keepers. Raises VaultClosed."""
    if len({share.keeper for share in shares}) != 2 or len(shares) != 2:
        raise VaultClosed("The vault opens with the shares of two different keepers: ask a second one.")
    pair = sorted(shares, key=lambda share: share.keeper)
    try:
        file = json.loads(path.read_bytes())
        doors = {name: bytes.fromhex(door) for name, door in file["doors"].items()}
        locked = bytes.fromhex(file["contents"])
        known = file["format"] == _FORMAT
        door = doors[_name(pair)]
    except OSError as error:
        raise VaultClosed(f"The vault {path} cannot be read ({error.strerror}).") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultClosed(f"{path} is no vault, or is damaged: take another copy of it.") from None
    if not known:
        raise VaultClosed(f"{path} is a vault of another version: use the software of its ceremony.")
    try:
        data_key = _opened(_key_of(pair), door, purpose=_name(pair))
        inside = _opened(data_key, locked, purpose="contents")
    except InvalidTag:
        raise VaultClosed(
            f"These two shares do not open {path}: they belong to another vault, or the file is damaged."
        ) from None
    contents = {name: bytes.fromhex(secret) for name, secret in json.loads(inside).items()}
    return Vault(doors=doors, data_key=data_key, contents=contents)


def _name(pair: Sequence[Share]) -> str:
    return "+".join(str(share.keeper) for share in pair)


def _key_of(pair: Sequence[Share]) -> bytes:
    # The shares are random and long, so that nothing is gained by making guesses slow.
    together = b"".join(share.secret.to_bytes(17) for share in pair)
    return HKDF(hashes.SHA256(), 32, salt=None, info=f"{_FORMAT} {_name(pair)}".encode()).derive(together)


def _sealed(key: bytes, content: bytes, *, purpose: str) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, content, purpose.encode())


def _opened(key: bytes, octets: bytes, *, purpose: str) -> bytes:
    nonce, sealed = octets[:_NONCE_BYTES], octets[_NONCE_BYTES:]
    if len(nonce) != _NONCE_BYTES:
        raise InvalidTag
    return ChaCha20Poly1305(key).decrypt(nonce, sealed, purpose.encode())
