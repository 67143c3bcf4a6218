"""The codewords of a QR symbol: data, padding and Reed-Solomon correction, interleaved (ISO/IEC 18004, 7.4 to 7.6).

`qrcode` computes the same by polynomials of one object a coefficient, which took two thirds of drawing a symbol.
"""

from functools import cache

from qrcode.base import rs_blocks
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import ALPHA_NUM, MODE_ALPHA_NUM, length_in_bits

_PRIMITIVE = 0x11D
_VALUES = {symbol: value for value, symbol in enumerate(ALPHA_NUM.decode())}
_PADS = (0xEC, 0x11)


def codewords(text: str, *, mode: int, version: int) -> list[int]:
    """All codewords of `text` at error correction M, in the order in which they are placed; `text` must fit."""
    blocks = rs_blocks(version, ERROR_CORRECT_M)
    data = _data(text, mode=mode, version=version, room=sum(block.data_count for block in blocks))
    parts, corrections, start = [], [], 0
    for block in blocks:
        part = data[start : start + block.data_count]
        start += block.data_count
        parts.append(part)
        corrections.append(_correction(part, block.total_count - block.data_count))
    return _interleaved(parts) + _interleaved(corrections)


def _data(text: str, *, mode: int, version: int, room: int) -> bytes:
    """Mode, length and text, ended and padded to `room` bytes."""
    octets = text.encode()
    count = len(text) if mode == MODE_ALPHA_NUM else len(octets)
    bits, size = mode << length_in_bits(mode, version) | count, 4 + length_in_bits(mode, version)
    if mode == MODE_ALPHA_NUM:
        values = [_VALUES[symbol] for symbol in text]
        for first, second in zip(values[::2], values[1::2], strict=False):
            bits, size = bits << 11 | first * 45 + second, size + 11
        if count % 2:
            bits, size = bits << 6 | values[-1], size + 6
    else:
        bits, size = bits << 8 * count | int.from_bytes(octets), size + 8 * count
    # Four zero bits end the text, or as many as there is room for; then zeros up to a whole byte.
    whole = min(size + 4, 8 * room) + 7 >> 3
    data = (bits << 8 * whole - size).to_bytes(whole)
    return data + bytes(_PADS[place % 2] for place in range(room - whole))


def _correction(part: bytes, size: int) -> bytes:
    """The remainder of `part` divided by the generator polynomial of `size` correction codewords."""
    table, shift, kept = _multiples(size), 8 * (size - 1), (1 << 8 * (size - 1)) - 1
    remainder = 0
    for octet in part:
        remainder = (remainder & kept) << 8 ^ table[octet ^ remainder >> shift]
    return remainder.to_bytes(size)


@cache
def _multiples(size: int) -> tuple[int, ...]:
    """The generator polynomial without its leading coefficient, times each element of GF(256), as whole numbers."""
    generator, root = [1], 1
    for _ in range(size):
        longer = [*generator, 0]
        for place, coefficient in enumerate(generator):
            longer[place + 1] ^= _times(coefficient, root)
        generator, root = longer, _times(root, 2)
    return tuple(
        int.from_bytes(bytes(_times(coefficient, factor) for coefficient in generator[1:])) for factor in range(256)
    )


def _times(one: int, other: int) -> int:
    """Product in GF(256)."""
    product = 0
    while other:
        if other & 1:
            product ^= one
        one, other = one << 1, other >> 1
        if one & 0x100:
            one ^= _PRIMITIVE
    return product


def _interleaved(parts: list[bytes]) -> list[int]:
    """The first of each part, then the second of each; shorter parts come first and end earlier."""
    longest = max(map(len, parts))
    return [part[place] for place in range(longest) for part in parts if place < len(part)]
