"""Suspending, reinstating and revoking cards: who holds what may do which."""

from collections.abc import Callable
from enum import StrEnum

from django.db import transaction

from cardservice.credential import codec
from cardservice.credential.commitment import BYTES, commitment
from cardservice.credential.numbers import INDEX_BITS, Mistyped, parse_card_number, parse_slip_code
from cardservice.credential.reasons import CredentialError
from issuance.models import Card
from issuance.register import slip_hash

State = Card.State


class Purpose(StrEnum):
    """Why a card's state is changed: a closed list, no free text."""

    LOST = "lost"
    STOLEN = "stolen"
    FOUND = "found"
    DAMAGED = "damaged"
    HOLDER_REQUEST = "holder_request"
    TYPING_ERROR = "typing_error"
    MISUSE = "misuse"


class Unknown(Exception):
    """Nothing in the register fits what was shown; `field` of the request did not fit."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class Final(Exception):
    """The card is revoked; that cannot be undone."""


def by_number(number: str) -> Card:
    """The card with this printed number. Raises Mistyped, Unknown."""
    list_number, index = parse_card_number(number)
    card = Card.objects.filter(credentials__id=list_number << INDEX_BITS | index).first()
    if card is None:
        raise Unknown("card_number")
    return card


def by_slip(code: str) -> Card:
    """The card whose recovery slip has this code. Raises Mistyped, Unknown."""
    card = Card.objects.filter(slip_hash=slip_hash(parse_slip_code(code))).first()
    if card is None:
        raise Unknown("slip_code")
    return card


def by_qr(text: str) -> Card:
    """The card that carries this QR. Raises Unknown.

    The commitment proves it: only who has the card knows its 128 random bits, so no signature needs checking.
    """
    try:
        signed, claims = codec.open_text(text)
    except CredentialError:
        raise Unknown("qr") from None
    card = Card.objects.filter(credentials__id=claims.list_number << INDEX_BITS | claims.index).first()
    made = commitment(cti=claims.cti, payload=signed.payload)
    stored = b"" if card is None else bytes(card.commitments)
    if card is None or made not in {stored[start : start + BYTES] for start in range(0, len(stored), BYTES)}:
        raise Unknown("qr")
    return card


def suspend(card: Card, *, before_change: Callable[[], None]) -> Card:
    """Blocks a card until it is reinstated; number, slip or card are enough. A revoked card stays revoked."""
    return _change(card, State.SUSPENDED, keep={State.SUSPENDED, State.REVOKED}, before_change=before_change)


def reinstate(card: Card, *, slip_card: Card, before_change: Callable[[], None]) -> Card:
    """Makes a suspended card good again; who asks shows card and slip of the same card. Raises Final, Unknown."""
    if card.id != slip_card.id:
        raise Unknown("slip_code")
    return _change(card, State.ACTIVE, keep={State.RESERVED, State.ACTIVE}, before_change=before_change)


def revoke(card: Card, *, before_change: Callable[[], None]) -> Card:
    """Blocks a card for good; card or slip are needed, the number alone is not enough."""
    return _change(card, State.REVOKED, keep={State.REVOKED}, before_change=before_change)


def _change(card: Card, to: str, *, keep: set[str], before_change: Callable[[], None]) -> Card:
    """Calls `before_change`, then changes the state; neither happens in a state of `keep`.

    Raises Final for a revoked card, Unknown for one whose row was deleted meanwhile, and what `before_change` raises.
    """
    with transaction.atomic(using="issuance"):
        current = Card.objects.select_for_update().filter(id=card.id).first()
        if current is None:
            raise Unknown("card_number")
        if current.state in keep:
            return current
        if current.state == State.REVOKED:
            raise Final
        before_change()
        current.state = to
        current.save(update_fields=["state"])
    return current


__all__ = [
    "Final",
    "Mistyped",
    "Purpose",
    "Unknown",
    "by_number",
    "by_qr",
    "by_slip",
    "reinstate",
    "revoke",
    "suspend",
]
