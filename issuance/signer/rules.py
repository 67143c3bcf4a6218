"""What the signer signs: the claims of a reserved card that fit its row, and status lists it counted itself."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import transaction

from cardservice.credential import claims, cose, statuslist
from cardservice.credential.calendar import day_of
from cardservice.credential.claims import STATUS_PATH, Claims
from cardservice.credential.commitment import BYTES, commitment
from cardservice.credential.keyset import Use
from cardservice.credential.numbers import INDEX_BITS
from cardservice.credential.reasons import CredentialError
from issuance.keys import NoActiveKey, active_key
from issuance.models import Card, SigningKey, StatusList
from issuance.signer.client import SignedList
from issuance.signer.held import DeviceAway, HeldKeys, PinRefused
from issuance.statusbits import current_bits

HOUR = 3600
SEEN_OF_CARD = ("id", "commitments", "key", "week", "expires", "state", "signed")
"""What the signer may read of a row: not what a seed or a slip is recognised by."""


class Refusal(StrEnum):
    """Why the signer says no."""

    BAD_REQUEST = "bad_request"
    UNKNOWN_ROW = "unknown_row"
    ROW_DIFFERS = "row_differs"
    ROW_CLOSED = "row_closed"
    KEY_NOT_HERE = "key_not_here"
    KEY_NOT_ACTIVE = "key_not_active"
    KEY_COMPROMISED = "key_compromised"
    CAP_REACHED = "cap_reached"
    HOURLY_CEILING = "hourly_ceiling"
    KEY_DEVICE_AWAY = "key_device_away"
    KEY_DEVICE_PIN = "key_device_pin"


class Refused(Exception):
    """The signer says no."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.value)
        self.refusal = refusal


@dataclass
class HourlyCeiling:
    """At most `most` new cards an hour: what a stolen desk can do until somebody looks. Kept in memory only."""

    most: int
    _moments: deque[int] = field(default_factory=deque)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, *, now: int) -> None:
        """Counts one new card. Raises Refused(hourly_ceiling)."""
        with self._lock:
            while self._moments and self._moments[0] <= now - HOUR:
                self._moments.popleft()
            if len(self._moments) >= self.most:
                raise Refused(Refusal.HOURLY_CEILING)
            self._moments.append(now)


@dataclass(frozen=True)
class SigningRules:
    """The signer's rules over its private keys for one issuer."""

    issuer: str
    held: HeldKeys
    ceiling: HourlyCeiling

    def sign_card(self, *, card_id: int, payloads: list[bytes], now: int) -> list[bytes]:
        """Signatures over all `payloads`, in order, with the key of the row; counted once however often asked.

        The row is marked as signed, and the key's count raised, before anything is signed; a device that goes away
        in between leaves a row of which no card exists, and which the same question signs later. Raises Refused.
        """
        with transaction.atomic(using="issuance"):
            card = Card.objects.select_for_update().only(*SEEN_OF_CARD).filter(id=card_id).first()
            if card is None:
                raise Refused(Refusal.UNKNOWN_ROW)
            self._check_row(card, payloads)
            key = SigningKey.objects.select_for_update().get(kid=card.key_id)
            if key.state == SigningKey.State.COMPROMISED:
                raise Refused(Refusal.KEY_COMPROMISED)
            sign = self._signing_with(key)
            if not card.signed:
                self._count(card, key, now=now)
        header = cose.protected_header(alg=key.alg, kid=bytes.fromhex(key.kid))
        with _refusing_without_device():
            return [sign(cose.message_to_sign(protected=header, payload=payload)) for payload in payloads]

    def sign_list(self, *, number: int, now: int) -> SignedList:
        """Status list `number` with the bits this process reads itself, newer than any before. Raises Refused."""
        with transaction.atomic(using="issuance"):
            status_list = StatusList.objects.select_for_update().filter(number=number).first()
            if status_list is None:
                raise Refused(Refusal.UNKNOWN_ROW)
            try:
                key = active_key(Use.STATUS)
            except NoActiveKey:
                raise Refused(Refusal.KEY_NOT_ACTIVE) from None
            sign = self._signing_with(key)
            bits = current_bits(status_list)
            # Readers take strictly newer lists only: two within one second must still differ.
            iat = max(now, status_list.issued_at + 1)
            StatusList.objects.filter(number=number).update(issued_at=iat)
        with _refusing_without_device():
            return self._sign_bits(bits, key=key, sign=sign, number=number, iat=iat)

    def _signing_with(self, key: SigningKey) -> Callable[[bytes], bytes]:
        with _refusing_without_device():
            sign = self.held.signing_with(key.kid)
        if sign is None:
            raise Refused(Refusal.KEY_NOT_HERE)
        return sign

    def _sign_bits(
        self, bits: bytes, *, key: SigningKey, sign: Callable[[bytes], bytes], number: int, iat: int
    ) -> SignedList:
        uri, kid, compressed = f"{self.issuer}{STATUS_PATH}{number}", bytes.fromhex(key.kid), statuslist.compress(bits)
        header = statuslist.cwt_header(alg=key.alg, kid=kid)
        payload = statuslist.cwt_payload(uri=uri, iat=iat, compressed=compressed)
        signature = sign(cose.message_to_sign(protected=header, payload=payload))
        unsigned = statuslist.jwt_signing_input(alg=key.alg, kid=kid, uri=uri, iat=iat, compressed=compressed)
        return SignedList(
            cwt=cose.assemble(protected=header, payload=payload, signature=signature),
            jwt=statuslist.jwt(signing_input=unsigned, signature=sign(unsigned)),
            iat=iat,
            set_bits=int.from_bytes(bits).bit_count(),
        )

    def _check_row(self, card: Card, payloads: list[bytes]) -> None:
        if card.state not in (Card.State.RESERVED, Card.State.ACTIVE):
            raise Refused(Refusal.ROW_CLOSED)
        try:
            faces = [claims.decode(payload) for payload in payloads]
        except CredentialError:
            raise Refused(Refusal.BAD_REQUEST) from None
        made = [commitment(cti=face.cti, payload=payload) for face, payload in zip(faces, payloads, strict=True)]
        stored = bytes(card.commitments)
        positions = set(card.credentials.values_list("id", flat=True))
        if made != [stored[start : start + BYTES] for start in range(0, len(stored), BYTES)]:
            raise Refused(Refusal.ROW_DIFFERS)
        if not all(self._fits(face, card, positions) for face in faces):
            raise Refused(Refusal.ROW_DIFFERS)

    def _fits(self, face: Claims, card: Card, positions: set[int]) -> bool:
        return (
            face.issuer == self.issuer
            and day_of(face.exp) == card.expires
            and day_of(face.iat) == card.week
            and face.list_number << INDEX_BITS | face.index in positions
        )

    def _count(self, card: Card, key: SigningKey, *, now: int) -> None:
        if key.state != SigningKey.State.ACTIVE or key.use != Use.CARD:
            raise Refused(Refusal.KEY_NOT_ACTIVE)
        if key.cap and key.issued >= key.cap:
            raise Refused(Refusal.CAP_REACHED)
        self.ceiling.take(now=now)
        SigningKey.objects.filter(kid=key.kid).update(issued=key.issued + 1)
        Card.objects.filter(id=card.id).update(signed=True)


@contextmanager
def _refusing_without_device() -> Iterator[None]:
    try:
        yield
    except DeviceAway:
        raise Refused(Refusal.KEY_DEVICE_AWAY) from None
    except PinRefused:
        raise Refused(Refusal.KEY_DEVICE_PIN) from None
