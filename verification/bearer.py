"""Access tokens of OAuth 2.0: stateless and short-lived, each standing for the API key it was asked for with."""

import base64
import binascii
import hashlib
import hmac
import struct

LIFETIME = 300
"""Seconds. A key that is rotated away or ended takes its tokens along at once, whatever their age."""

_BODY = struct.Struct(">32sQ")
_MAC = hashlib.sha256().digest_size


def issue(*, key_hash: str, secret: bytes, now: int) -> str:
    """A token for the API key with that hash (hexadecimal). `secret` signs it and never leaves the process."""
    body = _BODY.pack(bytes.fromhex(key_hash), now + LIFETIME)
    return base64.urlsafe_b64encode(body + _mac(body, secret)).decode()


def key_hash_of(token: str, *, secret: bytes, now: int) -> str | None:
    """The hash of the API key a token stands for; None when it is not one of ours or its time is over."""
    try:
        octets = base64.b64decode(token.encode("ascii"), altchars=b"-_", validate=True)
    except (UnicodeEncodeError, binascii.Error):
        return None
    body, mac = octets[: _BODY.size], octets[_BODY.size :]
    if len(body) != _BODY.size or not hmac.compare_digest(mac, _mac(body, secret)):
        return None
    hashed, expires = _BODY.unpack(body)
    return hashed.hex() if now < expires else None


def _mac(body: bytes, secret: bytes) -> bytes:
    return hmac.digest(secret, b"cardservice/access-token/1" + body, "sha256")
