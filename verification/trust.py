"""What a verifier believes: the signed public documents it accepted, and the rules for accepting a newer one."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import StrEnum

from cardservice.credential import commitmentlist, cose, keyset, statuslist
from cardservice.credential.keys import PublicKey
from cardservice.credential.keyset import Key, KeySet, State, Use
from cardservice.credential.reasons import CredentialError, Reason
from cardservice.credential.statuslist import StatusList

MAX_LEAD = 600
"""Seconds that the `iat` of a document or card may lie ahead of the verifier's clock."""

KEY_SET = "key-set"
FORMER_SETS = "former-sets"
"""The last key set of each root that another one followed."""


class TrustCode(StrEnum):
    """Why a document was not accepted."""

    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    WRONG_SIGNER = "wrong_signer"
    BAD_SIGNATURE = "bad_signature"
    NOT_ANNOUNCED = "not_announced"
    FROM_THE_FUTURE = "from_the_future"
    ROLLED_BACK = "rolled_back"
    EQUIVOCATION = "equivocation"


class TrustError(Exception):
    """A document was not accepted; what was believed before still stands."""

    def __init__(self, code: TrustCode) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True)
class Seen:
    """What is remembered of an accepted document, to recognise an older one and a contradicting one.

    `order`: `seq` of a key set, `iat` of a list. `digest`: SHA-256 of what was signed. The signature is left out: a
    second signature over the same content (HSM, malleability) contradicts nothing.
    """

    order: int
    digest: bytes


@dataclass(frozen=True)
class Trust:
    """Everything accepted about the cards of `issuer` in `realm`.

    `lists`: status lists in force, by URI. `commitments`: what a compromised key signed before the breach, by kid.
    `seen` and `signers` (kid) are kept by document name ("key-set", "former-sets", "s/0", "commitments/<kid>").
    `followed_by`: the root that took the place of the one the reader began with. `announced`: thumbprint of the root
    that may take its place. `highest_iat`: the highest signed time ever accepted, UTC seconds.
    """

    issuer: str
    realm: str
    key_set: KeySet | None = None
    lists: Mapping[str, StatusList] = field(default_factory=dict)
    commitments: Mapping[bytes, frozenset[bytes]] = field(default_factory=dict, repr=False)
    seen: Mapping[str, Seen] = field(default_factory=dict)
    signers: Mapping[str, bytes] = field(default_factory=dict)
    followed_by: PublicKey | None = None
    announced: bytes | None = None
    highest_iat: int = 0

    def remembering(self, *, name: str, seen: Seen) -> "Trust":
        """This trust, knowing from an earlier run that document `name` had been accepted as `seen`."""
        signed_time = 0 if name in (KEY_SET, FORMER_SETS) else seen.order
        return replace(self, seen={**self.seen, name: seen}, highest_iat=max(self.highest_iat, signed_time))


def payload_digest(octets: bytes) -> bytes:
    """SHA-256 of the payload of a COSE_Sign1. Raises TrustError(unreadable)."""
    with _refusals():
        return hashlib.sha256(cose.parse(octets).payload).digest()


def accept_key_set(*, trust: Trust, octets: bytes, root: PublicKey, now: int | None) -> Trust:
    """`trust` with the key set in `octets`; the same object when it is the one already in force.

    `root`: the one the reader began with; a set by the root that the last set announced makes that one the root.
    `now` None: the document was accepted in an earlier run, its time was judged then. Documents whose signer the new
    set no longer believes go out of force; their order stays remembered. Raises TrustError.
    """
    with _refusals():
        key_set = keyset.verify(octets, root=trust.followed_by or root, announced=trust.announced)
    if key_set.issuer != trust.issuer:
        raise TrustError(TrustCode.FOREIGN)
    if now is not None and key_set.iat > now + MAX_LEAD:
        raise TrustError(TrustCode.FROM_THE_FUTURE)
    seen = Seen(order=key_set.seq, digest=payload_digest(octets))
    if _is_in_force(trust, name=KEY_SET, seen=seen) and trust.key_set is not None:
        return trust
    return replace(
        trust,
        key_set=key_set,
        lists={
            uri: held
            for uri, held in trust.lists.items()
            if _still_believed(trust, under=key_set, name=uri.removeprefix(f"{trust.issuer}/"), iat=held.iat)
        },
        commitments={
            kid: held for kid, held in trust.commitments.items() if _still_announced(trust, under=key_set, kid=kid)
        },
        seen={**trust.seen, KEY_SET: seen},
        followed_by=key_set.root or trust.followed_by,
        announced=key_set.next_root,
        highest_iat=max(trust.highest_iat, key_set.iat),
    )


def accept_former_sets(*, trust: Trust, octets: bytes, root: PublicKey, now: int | None) -> Trust:
    """`trust` knowing, from the last key set of each former root, which root follows the one it believes.

    For a reader that began with a former root, or missed its last set. The set in force stays; sets of other roots are
    passed over. `root` and `now` as for key sets. Raises TrustError.
    """
    believed, announced, newest = trust.followed_by or root, trust.announced, None
    with _refusals():
        for former in keyset.read_former(octets):
            key_set = _by_believed_root(former, root=believed, announced=announced)
            if key_set is None or not _may_lead_on(trust, key_set, former, now=now):
                continue
            believed, announced, newest = key_set.root or believed, key_set.next_root, key_set
    if newest is None:
        return trust
    seen = Seen(order=newest.seq, digest=hashlib.sha256(octets).digest())
    if seen == trust.seen.get(FORMER_SETS) and announced == trust.announced:
        return trust
    return replace(trust, followed_by=believed, announced=announced, seen={**trust.seen, FORMER_SETS: seen})


