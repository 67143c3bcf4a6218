"""Rows of the register: written whole or not at all, found by their seed, let go only while unsigned."""

import pytest

from cardservice.credential.calendar import monday_of, month_after
from cardservice.credential.claims import Claims
from cardservice.credential.numbers import INDEX_BITS, LIST_SIZE, card_number
from issuance import register
from issuance.models import Card, Credential, IndexChunk
from issuance.register import Placed, Reservation, RowChanged
from tests.issuance.office import ISSUER, NOW, Office, dump

pytestmark = pytest.mark.django_db(databases=["issuance"])


def _faces(placed: Placed) -> list[Claims]:
    return [
        Claims(
            issuer=ISSUER,
            exp=placed.exp,
            iat=placed.iat,
            cti=bytes([place]) * 16,
            link=bytes(16),
            number=card_number(list_number=position >> INDEX_BITS, index=position % LIST_SIZE),
            name="Amina Example",
            list_number=position >> INDEX_BITS,
            index=position % LIST_SIZE,
        )
        for place, position in enumerate(placed.positions)
    ]


def _reserve(*, row_key: bytes = b"r" * 16, slip_code: bytes = b"s" * 10, credentials: int = 3) -> Reservation:
    return register.reserve(
        row_key=row_key,
        slip_code=slip_code,
        credentials=credentials,
        exp=month_after(NOW, months=36),
        iat=monday_of(NOW),
        faces=_faces,
    )


def test_a_row_is_found_again_by_its_key(office: Office) -> None:
    made = _reserve()

    found = register.find(row_key=b"r" * 16)
    assert found == made.card
    assert register.find(row_key=b"q" * 16) is None
    assert register.positions_of(made.card) == made.positions
    assert made.card.id == made.positions[0]


def test_the_order_of_keys_tells_nothing_of_the_order_of_issue(office: Office) -> None:
    made = [_reserve(row_key=bytes([n]) * 16, slip_code=bytes([n]) * 10, credentials=1).card.id for n in range(12)]

    # Twelve random positions come in rising order once in half a billion runs.
    assert made != sorted(made)
    assert list(Card.objects.order_by("pk").values_list("pk", flat=True)) == sorted(made)


@pytest.mark.parametrize("taken", [{"row_key": b"r" * 16}, {"slip_code": b"s" * 10}])
def test_two_rows_share_neither_seed_nor_slip(office: Office, taken: dict[str, bytes]) -> None:
    _reserve()
    before = dump()

    with pytest.raises(RowChanged):
        _reserve(**({"row_key": b"x" * 16, "slip_code": b"y" * 10} | taken))
    assert dump() == before


def test_a_slip_is_kept_as_a_digest_only(office: Office) -> None:
    _reserve(slip_code=b"slip-code!")

    assert b"slip-code!" not in repr(dump()).encode()
    assert bytes(Card.objects.get().slip_hash) == register.slip_hash(b"slip-code!")


def test_an_unsigned_row_goes_with_its_credentials_and_its_indexes_stay_used(office: Office) -> None:
    made = _reserve()
    used = sum(IndexChunk.objects.values_list("used", flat=True))

    register.release_unsigned(made.card)

    assert (Card.objects.count(), Credential.objects.count()) == (0, 0)
    assert sum(IndexChunk.objects.values_list("used", flat=True)) == used
    assert not set(_reserve().positions) & set(made.positions)


def test_a_row_signed_meanwhile_is_not_let_go(office: Office) -> None:
    made = _reserve()
    Card.objects.update(signed=True)

    register.release_unsigned(made.card)

    assert Card.objects.filter(id=made.card.id).exists()
    assert Credential.objects.count() == 3


def test_nothing_is_written_when_the_claims_cannot_be_made(office: Office) -> None:
    before = dump()

    def broken(placed: Placed) -> list[Claims]:
        raise ValueError

    with pytest.raises(ValueError):
        register.reserve(
            row_key=b"r" * 16,
            slip_code=b"s" * 10,
            credentials=1,
            exp=month_after(NOW, months=36),
            iat=monday_of(NOW),
            faces=broken,
        )
    # Not even the index is used up, nor a key activated.
    assert dump() == before
