"""Card numbers (status reference with check symbol) and slip codes, as people see and type them."""

from cardservice.credential import crockford
from cardservice.credential.crockford import Mistyped

LIST_BITS, INDEX_BITS = 10, 20
LIST_SIZE = 2**INDEX_BITS
MAX_LISTS = 2**LIST_BITS
_NUMBER_SYMBOLS = (LIST_BITS + INDEX_BITS) // 5
_SLIP_SYMBOLS = 16
SLIP_BYTES = _SLIP_SYMBOLS * 5 // 8

__all__ = [
    "LIST_SIZE",
    "MAX_LISTS",
    "SLIP_BYTES",
    "Mistyped",
    "card_number",
    "parse_card_number",
    "parse_slip_code",
    "slip_code",
]


def card_number(*, list_number: int, index: int) -> str:
    """The number printed beside a face, XXX-XXXC: list and index in six symbols and a check symbol."""
    if not 0 <= index < LIST_SIZE:
        raise ValueError(f"a list has {LIST_SIZE} entries")
    if not 0 <= list_number < MAX_LISTS:
        raise ValueError(f"does not fit into {MAX_LISTS} lists")
    upper, lower = index >> 10, index & 1023
    check = _CHECKS[0][list_number] ^ _CHECKS[1][upper] ^ _CHECKS[2][lower]
    middle = _TWO_SYMBOLS[upper]
    return f"{_TWO_SYMBOLS[list_number]}{middle[0]}-{middle[1]}{_TWO_SYMBOLS[lower]}{crockford.ALPHABET[check]}"


def parse_card_number(text: str) -> tuple[int, int]:
    """List number and index of a typed card number. Raises Mistyped."""
    position = crockford.decode_checked(text, _NUMBER_SYMBOLS)
    return position >> INDEX_BITS, position & LIST_SIZE - 1


def slip_code(octets: bytes) -> str:
    """The 80 bits of a recovery slip as XXXX-XXXX-XXXX-XXXX-C."""
    if len(octets) != SLIP_BYTES:
        raise ValueError(f"a slip code has {SLIP_BYTES} bytes")
    symbols = crockford.encode(int.from_bytes(octets), _SLIP_SYMBOLS)
    return crockford.grouped(crockford.with_check(symbols), (4, 4, 4, 4, 1))


def parse_slip_code(text: str) -> bytes:
    """The ten bytes of a typed slip code. Raises Mistyped."""
    return crockford.decode_checked(text, _SLIP_SYMBOLS).to_bytes(SLIP_BYTES)


# Every check of a card makes its number again, so it is put together from thirds of ten bits. The check symbol is
# linear: that of a sum (XOR) is the sum of those of its parts.
_TWO_SYMBOLS = tuple(crockford.encode(third, 2) for third in range(2**10))
_CHECKS = tuple(
    tuple(crockford.checksum(third << shift, _NUMBER_SYMBOLS) for third in range(2**10)) for shift in (20, 10, 0)
)
