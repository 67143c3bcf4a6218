"""The bits of a status list as the register knows them at this moment."""

from cardservice.credential.numbers import INDEX_BITS, LIST_SIZE
from issuance.models import Card, Credential, StatusList

BLOCKED = (Card.State.SUSPENDED, Card.State.REVOKED)


def current_bits(status_list: StatusList) -> bytes:
    """2^20 bits, least significant first: the list's baseline and one for each blocked credential."""
    bits = bytearray(status_list.baseline)
    first = status_list.number << INDEX_BITS
    blocked = Credential.objects.filter(card__state__in=BLOCKED, id__range=(first, first + LIST_SIZE - 1)).values_list(
        "id", flat=True
    )
    for position in blocked.iterator(chunk_size=10_000):
        index = position & LIST_SIZE - 1
        bits[index >> 3] |= 1 << (index & 7)
    return bytes(bits)
