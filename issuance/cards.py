"""Issuing a card: row before signature, signature before print, every printed QR read back before it leaves."""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from cardservice.credential import codec, cose
from cardservice.credential.calendar import last_valid_month, monday_of, month_after
from cardservice.credential.claims import Claims
from cardservice.credential.commitment import commitment
from cardservice.credential.derive import Secrets, secrets_of
from cardservice.credential.keys import SIGNATURE_BYTES
from cardservice.credential.numbers import INDEX_BITS, LIST_SIZE, MAX_LISTS, card_number, slip_code
from cardservice.credential.profiles import CardProfile
from issuance import register
from issuance.keys import is_open, public_key
from issuance.models import Card, SigningKey
from issuance.orders import Order
from issuance.printing import Printer, Prints, ReadBackFailed, SignedFace
from issuance.register import Placed, Reservation, RowChanged
from issuance.signer.client import Signer, SignerRefused

_TRIES = 5
_LOOK_AGAIN = ("unknown_row", "row_closed", "key_not_active", "key_compromised", "cap_reached")
"""Refusals after which the row says what to do: another row under another key, or none."""


class SeedUsed(Exception):
    """This seed already made a card from other data."""


class CardGone(Exception):
    """The card of this seed is blocked, or its key compromised: it is not made again."""


@dataclass(frozen=True)
class Issued:
    """A card as the desk hands it out. `created` is False when the same order had been issued before."""

    created: bool
    card_number: str
    slip_code: str = field(repr=False)
    expires: str
    faces: list[SignedFace] = field(repr=False)
    prints: Prints = field(repr=False)


