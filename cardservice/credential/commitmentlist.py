"""The commitment list of a compromised key: the faces it signed before the breach, which stay valid."""

import hashlib
from dataclasses import dataclass, field

from cardservice.credential import cbor, cose
from cardservice.credential.commitment import BYTES
from cardservice.credential.keys import KID_BYTES, PublicKey
from cardservice.credential.reasons import CredentialError, Reason

TYPE = "application/cardservice-commitments+cbor"
_IAT, _KID, _LIST = 6, -65620, -65621


@dataclass(frozen=True)
class CommitmentList:
    """Commitments of the faces that key `kid` signed before it was stolen."""

    kid: bytes
    iat: int
    commitments: frozenset[bytes] = field(repr=False)


def header(*, alg: int, kid: bytes) -> bytes:
    """The protected header; the signer is a status key."""
    return cose.protected_header(alg=alg, kid=kid, typ=TYPE)


def payload(*, kid: bytes, iat: int, commitments: list[bytes]) -> bytes:
    """The payload; commitments are sorted, so that their order tells nothing of the order of issue."""
    return cbor.dumps({_IAT: iat, _KID: kid, _LIST: b"".join(sorted(set(commitments)))})


def digest(octets: bytes) -> bytes:
    """The SHA-256 that the root-signed key entry holds; over the payload, since ES256 signatures are malleable."""
    return hashlib.sha256(cose.parse(octets).payload).digest()


def verify(octets: bytes, *, key: PublicKey) -> CommitmentList:
    """The list in `octets`, after checking that the status key `key` signed it.

    Raises CredentialError: bad_signature, malformed, unsupported.
    """
    signed = cose.parse(octets)
    if signed.typ != TYPE:
        raise CredentialError(Reason.UNSUPPORTED)
    if not signed.verified_by(key):
        raise CredentialError(Reason.BAD_SIGNATURE)
    values = cbor.loads(signed.payload)
    if type(values) is not dict or values.keys() != {_IAT, _KID, _LIST}:
        raise CredentialError(Reason.UNSUPPORTED)
    iat, kid, packed = values[_IAT], values[_KID], values[_LIST]
    if (type(iat), type(kid), type(packed)) != (int, bytes, bytes) or len(kid) != KID_BYTES or len(packed) % BYTES:
        raise CredentialError(Reason.UNSUPPORTED)
    entries = [packed[start : start + BYTES] for start in range(0, len(packed), BYTES)]
    if entries != sorted(set(entries)):
        raise CredentialError(Reason.MALFORMED)
    return CommitmentList(kid=kid, iat=iat, commitments=frozenset(entries))
