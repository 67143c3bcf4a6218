"""COSE_Sign1 (RFC 9052 section 4.2) in the one shape this system writes, and its Sig_structure (section 4.4)."""

from typing import Any, NamedTuple

import cbor2

from cardservice.credential import cbor
from cardservice.credential.keys import ACCEPTED_ALGORITHMS, KID_BYTES, SIGNATURE_BYTES, PublicKey
from cardservice.credential.reasons import CredentialError, Reason

TAG_SIGN1 = b"\xd2"
HEADER_ALG = 1
HEADER_KID = 4
HEADER_TYPE = 16
"""`typ` (RFC 9596); only documents carry it, a card's QR has no room for it."""

_CONTEXT = b"\x84\x6aSignature1"
_NO_EXTERNAL_DATA = b"\x40"
_KNOWN_ALGORITHMS = frozenset(value for accepted in ACCEPTED_ALGORITHMS.values() for value in accepted)


class Signed(NamedTuple):
    """A parsed COSE_Sign1: nothing of it is believed before `verified_by` said yes."""

    alg: int
    kid: bytes
    typ: str | None
    payload: bytes
    signature: bytes
    message: bytes

    def verified_by(self, key: PublicKey) -> bool:
        """Whether `key` made the signature with the algorithm pinned to it; the header only has to agree."""
        return self.alg in ACCEPTED_ALGORITHMS[key.alg] and key.verify(self.signature, self.message)


def protected_header(*, alg: int, kid: bytes, typ: str | None = None) -> bytes:
    """The serialized protected header."""
    header: dict[int, Any] = {HEADER_ALG: alg, HEADER_KID: kid}
    if typ is not None:
        header[HEADER_TYPE] = typ
    return cbor.dumps(header)


def message_to_sign(*, protected: bytes, payload: bytes) -> bytes:
    """The Sig_structure: what the signature is made over."""
    return _CONTEXT + cbor2.dumps(protected) + _NO_EXTERNAL_DATA + cbor2.dumps(payload)


def assemble(*, protected: bytes, payload: bytes, signature: bytes) -> bytes:
    """The tagged COSE_Sign1 with an empty unprotected header."""
    return TAG_SIGN1 + cbor2.dumps([protected, {}, payload, signature])


def parse(octets: bytes) -> Signed:
    """Splits a COSE_Sign1 into its parts, of which nothing is believed yet.

    Raises CredentialError: malformed when it is no deterministic CBOR or no COSE_Sign1, unsupported when it is one
    that this system never writes (another tag, header or algorithm).
    """
    return _parse_card(octets) or _parse_any(octets)


# What every card starts with, cut at the algorithm and the kid: tag 18, array of 4, header of 13 bytes.
_CARD_START, _CARD_KID = b"\xd2\x84\x4d\xa2\x01", b"\x04\x48"
_CARD_ALGORITHMS = {alg_byte: -1 - (alg_byte - 0x20) for alg_byte in (0x26, 0x27, 0x28, 0x32)}
_SIGNATURE_HEAD = b"\x58\x40"


def _parse_card(octets: bytes) -> Signed | None:
    """The fixed layout of a card's credential, read by position; None when `octets` are laid out otherwise.

    Accepts nothing that `_parse_any` does not: it is the same answer four times faster.
    """
    alg = _CARD_ALGORITHMS.get(octets[5]) if len(octets) > 100 else None
    if alg is None or not octets.startswith(_CARD_START) or not octets.startswith(_CARD_KID, 6) or octets[16] != 0xA0:
        return None
    head = octets[17]
    if head == 0x58 and octets[18] > 23:
        start, end = 19, 19 + octets[18]
    elif head == 0x59 and octets[18] > 0:
        start, end = 20, 20 + (octets[18] << 8 | octets[19])
    else:
        return None
    if len(octets) != end + 2 + SIGNATURE_BYTES or not octets.startswith(_SIGNATURE_HEAD, end):
        return None
    message = _CONTEXT + octets[2:16] + _NO_EXTERNAL_DATA + octets[17:end]
    return Signed(alg, octets[8:16], None, octets[start:end], octets[end + 2 :], message)


def _parse_any(octets: bytes) -> Signed:
    if octets[:1] != TAG_SIGN1:
        # Some other tag, or bare: well-formed CBOR is a stranger's credential, anything else is noise.
        cbor.loads(octets)
        raise CredentialError(Reason.UNSUPPORTED)
    parts = cbor.loads(octets[1:])
    if not (
        type(parts) is list
        and [type(part) for part in parts] == [bytes, dict, bytes, bytes]
        and len(parts[3]) == SIGNATURE_BYTES
    ):
        raise CredentialError(Reason.MALFORMED)
    protected, unprotected, payload, signature = parts
    header = cbor.loads(protected)
    if type(header) is not dict:
        raise CredentialError(Reason.MALFORMED)
    alg, kid, typ = header.get(HEADER_ALG), header.get(HEADER_KID), header.get(HEADER_TYPE)
    expected = {HEADER_ALG, HEADER_KID} if typ is None else {HEADER_ALG, HEADER_KID, HEADER_TYPE}
    if unprotected or header.keys() != expected or type(alg) is not int or alg not in _KNOWN_ALGORITHMS:
        raise CredentialError(Reason.UNSUPPORTED)
    if type(kid) is not bytes or len(kid) != KID_BYTES or (typ is not None and type(typ) is not str):
        raise CredentialError(Reason.UNSUPPORTED)
    return Signed(
        alg=alg,
        kid=kid,
        typ=typ,
        payload=payload,
        signature=signature,
        message=message_to_sign(protected=protected, payload=payload),
    )
