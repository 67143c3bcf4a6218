"""What a resident may do without anybody: block a card by its slip, and see what the register holds of a card."""

from dataclasses import dataclass
from datetime import date

from django.db import connections

from cardservice.credential.numbers import Mistyped, parse_slip_code
from issuance.models import Card
from issuance.register import slip_hash

State = Card.State
_OF_NO_SLIP = bytes(32)


@dataclass(frozen=True)
class Held:
    """The row of a card as far as it means anything: the other columns are random values and digests.

    `week`: Monday of the week of issue. `expires`: first day after the last valid month. `key`: kid of its signing key.
    `credentials`: under how many random numbers it stands in the published lists.
    """

    week: date
    expires: date
    blocked: bool
    key: str
    credentials: int


def digest_of(code: str) -> bytes:
    """What the register would hold of this slip code; for a mistyped one a digest that no slip has.

    So a mistyped code goes the same way as any other and takes the same time.
    """
    try:
        return slip_hash(parse_slip_code(code))
    except Mistyped:
        return _OF_NO_SLIP


def block_by_slip(digest: bytes) -> None:
    """Suspends the card whose slip has this digest, unless it is blocked already; nobody is told whether there is one.

    Raises DatabaseError; nothing was changed then.
    """
    connection = connections["issuance"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT public.block_by_slip(%s)", [digest])
        return
    good = Card.objects.filter(slip_hash=digest, state__in=[State.RESERVED, State.ACTIVE])
    good.update(state=State.SUSPENDED)


def held(position: int) -> Held | None:
    """What the register holds of the card with this status reference (list * 2^20 + index); None for no card.

    Raises DatabaseError.
    """
    connection = connections["issuance"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT week, expires, blocked, key, credentials FROM public.held(%s)", [position])
            row = cursor.fetchone()
        return None if row is None else Held(*row)
    card = Card.objects.filter(credentials__id=position).first()
    if card is None:
        return None
    return Held(
        week=card.week,
        expires=card.expires,
        blocked=card.state in (State.SUSPENDED, State.REVOKED),
        key=card.key_id,
        credentials=card.credentials.count(),
    )
