"""Renewing a card: which old one may be, what its own signed content carries over, and blocking it in the end.

Nothing is stored that joins the two: the new row is found by the page's seed and the old card's number only.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import StrEnum

from django.db import transaction

from cardservice.credential import codec
from cardservice.credential.calendar import day_of
from cardservice.credential.claims import Claims
from cardservice.credential.derive import Secrets, renewal_of, secrets_of
from cardservice.credential.keyset import Use
from cardservice.credential.profiles import PROFILES, CardProfile
from cardservice.credential.reasons import CredentialError
from issuance import register
from issuance.blocking import Unknown, by_qr
from issuance.keys import public_key
from issuance.models import Card, SigningKey
from issuance.orders import Order
from issuance.sweep import GRACE

State = Card.State
MOST_CODES = max(len(profile.credentials) for profile in PROFILES.values())
"""QR codes that one card has at most, the second face of a credential left out."""


class NoRenewal(StrEnum):
    """Why a card is not renewed."""

    UNREADABLE = "unreadable"
    OTHER_CITY = "other_city"
    FORGED = "forged"
    TOO_OLD = "too_old"
    BLOCKED = "blocked"
    UNCONFIRMED = "unconfirmed"
    SEVERAL_CARDS = "several_cards"
    OTHER_KIND = "other_kind"
    INCOMPLETE = "incomplete"


class CannotRenew(Exception):
    """The card shown is not renewed."""

    def __init__(self, why: NoRenewal) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True)
class OldCard:
    """A card that was shown: its row, its kind, and what its codes say (one or more of its faces)."""

    card: Card
    profile: CardProfile
    faces: tuple[Claims, ...] = field(repr=False)

    @property
    def sectors(self) -> set[str | None]:
        """Sectors of the codes that were shown."""
        return {face.sector for face in self.faces}

    @property
    def is_complete(self) -> bool:
        """Whether every credential was shown, so that each link can be carried over."""
        return self.sectors == {credential.sector for credential in self.profile.credentials}

    def secrets_of(self, order: Order) -> Secrets:
        """The secrets of the card that renews this one: a row key that the two share, and the links of this card."""
        links = {face.sector: face.link for face in self.faces}
        return replace(
            secrets_of(seed=order.seed, credentials=len(order.profile.credentials)),
            row_key=renewal_of(seed=order.seed, old=self.card.id).row_key,
            links=tuple(links[credential.sector] for credential in order.profile.credentials),
        )


def read_old_card(texts: list[str], *, issuer: str, now: int) -> OldCard:
    """The card that carries these QR texts, judged as strictly as at a gate. `now` in UTC seconds.

    Raises CannotRenew.
    """
    shown = [_read(text, issuer=issuer, now=now) for text in texts]
    if not shown:
        raise CannotRenew(NoRenewal.UNREADABLE)
    card = shown[0][0]
    if any(other.id != card.id for other, _ in shown):
        raise CannotRenew(NoRenewal.SEVERAL_CARDS)
    faces = tuple(face for _, face in shown)
    whole = faces[0].sector is None
    profile = next(kind for kind in PROFILES.values() if (kind.credentials[0].sector is None) is whole)
    return OldCard(card=card, profile=profile, faces=faces)


def card_to_renew(texts: list[str], *, order: Order, issuer: str, now: int) -> OldCard:
    """The old card, once it may be renewed by `order`; asked again for a card already made, it still may.

    Raises CannotRenew.
    """
    old = read_old_card(texts, issuer=issuer, now=now)
    if old.profile != order.profile:
        # A link that moved to another kind of card would join what its sectors keep apart.
        raise CannotRenew(NoRenewal.OTHER_KIND)
    if not old.is_complete:
        raise CannotRenew(NoRenewal.INCOMPLETE)
    if register.find(row_key=old.secrets_of(order).row_key) is None:
        refuse_blocked(old)
    return old


def refuse_blocked(old: OldCard) -> None:
    """Raises CannotRenew when the card is blocked, or was never confirmed."""
    if old.card.state == State.RESERVED:
        raise CannotRenew(NoRenewal.UNCONFIRMED)
    if old.card.state != State.ACTIVE:
        raise CannotRenew(NoRenewal.BLOCKED)


def acknowledge(*, seed: bytes, old: int, before_revoking: Callable[[bytes], None]) -> Card | None:
    """Notes that the card which renews the one at reference `old` was printed well, and revokes that one with it.

    Both or neither. When the old card was blocked meanwhile, or renewed by another page, it is the new one that is
    revoked: a blocked card gets no successor, and no card two. None when no such card was signed. Safe to repeat;
    `before_revoking(entry_id)` records it and is called for real changes only.
    """
    renewal = renewal_of(seed=seed, old=old)
    with transaction.atomic(using="issuance"):
        found = register.find(row_key=renewal.row_key)
        if found is None or not found.signed:
            return None
        # Locked in the order of their keys, as every other who needs both does.
        locked = Card.objects.select_for_update().filter(id__in=[found.id, old]).order_by("id")
        rows = {card.id: card for card in locked}
        new, replaced = rows.get(found.id), rows.get(old)
        if new is None or new.state != State.RESERVED:
            return new
        before_revoking(renewal.entry_id)
        if replaced is not None and replaced.state != State.ACTIVE:
            new.state = State.REVOKED
        else:
            new.state = State.ACTIVE
            Card.objects.filter(id=old).update(state=State.REVOKED)
        new.save(update_fields=["state"])
    return new


def _read(text: str, *, issuer: str, now: int) -> tuple[Card, Claims]:
    try:
        signed, claims = codec.open_text(text)
    except CredentialError:
        raise CannotRenew(NoRenewal.UNREADABLE) from None
    if claims.issuer != issuer:
        raise CannotRenew(NoRenewal.OTHER_CITY)
    key = SigningKey.objects.filter(kid=signed.kid.hex(), use=Use.CARD).first()
    if key is None or not signed.verified_by(public_key(key)):
        raise CannotRenew(NoRenewal.FORGED)
    if day_of(now) > day_of(claims.exp) + GRACE:
        raise CannotRenew(NoRenewal.TOO_OLD)
    try:
        # A stolen key signs anything; what the city issued has its digest in the register.
        return by_qr(text), claims
    except Unknown:
        raise CannotRenew(NoRenewal.FORGED) from None