def accept_status_list(*, trust: Trust, name: str, octets: bytes, now: int | None) -> Trust:
    """`trust` with the status list (CWT) published as `name` ("s/0"); `now` as for key sets. Raises TrustError."""
    with _refusals():
        signed = statuslist.parse(octets)
        held = statuslist.verify(signed, key=_status_key(trust, signed.kid).public)
    if held.uri != f"{trust.issuer}/{name}":
        raise TrustError(TrustCode.FOREIGN)
    # A list that outlives a week would let a stolen copy say "not blocked" for as long.
    if not held.iat < held.exp <= held.iat + statuslist.VALIDITY:
        raise TrustError(TrustCode.UNREADABLE)
    _judge_time(trust, kid=signed.kid, iat=held.iat, now=now)
    seen = Seen(order=held.iat, digest=hashlib.sha256(signed.payload).digest())
    if _is_in_force(trust, name=name, seen=seen) and held.uri in trust.lists:
        return trust
    return replace(
        trust,
        lists={**trust.lists, held.uri: held},
        seen={**trust.seen, name: seen},
        signers={**trust.signers, name: signed.kid},
        highest_iat=max(trust.highest_iat, held.iat),
    )


def accept_commitments(*, trust: Trust, name: str, octets: bytes, now: int | None) -> Trust:
    """`trust` with the commitment list published as `name`; its digest must stand in the root-signed key entry.

    `now` as for key sets. Raises TrustError.
    """
    with _refusals():
        signed = cose.parse(octets)
        held = commitmentlist.verify(octets, key=_status_key(trust, signed.kid).public)
    if name != commitments_name(held.kid):
        raise TrustError(TrustCode.FOREIGN)
    digest = hashlib.sha256(signed.payload).digest()
    key = trust.key_set.by_kid.get(held.kid) if trust.key_set else None
    if key is None or key.use is not Use.CARD or key.commitments != digest:
        raise TrustError(TrustCode.NOT_ANNOUNCED)
    _judge_time(trust, kid=signed.kid, iat=held.iat, now=now)
    if held.kid in trust.commitments:
        return trust
    # The root decides which list is the right one: its digest replaces the order of `iat`.
    return replace(
        trust,
        commitments={**trust.commitments, held.kid: held.commitments},
        seen={**trust.seen, name: Seen(order=held.iat, digest=digest)},
        signers={**trust.signers, name: signed.kid},
        highest_iat=max(trust.highest_iat, held.iat),
    )


def commitments_name(kid: bytes) -> str:
    """The document name of the commitment list of key `kid`."""
    return f"commitments/{kid.hex()}"


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except CredentialError as error:
        raise TrustError(_CODES.get(error.reason, TrustCode.UNREADABLE)) from None


_CODES = {Reason.UNKNOWN_KEY: TrustCode.WRONG_SIGNER, Reason.BAD_SIGNATURE: TrustCode.BAD_SIGNATURE}


def _is_in_force(trust: Trust, *, name: str, seen: Seen) -> bool:
    """Whether `seen` is the newest already known; False when it is newer. Raises TrustError for every other case."""
    known = trust.seen.get(name)
    if known is None or seen.order > known.order:
        return False
    if seen.order < known.order:
        raise TrustError(TrustCode.ROLLED_BACK)
    if seen.digest != known.digest:
        raise TrustError(TrustCode.EQUIVOCATION)
    return True


def _by_believed_root(octets: bytes, *, root: PublicKey, announced: bytes | None) -> KeySet | None:
    """The key set, None when another root signed it. Raises CredentialError."""
    try:
        return keyset.verify(octets, root=root, announced=announced)
    except CredentialError as error:
        if error.reason is Reason.UNKNOWN_KEY:
            return None
        raise


def _may_lead_on(trust: Trust, former: KeySet, octets: bytes, *, now: int | None) -> bool:
    """Whether a former set is as new as the one in force, so that what it announces counts. Raises TrustError."""
    if former.issuer != trust.issuer:
        raise TrustError(TrustCode.FOREIGN)
    if now is not None and former.iat > now + MAX_LEAD:
        raise TrustError(TrustCode.FROM_THE_FUTURE)
    if trust.key_set is None or former.seq > trust.key_set.seq:
        return True
    if former.seq == trust.key_set.seq and payload_digest(octets) != trust.seen[KEY_SET].digest:
        raise TrustError(TrustCode.EQUIVOCATION)
    return former.seq == trust.key_set.seq


def _status_key(trust: Trust, kid: bytes) -> Key:
    key = trust.key_set.by_kid.get(kid) if trust.key_set else None
    if key is None or not _may_sign_lists(key, realm=trust.realm):
        raise TrustError(TrustCode.WRONG_SIGNER)
    return key


def _may_sign_lists(key: Key, *, realm: str) -> bool:
    return key.use is Use.STATUS and key.realm == realm and key.state is not State.COMPROMISED


def _still_believed(trust: Trust, *, under: KeySet, name: str, iat: int) -> bool:
    key = under.by_kid.get(trust.signers[name])
    return key is not None and _may_sign_lists(key, realm=trust.realm) and key.covers(iat)


def _still_announced(trust: Trust, *, under: KeySet, kid: bytes) -> bool:
    name = commitments_name(kid)
    key = under.by_kid.get(kid)
    announced = key is not None and key.commitments == trust.seen[name].digest
    return announced and _still_believed(trust, under=under, name=name, iat=trust.seen[name].order)


def _judge_time(trust: Trust, *, kid: bytes, iat: int, now: int | None) -> None:
    if not _status_key(trust, kid).covers(iat):
        raise TrustError(TrustCode.WRONG_SIGNER)
    if now is not None and iat > now + MAX_LEAD:
        raise TrustError(TrustCode.FROM_THE_FUTURE)
