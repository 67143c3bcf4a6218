"""Sealing of staff secrets at rest: AES-256-GCM under a key derived from the process's SECRET_KEY."""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class Unsealable(Exception):
    """The text was not sealed with this key for this purpose: the key was replaced or the text altered."""


def seal(*, text: str, secret_key: str, purpose: str) -> str:
    """`text` encrypted and bound to `purpose`, as URL-safe base64. Carries no time."""
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + AESGCM(_key(secret_key)).encrypt(nonce, text.encode(), purpose.encode())
    return base64.urlsafe_b64encode(sealed).decode()


def unseal(*, sealed: str, secret_key: str, purpose: str) -> str:
    """What `seal` was given. Raises Unsealable."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        return AESGCM(_key(secret_key)).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()).decode()
    except (binascii.Error, InvalidTag, ValueError):
        raise Unsealable from None


def _key(secret_key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"cardservice/staff/sealing/1").derive(
        secret_key.encode()
    )
