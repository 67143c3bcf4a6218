"""Whether a key set may follow the one that an installation holds: signed by the root it knows, newer, in time."""

from datetime import UTC, datetime

from cardservice.credential import cose, keyset
from cardservice.credential.keys import PublicKey
from cardservice.credential.keyset import KeySet
from cardservice.credential.reasons import CredentialError, Reason

MAX_LEAD = 600
"""Seconds that a set's iat may lie ahead of our clock, as for every reader (SPEC section 9)."""


class KeySetRefused(Exception):
    """The key set is not taken over; the text says why and what to do."""


def newer_set(octets: bytes, *, root: PublicKey, held: bytes | None, issuer: str, realm: str, now: int) -> KeySet:
    """The key set in `octets`, which may follow `held` or is `held` itself. `now` in UTC seconds.

    Signed by `root`, or by the root that `held` announced. Raises KeySetRefused.
    """
    before = _held(held)
    key_set = _verified(octets, root=root, announced=before.next_root if before else None)
    if key_set.issuer != issuer:
        raise KeySetRefused(
            f"The key set is of {key_set.issuer}, and this installation is {issuer}: set CARDSERVICE_ISSUER, or fetch"
            " the right set."
        )
    if {key.realm for key in key_set.keys} != {realm}:
        raise KeySetRefused(f"The key set holds keys of another realm than {realm}: a demo and a city never mix.")
    if key_set.iat > now + MAX_LEAD:
        raise KeySetRefused(
            f"The key set was signed in the future ({_day(key_set.iat)}): set this machine's clock, or that of the"
            " ceremony, and sign again."
        )
    if now >= key_set.exp:
        raise KeySetRefused(f"The key set ended on {_day(key_set.exp)}: hold a ceremony with `keys renew`.")
    if before is not None and held is not None:
        _judge_order(key_set, before, same=cose.parse(octets).payload == cose.parse(held).payload)
    return key_set


def _held(octets: bytes | None) -> KeySet | None:
    """What is held already was judged when it came."""
    if octets is None:
        return None
    try:
        return keyset.read_unverified(octets)
    except CredentialError:
        raise KeySetRefused("The key set of this installation is damaged: restore key-set.cose first.") from None


def _verified(octets: bytes, *, root: PublicKey, announced: bytes | None) -> KeySet:
    try:
        return keyset.verify(octets, root=root, announced=announced)
    except CredentialError as error:
        raise KeySetRefused(_WORDS.get(error.reason, _NO_SET)) from None


def _judge_order(key_set: KeySet, before: KeySet, *, same: bool) -> None:
    if key_set.seq < before.seq:
        raise KeySetRefused(
            f"The key set has number {key_set.seq}, and number {before.seq} is in force here: fetch the newest one."
        )
    if key_set.seq == before.seq and not same:
        raise KeySetRefused(
            f"Two different key sets have the number {key_set.seq}: somebody signed beside the ceremony. Take neither,"
            " and call the root's keepers."
        )


_NO_SET = (
    "The file is no key set, or holds a key that is weak, of another curve, twice, or under a kid that is not its own."
)
_WORDS = {
    Reason.UNKNOWN_KEY: (
        "The key set is signed by another root than this installation's, and that root was not announced: compare the"
        " fingerprint on the paper record."
    ),
    Reason.BAD_SIGNATURE: "The root's signature does not fit the key set: the file was changed. Fetch it again.",
}


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).date().isoformat()
