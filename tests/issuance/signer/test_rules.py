"""What the signer signs, and everything it refuses."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from cardservice.credential import cbor, claims, cose, statuslist
from cardservice.credential.calendar import DAY, month_after
from cardservice.credential.claims import Claims
from cardservice.credential.commitment import commitment
from cardservice.credential.numbers import LIST_SIZE, card_number
from issuance.keys import public_key
from issuance.models import Card, SigningKey, StatusList
from issuance.signer.client import SignerUnavailable
from issuance.signer.rules import HOUR, HourlyCeiling, Refusal, Refused, SigningRules
from tests.issuance.office import ISSUER, NOW, DirectSigner, Office, dump, held, order, photos, rules

pytestmark = pytest.mark.django_db(databases=["issuance"])


@dataclass
class Row:
    """A reserved row that was not signed yet, and the payloads that fit it."""

    card: Card
    payloads: list[bytes]
    office: Office

    @property
    def rules(self) -> SigningRules:
        return self.office.signer.rules

    def sign(self, payloads: list[bytes] | None = None, *, now: int = NOW) -> list[bytes]:
        return self.rules.sign_card(card_id=self.card.id, payloads=payloads or self.payloads, now=now)

    def refused(self, payloads: list[bytes] | None = None) -> Refusal:
        """The refusal; nothing may have been counted or marked."""
        before = dump()
        with pytest.raises(Refused) as caught:
            self.sign(payloads)
        assert dump() == before
        return caught.value.refusal


@dataclass
class _Listening(DirectSigner):
    """Takes what the desk asks for and stays silent."""

    def sign_card(self, *, card: int, payloads: list[bytes]) -> list[bytes]:
        self.asked.append((card, payloads))
        raise SignerUnavailable


@pytest.fixture
def row(office: Office) -> Row:
    return _row(office, photo_qr=photos()[0])


def _row(office: Office, **about: Any) -> Row:
    listening = Office(signer=_Listening())
    with pytest.raises(SignerUnavailable):
        listening.issue(order(**about))
    card_id, payloads = listening.signer.asked[0]
    return Row(card=Card.objects.get(id=card_id), payloads=payloads, office=office)


def _commit(row: Row, payloads: list[bytes]) -> None:
    """What a stolen desk could do: write a row that fits the payloads."""
    made = b"".join(commitment(cti=claims.decode(payload).cti, payload=payload) for payload in payloads)
    Card.objects.filter(id=row.card.id).update(commitments=made)


def test_it_signs_what_was_reserved(row: Row) -> None:
    signatures = row.sign()

    key = SigningKey.objects.get(kid=row.card.key_id)
    header = cose.protected_header(alg=key.alg, kid=bytes.fromhex(key.kid))
    assert len(signatures) == len(row.payloads) == 2
    for payload, signature in zip(row.payloads, signatures, strict=True):
        assert public_key(key).verify(signature, cose.message_to_sign(protected=header, payload=payload))
    row.card.refresh_from_db()
    assert (row.card.signed, key.issued) == (True, 1)


def test_a_card_counts_once_however_often_it_is_asked_for(row: Row) -> None:
    first = row.sign()

    assert [row.sign() for _ in range(5)] == [first] * 5
    assert SigningKey.objects.get(kid=row.card.key_id).issued == 1


def test_an_acknowledged_card_is_signed_again(row: Row) -> None:
    first = row.sign()
    Card.objects.update(state="active")

    assert row.sign() == first


CHANGES: dict[str, Callable[[Claims], Claims]] = {
    "another name": lambda face: replace(face, name="Bogdan Vorbild"),
    "another birth date": lambda face: replace(face, born="19900301"),
    "a birth date more or less": lambda face: replace(face, born=None if face.born else "19900228"),
    "another photo": lambda face: replace(face, photo=b"RIFF"),
    "a sector": lambda face: replace(face, sector="health"),
    "another cti": lambda face: replace(face, cti=bytes(16)),
    "another link": lambda face: replace(face, link=bytes(16)),
}
BEYOND_THE_ROW: dict[str, Callable[[Claims], Claims]] = {
    "another index": lambda face: replace(
        face, index=face.index ^ 1, number=card_number(list_number=face.list_number, index=face.index ^ 1)
    ),
    "another list": lambda face: replace(face, list_number=1, number=card_number(list_number=1, index=face.index)),
    "a later expiry": lambda face: replace(face, exp=month_after(face.exp, months=1)),
    "an earlier week": lambda face: replace(face, iat=face.iat - 7 * DAY),
    "another issuer": lambda face: replace(face, issuer="https://other.invalid"),
}


@pytest.mark.parametrize("name", [*CHANGES, *BEYOND_THE_ROW])
@pytest.mark.parametrize("face", [0, 1])
def test_it_refuses_changed_claims(row: Row, name: str, face: int) -> None:
    payloads = list(row.payloads)
    payloads[face] = (CHANGES | BEYOND_THE_ROW)[name](claims.decode(payloads[face])).encode()
    assert payloads[face] != row.payloads[face]

    assert row.refused(payloads) is Refusal.ROW_DIFFERS


@pytest.mark.parametrize("name", BEYOND_THE_ROW)
@pytest.mark.parametrize("face", [0, 1])
def test_it_refuses_claims_beyond_the_row_even_when_the_row_commits_to_them(row: Row, name: str, face: int) -> None:
    payloads = list(row.payloads)
    payloads[face] = BEYOND_THE_ROW[name](claims.decode(payloads[face])).encode()
    _commit(row, payloads)

    assert row.refused(payloads) is Refusal.ROW_DIFFERS


def test_it_refuses_payloads_too_many_too_few_doubled_or_swapped(row: Row) -> None:
    one, two = row.payloads
    for payloads in ([one], [two], [one, two, two], [one, one], [two, one], [one, one, two], [one, two] * 7):
        assert row.refused(payloads) is Refusal.ROW_DIFFERS


def test_it_refuses_payloads_of_another_card(row: Row) -> None:
    other = _row(row.office, photo_qr=photos()[0])

    assert row.refused(other.payloads) is Refusal.ROW_DIFFERS
    assert row.refused([row.payloads[0], other.payloads[1]]) is Refusal.ROW_DIFFERS


def test_a_row_without_commitments_gets_nothing_signed(row: Row) -> None:
    Card.objects.update(commitments=b"")

    assert row.refused() is Refusal.ROW_DIFFERS


@pytest.mark.parametrize(
    "payload",
    [b"", b"\x00", b"\xa0", b"\xff" * 40, cbor.dumps({1: "x"}), cbor.dumps([]), b"\xa2\x01\x01\x01\x02"],
)
def test_it_refuses_what_are_no_claims(row: Row, payload: bytes) -> None:
    assert row.refused([row.payloads[0], payload]) is Refusal.BAD_REQUEST


def test_it_refuses_claims_with_anything_appended(row: Row) -> None:
    assert row.refused([row.payloads[0], row.payloads[1] + b"\x00"]) is Refusal.BAD_REQUEST


def test_it_refuses_other_statements_under_the_card_key(row: Row) -> None:
    """A status list or a key set signed with a card key would be a forgery of the city's own documents."""
    status_list = statuslist.cwt_payload(uri=f"{ISSUER}/s/0", iat=NOW, compressed=b"")

    assert row.refused([status_list, status_list]) is Refusal.BAD_REQUEST


