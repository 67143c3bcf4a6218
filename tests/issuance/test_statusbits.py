"""The bits of a status list against a count by hand."""

import random
from datetime import date

import pytest

from cardservice.credential.numbers import INDEX_BITS, LIST_SIZE
from issuance.allocation import open_list
from issuance.models import Card, Credential, SigningKey, StatusList
from issuance.statusbits import current_bits

pytestmark = pytest.mark.django_db(databases=["issuance"])


def _card(position: int, state: str, *, others: tuple[int, ...] = ()) -> None:
    key, _ = SigningKey.objects.get_or_create(kid="00" * 8, defaults={"use": "card", "alg": -7, "cap": 0})
    card = Card.objects.create(
        id=position,
        row_key=position.to_bytes(16),
        slip_hash=position.to_bytes(32),
        commitments=b"",
        key=key,
        week=date(2026, 11, 23),
        expires=date(2029, 12, 1),
        state=state,
    )
    for place, credential in enumerate((position, *others)):
        Credential.objects.create(id=credential, card=card, place=place)


def test_they_are_those_of_every_blocked_credential_and_of_the_baseline() -> None:
    chance = random.Random(7)
    for number in (0, 1):
        open_list(number=number)
    positions = chance.sample(range(2 * LIST_SIZE), 120)
    blocked = set()
    for place in range(0, 120, 3):
        state = ("reserved", "active", "suspended", "revoked")[place // 3 % 4]
        _card(positions[place], state, others=tuple(positions[place + 1 : place + 3]))
        if state in ("suspended", "revoked"):
            blocked |= set(positions[place : place + 3])

    for number in (0, 1):
        status_list = StatusList.objects.get(number=number)
        expected = bytearray(status_list.baseline)
        for position in blocked:
            if position >> INDEX_BITS == number:
                index = position % LIST_SIZE
                expected[index // 8] |= 2 ** (index % 8)
        bits = current_bits(status_list)
        assert len(bits) == LIST_SIZE // 8
        assert bits == bytes(expected)
        assert bits != bytes(status_list.baseline)


def test_the_first_and_the_last_index_of_a_list_belong_to_it() -> None:
    StatusList.objects.create(number=0, baseline=bytes(LIST_SIZE // 8))
    StatusList.objects.create(number=1, baseline=bytes(LIST_SIZE // 8))
    _card(LIST_SIZE - 1, "revoked")
    _card(LIST_SIZE, "suspended")

    first, second = (current_bits(StatusList.objects.get(number=number)) for number in (0, 1))

    assert first == bytes(LIST_SIZE // 8 - 1) + b"\x80"
    assert second == b"\x01" + bytes(LIST_SIZE // 8 - 1)
