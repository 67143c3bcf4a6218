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
    symbols = crockford.with_check(crockford.encode(list_number << INDEX_BITS | index, _NUMBER_SYMBOLS))
    return f"{symbols[:3]}-{symbols[3:]}"


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