@pytest.mark.parametrize("card_id", [0, -1, 2**20 - 1, 2**62, 2**80])
def test_it_refuses_a_row_that_does_not_exist(row: Row, card_id: int) -> None:
    with pytest.raises(Refused) as caught:
        row.rules.sign_card(card_id=card_id, payloads=row.payloads, now=NOW)
    assert caught.value.refusal is Refusal.UNKNOWN_ROW


@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("state", ["suspended", "revoked"])
def test_it_refuses_a_closed_row(row: Row, state: str, signed: bool) -> None:
    if signed:
        row.sign()
    Card.objects.update(state=state)

    assert row.refused() is Refusal.ROW_CLOSED


@pytest.mark.parametrize("signed", [False, True])
def test_a_compromised_key_signs_nothing(row: Row, signed: bool) -> None:
    if signed:
        row.sign()
    SigningKey.objects.filter(kid=row.card.key_id).update(state="compromised")

    assert row.refused() is Refusal.KEY_COMPROMISED


@pytest.mark.parametrize("state", ["planned", "retired"])
def test_a_key_that_is_not_active_signs_no_new_card(row: Row, state: str) -> None:
    SigningKey.objects.filter(kid=row.card.key_id).update(state=state)

    assert row.refused() is Refusal.KEY_NOT_ACTIVE


def test_a_retired_key_signs_its_own_rows_again(row: Row) -> None:
    first = row.sign()
    SigningKey.objects.filter(kid=row.card.key_id).update(state="retired")

    assert row.sign() == first


def test_a_key_of_another_use_signs_no_card(row: Row) -> None:
    status = SigningKey.objects.filter(use="status").first()
    assert status is not None
    SigningKey.objects.filter(kid=status.kid).update(state="active")
    Card.objects.update(key=status)

    assert row.refused() is Refusal.KEY_NOT_ACTIVE


def test_a_key_whose_file_is_missing_signs_nothing(row: Row) -> None:
    del row.rules.held.files[row.card.key_id]

    assert row.refused() is Refusal.KEY_NOT_HERE


def test_the_cap_is_kept_and_does_not_touch_cards_signed_before(row: Row) -> None:
    other = _row(row.office)
    SigningKey.objects.filter(kid=row.card.key_id).update(cap=1)
    first = row.sign()

    assert other.refused() is Refusal.CAP_REACHED
    assert row.sign() == first


