"""Correcting a card just made: which card may be replaced by a new one without counting as a blocked one."""

from cardservice.credential.calendar import day_of, monday_of
from cardservice.credential.derive import secrets_of
from issuance import blocking
from issuance.blocking import Mistyped, Unknown
from issuance.models import Card
from issuance.orders import Order


class CannotCorrect(Exception):
    """No card of this week whose print is unconfirmed has this slip, or it is the very card that the order makes."""


def card_to_correct(*, slip_code: str, order: Order, now: int) -> Card:
    """The card that `order` replaces: only who made it, or holds its slip, knows the code. `now` in UTC seconds.

    A card that is revoked already is given too, so that asking again is safe. Raises CannotCorrect.
    """
    try:
        card = blocking.by_slip(slip_code)
    except (Mistyped, Unknown):
        raise CannotCorrect from None
    made = secrets_of(seed=order.seed, credentials=len(order.profile.credentials))
    # A card that was handed out is blocked as any other is, and counted: whoever saw its slip could block it here.
    if card.state not in (Card.State.RESERVED, Card.State.REVOKED) or card.week != day_of(monday_of(now)):
        raise CannotCorrect
    if bytes(card.slip_hash) == blocking.slip_hash(made.slip_code):
        raise CannotCorrect
    return card
