"""Status list tokens (IETF Token Status List), one bit an entry, as CWT and as JWT."""

import base64
import json
import zlib
from dataclasses import dataclass, field
from typing import Any

from cardservice.credential import cbor, cose
from cardservice.credential.cose import Signed
from cardservice.credential.keys import EDDSA, PublicKey
from cardservice.credential.reasons import CredentialError, Reason

CWT_TYPE = "application/statuslist+cwt"
JWT_TYPE = "statuslist+jwt"
BITS = 1
VALIDITY = 7 * 86_400
"""Seconds between `iat` and `exp` of a list."""
TTL = 300
"""Seconds after which a reader asks again: the publication tick."""
MAX_LIST_BYTES = 2**17

_SUB, _EXP, _IAT, _TTL, _STATUS_LIST = 2, 4, 6, 65534, 65533


@dataclass(frozen=True)
class StatusList:
    """An accepted list: `bits` holds entry n at bit n % 8 of byte n // 8, least significant first."""

    uri: str
    iat: int
    exp: int
    bits: bytes = field(repr=False)

    def blocked(self, index: int) -> bool | None:
        """Whether entry `index` is set; None when the list is shorter."""
        if index >= len(self.bits) * 8:
            return None
        return bool(self.bits[index >> 3] >> (index & 7) & 1)


def compress(bits: bytes) -> bytes:
    """The `lst` value: zlib with the highest compression (Token Status List section 4.1)."""
    return zlib.compress(bits, 9)


def cwt_payload(*, uri: str, iat: int, compressed: bytes) -> bytes:
    """The claims of the CWT form."""
    return cbor.dumps(
        {
            _SUB: uri,
            _EXP: iat + VALIDITY,
            _IAT: iat,
            _TTL: TTL,
            _STATUS_LIST: {"bits": BITS, "lst": compressed},
        }
    )


def cwt_header(*, alg: int, kid: bytes) -> bytes:
    """The protected header of the CWT form."""
    return cose.protected_header(alg=alg, kid=kid, typ=CWT_TYPE)


def jwt_signing_input(*, alg: int, kid: bytes, uri: str, iat: int, compressed: bytes) -> bytes:
    """What is signed of the JWT form: header and payload, base64url, joined by a dot (RFC 7515 section 5.1)."""
    header = {"alg": "EdDSA" if alg == EDDSA else "ES256", "kid": base64url(kid), "typ": JWT_TYPE}
    payload = {
        "sub": uri,
        "iat": iat,
        "exp": iat + VALIDITY,
        "ttl": TTL,
        "status_list": {"bits": BITS, "lst": base64url(compressed)},
    }
    return b".".join(base64url(json.dumps(part, separators=(",", ":")).encode()).encode() for part in (header, payload))


def jwt(*, signing_input: bytes, signature: bytes) -> bytes:
    """The complete JWT (compact serialization)."""
    return signing_input + b"." + base64url(signature).encode()


def base64url(octets: bytes) -> str:
    """base64url without padding (RFC 7515 section 2)."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def parse(octets: bytes) -> Signed:
    """The outer form of a CWT list. Raises CredentialError: malformed, unsupported."""
    signed = cose.parse(octets)
    if signed.typ != CWT_TYPE:
        raise CredentialError(Reason.UNSUPPORTED)
    return signed


def verify(signed: Signed, *, key: PublicKey) -> StatusList:
    """The list in `signed`, after checking that `key` signed it. Its age is the reader's to judge.

    Raises CredentialError: bad_signature, malformed, unsupported, too_large (more than 2^20 entries).
    """
    if not signed.verified_by(key):
        raise CredentialError(Reason.BAD_SIGNATURE)
    values = cbor.loads(signed.payload)
    if type(values) is not dict or values.keys() != {_SUB, _EXP, _IAT, _TTL, _STATUS_LIST}:
        raise CredentialError(Reason.UNSUPPORTED)
    uri, exp, iat, ttl = (values[key] for key in (_SUB, _EXP, _IAT, _TTL))
    if type(uri) is not str or [type(number) for number in (exp, iat, ttl)] != [int, int, int]:
        raise CredentialError(Reason.UNSUPPORTED)
    return StatusList(uri=uri, iat=iat, exp=exp, bits=_bits(values[_STATUS_LIST]))


def _bits(value: Any) -> bytes:
    if type(value) is not dict or value.keys() != {"bits", "lst"} or type(value["lst"]) is not bytes:
        raise CredentialError(Reason.UNSUPPORTED)
    if type(value["bits"]) is not int or value["bits"] != BITS:
        raise CredentialError(Reason.UNSUPPORTED)
    stream = zlib.decompressobj()
    try:
        bits = stream.decompress(value["lst"], MAX_LIST_BYTES + 1)
    except zlib.error:
        raise CredentialError(Reason.MALFORMED) from None
    if len(bits) > MAX_LIST_BYTES:
        raise CredentialError(Reason.TOO_LARGE)
    if not stream.eof or stream.unused_data:
        raise CredentialError(Reason.MALFORMED)
    return bits
