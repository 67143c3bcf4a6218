"""The key set: which keys speak for the city, signed by the offline root (COSE_Sign1 over a map of COSE_Keys)."""

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from cardservice.credential import cbor, cose, keys
from cardservice.credential.keys import KID_BYTES, PublicKey
from cardservice.credential.reasons import CredentialError, Reason

TYPE = "application/cardservice-key-set+cbor"

# Claims of the set: iss, exp, iat of CWT, and private ones (RFC 8392 section 9.1: below -65536).
_ISS, _EXP, _IAT, _SEQ, _NEXT_ROOT, _KEYS, _ROOT = 1, 4, 6, -65600, -65601, -65602, -65603
# Parameters of a key: `kid` (2) of COSE_Key, and private ones (RFC 9052 section 7: below -65536).
_KID, _USE, _NOT_BEFORE, _NOT_AFTER, _CAP, _STATE, _REALM, _COMMITMENTS = 2, *range(-65610, -65617, -1)


class Use(StrEnum):
    """What a key may sign; a key is good for one thing only."""

    CARD = "card"
    STATUS = "status"
    LOG = "log"
    SERVICES = "services"


class State(StrEnum):
    """Where a key stands in its life when the root signed the set.

    Readers treat planned, active and retired alike (rotation happens without the root); compromised differs.
    """

    PLANNED = "planned"
    ACTIVE = "active"
    RETIRED = "retired"
    COMPROMISED = "compromised"


@dataclass(frozen=True)
class Key:
    """One key of the set.

    `not_before`, `not_after`: what it signs has an `iat` within (UTC seconds). `cap`: cards it may sign, 0 for no cap.
    `commitments`: SHA-256 of the commitment list of a compromised card key.
    """

    kid: bytes
    use: Use
    public: PublicKey
    not_before: int
    not_after: int
    cap: int
    state: State
    realm: str
    commitments: bytes | None = None

    def covers(self, iat: int) -> bool:
        """Whether `iat` lies in the window of the key."""
        return self.not_before <= iat < self.not_after


@dataclass(frozen=True)
class KeySet:
    """All keys of one issuer at sequence number `seq`; `next_root` is the thumbprint of the root that may follow.

    `root`: the signing root itself, in the sets of a root that followed another one.
    """

    issuer: str
    seq: int
    iat: int
    exp: int
    next_root: bytes
    keys: tuple[Key, ...] = field(repr=False)
    root: PublicKey | None = None

    @cached_property
    def by_kid(self) -> dict[bytes, Key]:
        """The keys under their kid."""
        return {key.kid: key for key in self.keys}

    def encode(self) -> bytes:
        """The payload that the root signs."""
        claims = {
            _ISS: self.issuer,
            _EXP: self.exp,
            _IAT: self.iat,
            _SEQ: self.seq,
            _NEXT_ROOT: self.next_root,
            _KEYS: [_key_map(key) for key in self.keys],
        }
        if self.root is not None:
            claims[_ROOT] = keys.to_cose_key(self.root)
        return cbor.dumps(claims)


def kid_of(public: PublicKey) -> bytes:
    """The kid of a key: first 8 bytes of the SHA-256 of its COSE_Key (RFC 9679's thumbprint, shortened)."""
    return thumbprint(public)[:KID_BYTES]


def thumbprint(public: PublicKey) -> bytes:
    """COSE Key Thumbprint (RFC 9679 section 3): SHA-256 over the required parameters only."""
    return hashlib.sha256(cbor.dumps({k: v for k, v in keys.to_cose_key(public).items() if k != 3})).digest()


def signed_header(public: PublicKey) -> bytes:
    """The protected header of a key set under the root `public`."""
    return cose.protected_header(alg=public.alg, kid=kid_of(public), typ=TYPE)


def verify(octets: bytes, *, root: PublicKey, announced: bytes | None = None) -> KeySet:
    """The key set in `octets`, after checking that `root` signed it, or the root it carries, whose thumbprint is
    `announced`. Windows and sequence are the reader's to judge.

    Raises CredentialError: malformed, unsupported, unknown_key (another root), bad_signature.
    """
    signed = cose.parse(octets)
    if signed.typ != TYPE:
        raise CredentialError(Reason.UNSUPPORTED)
    if signed.kid != kid_of(root):
        root = _carried_root(signed, announced)
    if not signed.verified_by(root):
        raise CredentialError(Reason.BAD_SIGNATURE)
    key_set = _decode(signed.payload)
    if key_set.root is not None and kid_of(key_set.root) != signed.kid:
        raise CredentialError(Reason.UNSUPPORTED)
    return key_set


def read_unverified(octets: bytes) -> KeySet:
    """The key set in `octets` for those who only pass it on; nobody may trust it.

    Raises CredentialError: malformed, unsupported.
    """
    signed = cose.parse(octets)
    if signed.typ != TYPE:
        raise CredentialError(Reason.UNSUPPORTED)
    return _decode(signed.payload)