def test_the_hourly_ceiling_counts_new_cards_only(office: Office) -> None:
    office.signer.rules = rules(most=2)
    rows = [_row(office) for _ in range(3)]
    first = rows[0].sign(now=NOW)
    for _ in range(3):
        assert rows[0].sign(now=NOW) == first
    rows[1].sign(now=NOW + 10)

    assert rows[2].refused() is Refusal.HOURLY_CEILING
    assert rows[0].sign(now=NOW + HOUR - 1) == first
    with pytest.raises(Refused):
        rows[2].sign(now=NOW + HOUR - 1)
    assert rows[2].sign(now=NOW + HOUR)


def test_refused_requests_do_not_use_up_the_ceiling(office: Office) -> None:
    office.signer.rules = rules(most=1)
    first, second = _row(office), _row(office)
    for _ in range(3):
        assert first.refused(second.payloads) is Refusal.ROW_DIFFERS

    assert first.sign()


def test_the_ceiling_slides() -> None:
    ceiling = HourlyCeiling(most=3)
    for moment in (0, 1_800, 1_900):
        ceiling.take(now=moment)
    with pytest.raises(Refused):
        ceiling.take(now=3_599)
    ceiling.take(now=3_600)
    with pytest.raises(Refused):
        ceiling.take(now=5_399)
    ceiling.take(now=5_400)


def test_a_card_of_sectors_is_signed_whole_and_counted_once(office: Office) -> None:
    row = _row(office, profile="sectors")

    assert len(set(row.sign())) == 7
    assert SigningKey.objects.get(kid=row.card.key_id).issued == 1
    assert row.refused(row.payloads[:6]) is Refusal.ROW_DIFFERS


def _verified(signed: Any) -> statuslist.StatusList:
    parsed = statuslist.parse(signed.cwt)
    key = SigningKey.objects.get(kid=parsed.kid.hex())
    assert key.use == "status"
    return statuslist.verify(parsed, key=public_key(key))


def test_it_signs_a_list_of_the_bits_it_reads_itself(row: Row) -> None:
    row.sign()
    before = _verified(row.rules.sign_list(number=0, now=NOW))
    Card.objects.update(state="revoked")
    signed = row.rules.sign_list(number=0, now=NOW + 300)
    after = _verified(signed)

    index = row.card.id % LIST_SIZE
    assert (before.blocked(index), after.blocked(index)) == (False, True)
    assert signed.set_bits == int.from_bytes(after.bits).bit_count() == int.from_bytes(before.bits).bit_count() + 1
    assert after.uri == f"{ISSUER}/s/0"
    assert signed.iat == after.iat == NOW + 300


def test_lists_get_newer_within_a_second_and_when_the_clock_goes_back(row: Row) -> None:
    moments = [NOW, NOW, NOW - 3_600, NOW + 1, NOW + 500]

    issued = [row.rules.sign_list(number=0, now=moment).iat for moment in moments]

    assert issued == [NOW, NOW + 1, NOW + 2, NOW + 3, NOW + 500]
    assert StatusList.objects.get().issued_at == NOW + 500


def test_a_list_that_does_not_exist_is_not_signed(row: Row) -> None:
    before = dump()
    for number in (1, 1024, -1, 2**40, 2**80):
        with pytest.raises(Refused) as caught:
            row.rules.sign_list(number=number, now=NOW)
        assert caught.value.refusal is Refusal.UNKNOWN_ROW
    assert dump() == before


def test_without_a_status_key_no_list_is_signed(row: Row) -> None:
    SigningKey.objects.filter(use="status").update(state="compromised")
    before = dump()

    with pytest.raises(Refused) as caught:
        row.rules.sign_list(number=0, now=NOW)
    assert caught.value.refusal is Refusal.KEY_NOT_ACTIVE
    assert dump() == before


def test_a_status_key_whose_file_is_missing_signs_no_list(row: Row) -> None:
    row.rules.held.files.clear()
    before = dump()

    with pytest.raises(Refused) as caught:
        row.rules.sign_list(number=0, now=NOW)
    assert caught.value.refusal is Refusal.KEY_NOT_HERE
    # Neither is the key activated nor the list counted as newer.
    assert dump() == before


def test_the_largest_list_still_fits_a_message(row: Row) -> None:
    from issuance.signer.wire import MAX_MESSAGE

    StatusList.objects.update(baseline=random.Random(1).randbytes(LIST_SIZE // 8))
    signed = row.rules.sign_list(number=0, now=NOW)

    assert len(cbor.dumps({"cwt": signed.cwt, "jwt": signed.jwt, "iat": 0, "set_bits": 0})) < MAX_MESSAGE
    assert _verified(signed).bits == bytes(StatusList.objects.get().baseline)


def test_the_rules_show_no_key() -> None:
    assert next(iter(held().made.private_keys)) not in repr(rules())
