"""Status indexes: random, each only once, decoys never."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from cardservice.credential.numbers import INDEX_BITS, LIST_SIZE, MAX_LISTS
from issuance.allocation import CHUNK_SIZE, CHUNKS, DECOYS, RegisterFull, open_list, take_position
from issuance.models import IndexChunk, StatusList

pytestmark = pytest.mark.django_db(databases=["issuance"])
FULL = b"\xff" * (CHUNK_SIZE // 8)


def _decoys(number: int) -> set[int]:
    bits = bytes(StatusList.objects.get(number=number).baseline)
    return {number << INDEX_BITS | index for index in range(LIST_SIZE) if bits[index >> 3] >> (index & 7) & 1}


def _fill(number: int, *, but: dict[int, set[int]] | None = None) -> None:
    """Uses up list `number`, but for the indexes of `but` within their chunks."""
    for chunk in range(CHUNKS):
        free = (but or {}).get(chunk, set())
        bits = bytearray(FULL)
        for index in free:
            bits[index >> 3] &= ~(1 << (index & 7))
        IndexChunk.objects.filter(id=number * CHUNKS + chunk).update(bits=bytes(bits), used=CHUNK_SIZE - len(free))


def test_the_first_position_opens_the_first_list() -> None:
    position = take_position()

    assert position >> INDEX_BITS == 0
    assert StatusList.objects.count() == 1
    assert IndexChunk.objects.count() == CHUNKS


def test_a_new_list_starts_with_a_random_number_of_decoys_that_count_as_used() -> None:
    counts = []
    for number in range(3):
        open_list(number=number)
        decoys = _decoys(number)
        chunks = IndexChunk.objects.filter(id__range=(number * CHUNKS, number * CHUNKS + CHUNKS - 1)).order_by("id")
        used = b"".join(bytes(chunk.bits) for chunk in chunks)
        assert used == bytes(StatusList.objects.get(number=number).baseline)
        assert [chunk.used for chunk in chunks] == [int.from_bytes(bytes(chunk.bits)).bit_count() for chunk in chunks]
        assert len(decoys) in DECOYS
        counts.append(len(decoys))

    assert len(set(counts)) > 1


def test_no_position_is_given_away_twice_and_no_decoy_ever() -> None:
    open_list(number=0)
    # Small enough that every free index is taken within the test.
    free = {3: {0, 1, 7, 8, 4095}, 200: set(range(100, 150))}
    _fill(0, but=free)

    taken = [take_position() for _ in range(55)]

    assert len(set(taken)) == 55
    assert set(taken) == {chunk * CHUNK_SIZE + index for chunk, indexes in free.items() for index in indexes}


def test_positions_avoid_the_decoys_and_are_marked_as_used() -> None:
    open_list(number=0)
    decoys = _decoys(0)

    taken = [take_position() for _ in range(300)]

    assert len(set(taken)) == 300
    assert not set(taken) & decoys
    chunk = IndexChunk.objects.get(id=taken[0] // CHUNK_SIZE)
    assert bytes(chunk.bits)[taken[0] % CHUNK_SIZE >> 3] >> (taken[0] % 8) & 1


def test_each_free_index_is_as_likely_as_any_other() -> None:
    open_list(number=0)
    # One chunk has one free index, another fifteen: whoever chose chunks evenly would take the lone one half the time.
    lone = first_of_many = 0
    for _ in range(160):
        _fill_two(lone={9}, many=set(range(15)))
        position = take_position()
        lone += position == 9
        first_of_many += position == 5 * CHUNK_SIZE

    # Both expect 10 of 160; fewer than 1 or more than 30 happens once in ten thousand runs.
    assert 1 <= lone <= 30
    assert 1 <= first_of_many <= 30


def _fill_two(*, lone: set[int], many: set[int]) -> None:
    if not IndexChunk.objects.filter(id=1, used=CHUNK_SIZE).exists():
        _fill(0)
    for chunk, free in ((0, lone), (5, many)):
        bits = bytearray(FULL)
        for index in free:
            bits[index >> 3] &= ~(1 << (index & 7))
        IndexChunk.objects.filter(id=chunk).update(bits=bytes(bits), used=CHUNK_SIZE - len(free))


def test_positions_spread_over_the_whole_list() -> None:
    open_list(number=0)

    quarters = {take_position() * 4 // LIST_SIZE for _ in range(60)}

    assert quarters == {0, 1, 2, 3}


def test_a_list_that_is_99_percent_full_takes_no_more_queries_than_an_empty_one() -> None:
    open_list(number=0)
    with CaptureQueriesContext(connections["issuance"]) as empty:
        take_position()
    _fill(0, but={chunk: set(range(0, CHUNK_SIZE, 100)) for chunk in range(CHUNKS)})
    with CaptureQueriesContext(connections["issuance"]) as full:
        taken = [take_position() for _ in range(50)]

    # The work of each query is bounded too: 256 counters, and one chunk of 4,096 bits.
    assert len(full) == 50 * len(empty)
    assert len(set(taken)) == 50


def test_a_full_list_opens_the_next_one() -> None:
    open_list(number=0)
    _fill(0, but={7: {4095}})

    last, following = take_position(), take_position()

    assert last == 7 * CHUNK_SIZE + 4095
    assert following >> INDEX_BITS == 1
    assert sorted(StatusList.objects.values_list("number", flat=True)) == [0, 1]


def test_the_register_is_full_when_all_lists_are() -> None:
    open_list(number=MAX_LISTS - 1)
    _fill(MAX_LISTS - 1, but={0: {1}})

    assert take_position() == (MAX_LISTS - 1) * LIST_SIZE + 1
    with pytest.raises(RegisterFull):
        take_position()
    assert StatusList.objects.count() == 1


def test_a_chunk_that_others_emptied_meanwhile_is_left_for_another() -> None:
    open_list(number=0)
    _fill(0, but={4: {17}})
    # What a transaction that committed in between leaves behind: the count was read before, the bits after.
    IndexChunk.objects.filter(id=2).update(used=CHUNK_SIZE - 1)
    positions = set()
    for _ in range(12):
        IndexChunk.objects.filter(id=4).update(used=CHUNK_SIZE - 1, bits=_without(17))
        positions.add(take_position())

    assert positions == {4 * CHUNK_SIZE + 17}


def _without(index: int) -> bytes:
    bits = bytearray(FULL)
    bits[index >> 3] &= ~(1 << (index & 7))
    return bytes(bits)
