"""A zlib stream (RFC 1950, 1951) that every reader takes: highest compression and never a stored block."""

import zlib

# zlib's memory level: less than its usual 8 is set up sooner, and a few hundred bytes come out the same.
_MEMORY = 5
_HEADER = b"\x78\xda"
_FINAL_FIXED_BLOCK = 0b011
_END_OF_BLOCK = 256
_SHORTEST_MATCH, _LONGEST_MATCH = 4, 257


def compress(octets: bytes) -> bytes:
    """The zlib stream of `octets` (a credential: a few hundred bytes).

    Where a photo leaves nothing to gain zlib stores its bytes as they are. PixelPass for JavaScript cannot read that,
    so such a stream is written again in one block of fixed codes; it is a few bytes longer.
    """
    stream = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS, _MEMORY)
    compressed = stream.compress(octets) + stream.flush()
    if compressed[2] & 0b110:
        return compressed
    return _HEADER + _fixed_block(octets) + zlib.adler32(octets).to_bytes(4)


def _fixed_block(octets: bytes) -> bytes:
    """RFC 1951 section 3.2.6: one block of fixed codes; what came before is referred to greedily."""
    bits = _Bits()
    bits.append(_FINAL_FIXED_BLOCK, 3)
    at = 0
    while at < len(octets):
        source = octets.rfind(octets[at : at + _SHORTEST_MATCH], 0, at) if at + _SHORTEST_MATCH <= len(octets) else -1
        if source < 0:
            bits.append_symbol(octets[at])
            at += 1
            continue
        length = _SHORTEST_MATCH
        while length < min(_LONGEST_MATCH, len(octets) - at) and octets[source + length] == octets[at + length]:
            length += 1
        bits.append_match(length, at - source)
        at += length
    bits.append_symbol(_END_OF_BLOCK)
    return bits.octets()


class _Bits:
    """Bits in deflate's order: numbers with the lowest bit first, codes with the highest bit first."""

    def __init__(self) -> None:
        self._value = self._count = 0

    def append(self, number: int, width: int) -> None:
        self._value |= number << self._count
        self._count += width

    def append_code(self, code: int, width: int) -> None:
        self.append(int(f"{code:0{width}b}"[::-1], 2), width)

    def append_symbol(self, symbol: int) -> None:
        """The fixed code of a byte (0 to 255), of the end (256) or of a length (257 to 284)."""
        if symbol < 144:
            self.append_code(0b00110000 + symbol, 8)
        elif symbol < 256:
            self.append_code(0b110010000 + symbol - 144, 9)
        elif symbol < 280:
            self.append_code(symbol - 256, 7)
        else:
            self.append_code(0b11000000 + symbol - 280, 8)

    def append_match(self, length: int, distance: int) -> None:
        """Section 3.2.5: both are classed by their leading bits, the bits behind them follow as a number."""
        length -= 3
        extra = max(length.bit_length() - 3, 0)
        self.append_symbol(257 + 4 * extra + (length >> extra))
        self.append(length & (1 << extra) - 1, extra)
        distance -= 1
        extra = max(distance.bit_length() - 2, 0)
        self.append_code(2 * extra + (distance >> extra), 5)
        self.append(distance & (1 << extra) - 1, extra)

    def octets(self) -> bytes:
        return self._value.to_bytes((self._count + 7) // 8, "little")