@dataclass(frozen=True)
class IssuingOffice:
    """What issuing needs besides the order: who signs, who prints, in whose name."""

    issuer: str
    signer: Signer
    printer: Printer

    def issue(
        self, order: Order, *, now: int, log: Callable[[bytes, date], None], secrets: Secrets | None = None
    ) -> Issued:
        """One card for one order; the same order again gives the same card.

        `secrets` are those of the order's seed, unless a renewed card takes some of another one over.
        `log(entry_id, week)` records the action and is called before anything is signed. `now` in UTC seconds.
        Raises CannotPrint, SeedUsed, CardGone, NoActiveKey, RegisterFull, RowChanged, SignerUnavailable, SignerRefused,
        ReadBackFailed and what `log` raises; repeating the same order is safe after each of them.
        """
        secrets = secrets or secrets_of(seed=order.seed, credentials=len(order.profile.credentials))
        reservation, signatures, created = self._sign(order, secrets, now=now, log=log)
        faces = self._signed_faces(order.profile, reservation, signatures)
        expires = last_valid_month(_midnight(reservation.card.expires))
        code = slip_code(secrets.slip_code)
        prints = self.printer.print_card(
            faces,
            name=order.name,
            valid_through=f"{expires[5:]}/{expires[:4]}",
            photo=order.photo_print,
            slip_code=code,
            language=order.language,
            large_print=order.large_print,
        )
        return Issued(
            created=created,
            card_number=faces[0].number,
            slip_code=code,
            expires=expires,
            faces=faces,
            prints=prints,
        )

    def _sign(
        self, order: Order, secrets: Secrets, *, now: int, log: Callable[[bytes, date], None]
    ) -> tuple[Reservation, list[bytes], bool]:
        """The row, the signatures over its claims, and whether the row is new.

        Between reserving and signing another desk may use up the key, or another request let the row go.
        """
        for _ in range(_TRIES):
            with suppress(RowChanged):
                reservation, created = self._reservation(order, secrets, now=now)
                if not reservation.card.signed:
                    log(secrets.entry_id, reservation.card.week)
                return reservation, self._signatures(reservation), created
        raise RowChanged

    def _claims(self, order: Order, secrets: Secrets, placed: Placed) -> list[Claims]:
        """The claims of all faces: of what was typed, each face holds only what its profile gives it."""
        return [
            Claims(
                issuer=self.issuer,
                exp=placed.exp,
                iat=placed.iat,
                cti=secrets.ctis[place],
                link=secrets.links[place],
                number=_number(placed.positions[place]),
                name=order.name,
                list_number=placed.positions[place] >> INDEX_BITS,
                index=placed.positions[place] % LIST_SIZE,
                sector=credential.sector,
                born=order.born if face.born else None,
                photo=order.photo_qr if face.photo else None,
            )
            for place, credential in enumerate(order.profile.credentials)
            for face in credential.faces
        ]

    def stand_ins(self, order: Order, *, now: int) -> tuple[list[SignedFace], int]:
        """Unsigned faces of the order, as large as they can get, and their expiry in UTC seconds; raises CannotPrint.

        Register and signer are not asked: what only they know is stood in for.
        """
        secrets = secrets_of(seed=order.seed, credentials=len(order.profile.credentials))
        stand_ins = tuple(MAX_LISTS * LIST_SIZE - 1 for _ in order.profile.credentials)
        placed = Placed(positions=stand_ins, exp=month_after(now, months=order.profile.months), iat=monday_of(now))
        header = cose.protected_header(alg=-7, kid=bytes(8))
        texts = [
            codec.seal(protected=header, payload=face.encode(), signature=os.urandom(SIGNATURE_BYTES))
            for face in self._claims(order, secrets, placed)
        ]
        faces = _faces(order.profile, stand_ins, texts)
        self.printer.check_fits(faces, name=order.name, with_photo=order.photo_print is not None)
        return faces, placed.exp

    def _reservation(self, order: Order, secrets: Secrets, *, now: int) -> tuple[Reservation, bool]:
        card = register.find(row_key=secrets.row_key)
        if card is not None and (card.signed or card.state != Card.State.RESERVED or is_open(card.key)):
            return self._again(order, secrets, card), False
        self.stand_ins(order, now=now)
        if card is not None:
            # Its key was used up before the signer saw the row: no card of it exists, so it may get another key.
            register.release_unsigned(card)
        made = register.reserve(
            row_key=secrets.row_key,
            slip_code=secrets.slip_code,
            credentials=len(order.profile.credentials),
            exp=month_after(now, months=order.profile.months),
            iat=monday_of(now),
            faces=lambda placed: self._claims(order, secrets, placed),
        )
        return made, True

    def _again(self, order: Order, secrets: Secrets, card: Card) -> Reservation:
        """The reservation of an earlier try, after checking that the order still says the same."""
        if card.state not in (Card.State.RESERVED, Card.State.ACTIVE) or card.key.state == SigningKey.State.COMPROMISED:
            raise CardGone
        positions = register.positions_of(card)
        if len(positions) != len(order.profile.credentials):
            raise SeedUsed
        placed = Placed(positions=positions, exp=_midnight(card.expires), iat=_midnight(card.week))
        claims = self._claims(order, secrets, placed)
        payloads = [face.encode() for face in claims]
        made = [commitment(cti=face.cti, payload=payload) for face, payload in zip(claims, payloads, strict=True)]
        if b"".join(made) != bytes(card.commitments):
            raise SeedUsed
        return Reservation(card=card, key=card.key, positions=positions, payloads=payloads)

    def _signatures(self, reservation: Reservation) -> list[bytes]:
        try:
            return self.signer.sign_card(card=reservation.card.id, payloads=reservation.payloads)
        except SignerRefused as refused:
            if refused.code in _LOOK_AGAIN:
                raise RowChanged from None
            raise

    def _signed_faces(
        self, profile: CardProfile, reservation: Reservation, signatures: list[bytes]
    ) -> list[SignedFace]:
        """The QR texts, each opened and verified again: a signer gone wrong is noticed here and not at a library."""
        header = cose.protected_header(alg=reservation.key.alg, kid=bytes.fromhex(reservation.key.kid))
        key = public_key(reservation.key)
        texts = []
        for payload, signature in zip(reservation.payloads, signatures, strict=True):
            text = codec.seal(protected=header, payload=payload, signature=signature)
            signed, _ = codec.open_text(text)
            if signed.payload != payload or not signed.verified_by(key):
                raise ReadBackFailed
            texts.append(text)
        return _faces(profile, reservation.positions, texts)


def acknowledge(*, seed: bytes) -> Card | None:
    """Notes that the card of this seed was printed well; None when none was signed. Safe to repeat."""
    card = register.find(row_key=secrets_of(seed=seed, credentials=1).row_key)
    if card is None or not card.signed:
        return None
    if card.state == Card.State.RESERVED:
        Card.objects.filter(id=card.id, state=Card.State.RESERVED).update(state=Card.State.ACTIVE)
        card.refresh_from_db()
    return card


def _faces(profile: CardProfile, positions: tuple[int, ...], texts: list[str]) -> list[SignedFace]:
    parts = [
        (face.name, credential.sector, _number(position))
        for credential, position in zip(profile.credentials, positions, strict=True)
        for face in credential.faces
    ]
    return [
        SignedFace(name=name, sector=sector, number=number, qr=text)
        for (name, sector, number), text in zip(parts, texts, strict=True)
    ]


def _number(position: int) -> str:
    return card_number(list_number=position >> INDEX_BITS, index=position % LIST_SIZE)


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
