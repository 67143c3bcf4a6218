"""The JWT form of a status list: handed on only when it says what the accepted CWT says."""

import base64
import json
import zlib
from typing import Any

from cardservice.credential.keys import EDDSA
from cardservice.credential.keyset import Key
from cardservice.credential.statuslist import BITS, JWT_TYPE, MAX_LIST_BYTES, StatusList, base64url


def says_the_same(jwt: bytes, *, accepted: StatusList, signer: Key) -> bool:
    """Whether `jwt` is signed by `signer`, the signer of `accepted`, and holds its subject, times and bits."""
    parts = jwt.split(b".")
    if len(parts) != 3:
        return False
    try:
        header, payload = (json.loads(_from_base64url(part)) for part in parts[:2])
        signature = _from_base64url(parts[2])
    except (ValueError, RecursionError):
        return False
    alg = "EdDSA" if signer.public.alg == EDDSA else "ES256"
    if header != {"alg": alg, "kid": base64url(signer.kid), "typ": JWT_TYPE}:
        return False
    return signer.public.verify(signature, b".".join(parts[:2])) and _same_list(payload, accepted)


def _same_list(payload: Any, accepted: StatusList) -> bool:
    entry = payload.get("status_list") if type(payload) is dict else None
    if type(entry) is not dict or entry.get("bits") != BITS or type(entry.get("lst")) is not str:
        return False
    if (payload.get("sub"), payload.get("iat"), payload.get("exp")) != (accepted.uri, accepted.iat, accepted.exp):
        return False
    try:
        return zlib.decompressobj().decompress(_from_base64url(entry["lst"].encode()), MAX_LIST_BYTES) == accepted.bits
    except (ValueError, zlib.error):
        return False


def _from_base64url(text: bytes) -> bytes:
    return base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
