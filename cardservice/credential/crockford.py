"""Crockford's base32 for numbers that people read and type, with a check symbol over GF(32)."""

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}


class Mistyped(ValueError):
    """The symbols do not fit together: somebody misread or mistyped one."""


def encode(value: int, symbols: int) -> str:
    """`value` as exactly `symbols` symbols, most significant first."""
    if not 0 <= value < 32**symbols:
        raise ValueError(f"does not fit into {symbols} symbols")
    return "".join([ALPHABET[value >> place & 31] for place in range(5 * symbols - 5, -1, -5)])


def with_check(text: str) -> str:
    """`text` followed by its check symbol.

    The check symbol is the sum of a^n times the n-th symbol from the right over GF(32), a being a generator: every
    single wrong symbol and every swap of two symbols changes it.
    """
    return text + ALPHABET[_checksum([_VALUES[symbol] for symbol in text])]


def checksum(value: int, symbols: int) -> int:
    """What the check symbol of `value`, written as `symbols` symbols, stands for."""
    return _checksum([value >> place & 31 for place in range(5 * symbols - 5, -1, -5)])


def decode_checked(text: str, symbols: int) -> int:
    """The number in `symbols` symbols plus check symbol; hyphens and spaces are ignored, O, I and L are read as digits.

    Raises Mistyped.
    """
    # `upper` would turn letters such as the long s or the dotless i into symbols.
    if not text.isascii():
        raise Mistyped
    values = [_VALUES.get(symbol) for symbol in text.upper() if symbol not in "- "]
    if len(values) != symbols + 1 or None in values:
        raise Mistyped
    known = [value for value in values if value is not None]
    if _checksum(known[:-1]) != known[-1]:
        raise Mistyped
    number = 0
    for value in known[:-1]:
        number = number << 5 | value
    return number


def grouped(text: str, sizes: tuple[int, ...]) -> str:
    """`text` cut into groups of the given sizes, joined by hyphens."""
    groups, start = [], 0
    for size in sizes:
        groups.append(text[start : start + size])
        start += size
    return "-".join(groups)


def _checksum(values: list[int]) -> int:
    total = 0
    for row, value in zip(_WEIGHTED, reversed(values), strict=False):
        total ^= row[value]
    return total


def _times(one: int, other: int) -> int:
    """Product in GF(32) = GF(2)[x] / (x^5 + x^2 + 1), of which x is a generator."""
    product = 0
    for bit in range(5):
        if other >> bit & 1:
            product ^= one << bit
    for bit in (8, 7, 6, 5):
        if product >> bit & 1:
            product ^= 0b100101 << (bit - 5)
    return product


def _weighted() -> tuple[tuple[int, ...], ...]:
    """For each place from the right, the 32 products of a symbol with that place's power of the generator."""
    rows, weight = [], 1
    for _ in range(_MOST_SYMBOLS):
        weight = _times(weight, 2)
        rows.append(tuple(_times(value, weight) for value in range(32)))
    return tuple(rows)


# The generator has order 31: behind this many symbols and the check symbol a weight would come again.
_MOST_SYMBOLS = 30
_WEIGHTED = _weighted()
