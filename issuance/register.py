"""Rows of the register: reserving one for a new card, finding it again, letting an unsigned one go."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction

from cardservice.credential.calendar import day_of
from cardservice.credential.claims import Claims
from cardservice.credential.commitment import commitment
from cardservice.credential.keyset import Use
from issuance.allocation import take_position
from issuance.keys import active_key
from issuance.models import Card, Credential, SigningKey


@dataclass(frozen=True)
class Placed:
    """What of a card the register decides: positions of its credentials, expiry and week (UTC seconds)."""

    positions: tuple[int, ...]
    exp: int
    iat: int


Faces = Callable[[Placed], list[Claims]]
"""Makes the claims of all faces, in the profile's order, once the register has decided."""


@dataclass(frozen=True)
class Reservation:
    """A row, the positions of its credentials and the claims it stands for; `key` signs them."""

    card: Card
    key: SigningKey
    positions: tuple[int, ...]
    payloads: list[bytes] = field(repr=False)


class RowChanged(Exception):
    """Another request changed the row of this seed, or its key was used up, meanwhile: look at it again."""


def slip_hash(slip_code: bytes) -> bytes:
    """What the register keeps of a slip code; 80 random bits cannot be tried out."""
    return hashlib.sha256(b"slip/1" + slip_code).digest()


def find(*, row_key: bytes) -> Card | None:
    """The card issued from the seed that `row_key` is derived from."""
    return Card.objects.select_related("key").filter(row_key=row_key).first()


def reserve(*, row_key: bytes, slip_code: bytes, credentials: int, exp: int, iat: int, faces: Faces) -> Reservation:
    """Writes the row of a new card with random positions.

    Raises RowChanged when another request did so for this seed just now, NoActiveKey, RegisterFull.
    """
    try:
        with transaction.atomic(using="issuance"):
            key = active_key(Use.CARD, week=day_of(iat))
            placed = Placed(positions=tuple(take_position() for _ in range(credentials)), exp=exp, iat=iat)
            claims = faces(placed)
            payloads = [face.encode() for face in claims]
            card = Card(
                id=placed.positions[0],
                row_key=row_key,
                slip_hash=slip_hash(slip_code),
                commitments=b"".join(
                    commitment(cti=face.cti, payload=payload) for face, payload in zip(claims, payloads, strict=True)
                ),
                key=key,
                week=day_of(iat),
                expires=day_of(exp),
            )
            card.save(force_insert=True)
            Credential.objects.bulk_create(
                Credential(id=position, card=card, place=place) for place, position in enumerate(placed.positions)
            )
    except IntegrityError:
        raise RowChanged from None
    return Reservation(card=card, key=key, positions=placed.positions, payloads=payloads)


def positions_of(card: Card) -> tuple[int, ...]:
    """Positions of a card's credentials in the profile's order."""
    return tuple(card.credentials.order_by("place").values_list("id", flat=True))


def release_unsigned(card: Card) -> None:
    """Deletes a row that was never signed, so that its seed can be used again; its indexes stay used."""
    Card.objects.filter(id=card.id, signed=False).delete()
