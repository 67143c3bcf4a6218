"""The holder's two acts, on either database: a slip blocks one card and tells nothing, a number shows one row."""

from datetime import date

import pytest

from cardservice.credential.numbers import INDEX_BITS, parse_card_number, slip_code
from issuance import holder
from issuance.models import Card
from tests.issuance.office import Office, dump, order

pytestmark = pytest.mark.django_db(databases=["issuance"])


def position(number: str) -> int:
    list_number, index = parse_card_number(number)
    return list_number << INDEX_BITS | index


def in_state(office: Office, state: str):
    issued = office.issue(order())
    Card.objects.filter(credentials__id=position(issued.card_number)).update(state=state)
    return issued


@pytest.mark.parametrize(
    ("before", "after"),
    [("reserved", "suspended"), ("active", "suspended"), ("suspended", "suspended"), ("revoked", "revoked")],
)
def test_a_slip_blocks_its_card_and_no_other_and_returns_nothing(office: Office, before: str, after: str) -> None:
    issued, other = in_state(office, before), in_state(office, "active")
    assert holder.block_by_slip(holder.digest_of(issued.slip_code)) is None
    states = dict(Card.objects.values_list("credentials__id", "state"))
    assert states == {position(issued.card_number): after, position(other.card_number): "active"}


@pytest.mark.parametrize("typed", [slip_code(b"no slip at"), "ZZZZ-ZZZZ-ZZZZ-ZZZZ-0", "", "\x00", "é" * 40])
def test_a_code_of_no_slip_changes_nothing(office: Office, typed: str) -> None:
    in_state(office, "active")
    before = dump()
    assert holder.block_by_slip(holder.digest_of(typed)) is None
    assert dump() == before


def test_a_slip_is_read_as_people_type_it(office: Office) -> None:
    issued = in_state(office, "active")
    holder.block_by_slip(holder.digest_of(issued.slip_code.lower().replace("-", " ")))
    assert Card.objects.get().state == "suspended"


@pytest.mark.parametrize(
    ("state", "blocked"), [("reserved", False), ("active", False), ("suspended", True), ("revoked", True)]
)
def test_held_shows_the_row_and_suspended_looks_like_revoked(office: Office, state: str, blocked: bool) -> None:
    issued = in_state(office, state)
    row = Card.objects.get()
    found = holder.held(position(issued.card_number))
    assert found == holder.Held(
        week=date(2026, 11, 23), expires=row.expires, blocked=blocked, key=row.key_id, credentials=1
    )


def test_every_number_of_a_card_of_sectors_shows_the_same_row(office: Office) -> None:
    issued = office.issue(order(profile="sectors"))
    rows = {holder.held(position(face.number)) for face in issued.faces}
    assert [row.credentials for row in rows if row] == [len(issued.faces)]


def test_a_number_of_no_card_shows_nothing(office: Office) -> None:
    issued = office.issue(order())
    assert holder.held(position(issued.card_number) ^ 1) is None
