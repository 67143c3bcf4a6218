"""Giving away status indexes: random, and each only once in the life of the register."""

import secrets

from django.db import transaction

from cardservice.credential.numbers import INDEX_BITS, LIST_SIZE, MAX_LISTS
from issuance.models import IndexChunk, StatusList

CHUNKS = 256
CHUNK_SIZE = LIST_SIZE // CHUNKS
DECOYS = range(1_000, 3_001)
"""How many decoys a new list starts with, at random: the published number of blocked cards says nothing."""


class RegisterFull(Exception):
    """All 1,024 lists are used up."""


def take_position() -> int:
    """A status reference (list * 2^20 + index) never given away before, marked as used in the current transaction.

    Opens the next list when the newest is full. Raises RegisterFull.
    """
    newest = StatusList.objects.order_by("-number").values_list("number", flat=True).first()
    number = open_list(number=0) if newest is None else newest
    while (position := _take_from(number)) is None:
        number = open_list(number=number + 1)
    return position


def open_list(*, number: int) -> int:
    """Opens list `number` with its decoys; the number."""
    if number >= MAX_LISTS:
        raise RegisterFull
    random = secrets.SystemRandom()
    baseline = bytearray(LIST_SIZE // 8)
    for index in random.sample(range(LIST_SIZE), random.choice(DECOYS)):
        baseline[index >> 3] |= 1 << (index & 7)
    with transaction.atomic(using="issuance"):
        StatusList.objects.create(number=number, baseline=bytes(baseline))
        IndexChunk.objects.bulk_create(
            IndexChunk(id=number * CHUNKS + chunk, used=sum(map(int.bit_count, bits)), bits=bits)
            for chunk in range(CHUNKS)
            for bits in [bytes(baseline[chunk * CHUNK_SIZE // 8 : (chunk + 1) * CHUNK_SIZE // 8])]
        )
    return number


def _take_from(number: int) -> int | None:
    """A free position of list `number`, each as likely as any other; None when the list is full."""
    first = number * CHUNKS
    free = {
        chunk: CHUNK_SIZE - used
        for chunk, used in IndexChunk.objects.filter(id__range=(first, first + CHUNKS - 1)).values_list("id", "used")
    }
    total = sum(free.values())
    if not total:
        return None
    nth = secrets.randbelow(total)
    for identifier, count in free.items():
        if nth < count:
            # None only when others emptied the chunk in between: then look again.
            position = _take_nth(identifier, nth)
            return _take_from(number) if position is None else position
        nth -= count
    raise AssertionError("the free indexes do not add up")


def _take_nth(identifier: int, nth: int) -> int | None:
    """Marks the `nth` free index of a chunk (or its last one, when others were quicker) and returns its position."""
    chunk = IndexChunk.objects.select_for_update().get(id=identifier)
    bits = int.from_bytes(bytes(chunk.bits), "little")
    free = [index for index in range(CHUNK_SIZE) if not bits >> index & 1]
    if not free:
        return None
    index = free[min(nth, len(free) - 1)]
    chunk.bits = (bits | 1 << index).to_bytes(CHUNK_SIZE // 8, "little")
    chunk.used += 1
    chunk.save(update_fields=["bits", "used"])
    number, place = divmod(identifier, CHUNKS)
    return number << INDEX_BITS | place * CHUNK_SIZE + index