def bundle_former(sets: list[bytes]) -> bytes:
    """The document that holds the last key set of each former root, oldest first."""
    return cbor.dumps(sets)


def read_former(octets: bytes) -> list[bytes]:
    """The key sets in such a document, of which nothing is verified yet. Raises CredentialError."""
    sets = cbor.loads(octets)
    if type(sets) is not list or not sets or not all(type(former) is bytes for former in sets):
        raise CredentialError(Reason.UNSUPPORTED)
    return sets


def _carried_root(signed: cose.Signed, announced: bytes | None) -> PublicKey:
    """The root in the set itself, believed because the last set of the root before it gave its thumbprint."""
    carried = _decode(signed.payload).root
    if carried is None or thumbprint(carried) != announced or kid_of(carried) != signed.kid:
        raise CredentialError(Reason.UNKNOWN_KEY)
    return carried


def _key_map(key: Key) -> dict[int, Any]:
    parameters = keys.to_cose_key(key.public) | {
        _KID: key.kid,
        _USE: key.use.value,
        _NOT_BEFORE: key.not_before,
        _NOT_AFTER: key.not_after,
        _CAP: key.cap,
        _STATE: key.state.value,
        _REALM: key.realm,
    }
    if key.commitments is not None:
        parameters[_COMMITMENTS] = key.commitments
    return parameters


def _decode(payload: bytes) -> KeySet:
    values = cbor.loads(payload)
    if type(values) is not dict or values.keys() - {_ROOT} != {_ISS, _EXP, _IAT, _SEQ, _NEXT_ROOT, _KEYS}:
        raise CredentialError(Reason.UNSUPPORTED)
    entries = values[_KEYS]
    if type(entries) is not list or not entries or not all(type(entry) is dict for entry in entries):
        raise CredentialError(Reason.UNSUPPORTED)
    _require(values, {_ISS: str, _EXP: int, _IAT: int, _SEQ: int, _NEXT_ROOT: bytes})
    decoded = KeySet(
        issuer=values[_ISS],
        seq=values[_SEQ],
        iat=values[_IAT],
        exp=values[_EXP],
        next_root=values[_NEXT_ROOT],
        keys=tuple(_decode_key(entry) for entry in entries),
        root=_decode_root(values[_ROOT]) if _ROOT in values else None,
    )
    # Two keys under one kid would let the order of the list decide who is believed.
    if len(decoded.by_kid) != len(decoded.keys) or len(decoded.next_root) != 32 or decoded.seq < 1:
        raise CredentialError(Reason.UNSUPPORTED)
    return decoded


def _decode_root(entry: Any) -> PublicKey:
    if type(entry) is not dict:
        raise CredentialError(Reason.UNSUPPORTED)
    root = keys.from_cose_key(entry)
    if entry != keys.to_cose_key(root):
        raise CredentialError(Reason.UNSUPPORTED)
    return root


def _decode_key(entry: dict[Any, Any]) -> Key:
    _require(
        entry,
        {_KID: bytes, _USE: str, _NOT_BEFORE: int, _NOT_AFTER: int, _CAP: int, _STATE: str, _REALM: str},
    )
    public = keys.from_cose_key(entry)
    known = keys.to_cose_key(public).keys() | {_KID, _USE, _NOT_BEFORE, _NOT_AFTER, _CAP, _STATE, _REALM}
    commitments = entry.get(_COMMITMENTS)
    compromised = entry[_STATE] == State.COMPROMISED
    if entry.keys() - {_COMMITMENTS} != known or (commitments is not None and not compromised):
        raise CredentialError(Reason.UNSUPPORTED)
    if commitments is not None and (type(commitments) is not bytes or len(commitments) != 32):
        raise CredentialError(Reason.UNSUPPORTED)
    if entry[_CAP] < 0:
        raise CredentialError(Reason.UNSUPPORTED)
    # The kid follows from the key: no key can stand in a set twice, with two uses or in two realms.
    if entry[_KID] != kid_of(public):
        raise CredentialError(Reason.UNSUPPORTED)
    try:
        use, state = Use(entry[_USE]), State(entry[_STATE])
    except ValueError:
        raise CredentialError(Reason.UNSUPPORTED) from None
    return Key(
        kid=entry[_KID],
        use=use,
        public=public,
        not_before=entry[_NOT_BEFORE],
        not_after=entry[_NOT_AFTER],
        cap=entry[_CAP],
        state=state,
        realm=entry[_REALM],
        commitments=commitments,
    )


def _require(values: dict[Any, Any], types: dict[int, type]) -> None:
    if any(type(values.get(key)) is not kind for key, kind in types.items()):
        raise CredentialError(Reason.UNSUPPORTED)
