"""QR text <-> COSE_Sign1: base45 and zlib around a credential, bounded and without slack."""

import zlib

from cardservice.credential import base45, claims, cose, deflate
from cardservice.credential.claims import Claims
from cardservice.credential.cose import Signed
from cardservice.credential.reasons import CredentialError, Reason

MAX_TEXT = 4096
"""Characters of QR text that are looked at."""
MAX_INFLATED = 65_536
"""Bytes that a text may inflate to."""


def seal(*, protected: bytes, payload: bytes, signature: bytes) -> str:
    """The text that goes into the QR symbol (alphanumeric mode)."""
    return base45.encode(deflate.compress(cose.assemble(protected=protected, payload=payload, signature=signature)))


def open_text(text: str) -> tuple[Signed, Claims]:
    """The credential in a QR text, not yet verified.

    Raises CredentialError: malformed, too_large, unsupported. Size is judged before anything is parsed.
    """
    if len(text) > MAX_TEXT:
        raise CredentialError(Reason.TOO_LARGE)
    signed = cose.parse(_inflate(base45.decode(text)))
    if signed.typ is not None:
        raise CredentialError(Reason.UNSUPPORTED)
    return signed, claims.decode(signed.payload)


def _inflate(octets: bytes) -> bytes:
    stream = zlib.decompressobj()
    try:
        inflated = stream.decompress(octets, MAX_INFLATED + 1)
    except zlib.error:
        raise CredentialError(Reason.MALFORMED) from None
    if len(inflated) > MAX_INFLATED:
        raise CredentialError(Reason.TOO_LARGE)
    # `eof` is only reached behind a complete and fitting Adler checksum.
    if not stream.eof or stream.unused_data:
        raise CredentialError(Reason.MALFORMED)
    return inflated
