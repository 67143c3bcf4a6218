"""Reads the QR texts of others that carry claim 169 (MOSIP "Claim 169" 1.2), in every dialect that is about.

Nothing here judges cards of our own: `codec.open_text` does, and takes none of this.
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import brotli  # type: ignore[import-untyped]

from cardservice.credential import base45, cbor, cose
from cardservice.credential.keys import ACCEPTED_ALGORITHMS, PublicKey
from cardservice.credential.reasons import CredentialError, Reason

MAX_TEXT = 4296
"""Characters: as many as the largest QR symbol holds in alphanumeric mode."""
MAX_INFLATED = 65_536
MAX_DEPTH = 16

_ISS, _EXP, _NBF, _IAT, _IDENTITY = 1, 4, 5, 6, 169
_TAG_CWT = b"\xd8\x3d"
_FACE = 62


@dataclass(frozen=True)
class Image:
    """A picture as its issuer wrote it: `format` and `sub_format` are the numbers of Claim 169, None when absent."""

    octets: bytes = field(repr=False)
    format: int | None
    sub_format: int | None


@dataclass(frozen=True)
class Foreign:
    """What somebody else's QR text says; nothing of it is believed before `verified_by` said yes.

    `claims`, `identity` (claim 169): everything that was there, with the types it had. `alg`, `kid`: from the protected
    header, else from the unprotected one. Times in UTC seconds, None when absent or no whole number.
    """

    alg: int | None
    kid: bytes | None
    claims: Mapping[Any, Any] = field(repr=False)
    identity: Mapping[Any, Any] = field(repr=False)
    message: bytes = field(repr=False)
    signature: bytes = field(repr=False)

    def verified_by(self, key: PublicKey) -> bool:
        """Whether `key` made the signature with the algorithm pinned to it."""
        return self.alg in ACCEPTED_ALGORITHMS[key.alg] and key.verify(self.signature, self.message)

    @property
    def issuer(self) -> str | None:
        """The claim `iss`."""
        value = self.claims.get(_ISS)
        return value if type(value) is str else None

    @property
    def exp(self) -> int | None:
        """First second in which it is no longer valid."""
        return self._time(_EXP)

    @property
    def nbf(self) -> int | None:
        """First second in which it is valid."""
        return self._time(_NBF)

    @property
    def iat(self) -> int | None:
        """When it was issued."""
        return self._time(_IAT)

    @property
    def faces(self) -> tuple[Image, ...]:
        """The pictures of the face, of which the specification has a list and its worked example a single one."""
        value = self.identity.get(_FACE)
        entries = value if type(value) is list else [value]
        return tuple(
            Image(octets=entry[0], format=_whole(entry.get(1)), sub_format=_whole(entry.get(2)))
            for entry in entries
            if type(entry) is dict and type(entry.get(0)) is bytes
        )

    def _time(self, claim: int) -> int | None:
        return _whole(self.claims.get(claim))


def read(text: str) -> Foreign:
    """What a QR text with claim 169 says, not yet verified.

    Reads zlib, Brotli and no compression; with tags 61 and 18, with 18 alone, and without; claim 169 as a map and as a
    byte string that holds one; CBOR in any order and any length form. Raises CredentialError: malformed, too_large,
    unsupported (another tag, encrypted, no claim 169, a key twice).
    """
    if len(text) > MAX_TEXT:
        raise CredentialError(Reason.TOO_LARGE)
    octets = _expanded(base45.decode(text)).removeprefix(_TAG_CWT).removeprefix(cose.TAG_SIGN1)
    parts = cbor.loads_loosely(octets, max_depth=MAX_DEPTH)
    if type(parts) is not list or [type(part) for part in parts] != [bytes, dict, bytes, bytes]:
        raise CredentialError(Reason.UNSUPPORTED)
    protected, unprotected, payload, signature = parts
    header = unprotected | _map(protected or b"\xa0")
    claims = _map(payload)
    identity = claims.get(_IDENTITY)
    if type(identity) is bytes:
        identity = _map(identity)
    if type(identity) is not dict:
        raise CredentialError(Reason.UNSUPPORTED)
    kid = header.get(cose.HEADER_KID)
    return Foreign(
        alg=_whole(header.get(cose.HEADER_ALG)),
        kid=kid if type(kid) is bytes else None,
        claims=claims,
        identity=identity,
        message=cose.message_to_sign(protected=protected, payload=payload),
        signature=signature,
    )


def _expanded(octets: bytes) -> bytes:
    """The bytes inside, whichever way they are compressed."""
    if octets.startswith((_TAG_CWT, cose.TAG_SIGN1, b"\x84")):
        return octets
    # A zlib header: method 8, and as a number a multiple of 31 (RFC 1950 section 2.2).
    is_zlib = len(octets) > 1 and octets[0] & 0x0F == 8 and int.from_bytes(octets[:2]) % 31 == 0
    try:
        if is_zlib:
            stream = zlib.decompressobj()
            expanded, finished = stream.decompress(octets, MAX_INFLATED + 1), stream.eof
        else:
            decoder = brotli.Decompressor()
            expanded = decoder.process(octets, output_buffer_limit=MAX_INFLATED + 1)
            finished = decoder.is_finished()
    except (zlib.error, brotli.error):
        raise CredentialError(Reason.MALFORMED) from None
    if len(expanded) > MAX_INFLATED:
        raise CredentialError(Reason.TOO_LARGE)
    if not finished:
        raise CredentialError(Reason.MALFORMED)
    return expanded


def _map(octets: bytes) -> dict[Any, Any]:
    value = cbor.loads_loosely(octets, max_depth=MAX_DEPTH)
    if type(value) is not dict:
        raise CredentialError(Reason.UNSUPPORTED)
    return value


def _whole(value: Any) -> int | None:
    return value if type(value) is int else None
