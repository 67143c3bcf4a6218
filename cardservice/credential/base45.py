"""Base45 (RFC 9285), strict: exactly the encodings the RFC's encoder makes."""

from cardservice.credential.reasons import CredentialError, Reason

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_VALUES = bytes(ALPHABET.find(code) if code in ALPHABET else 255 for code in range(256))
_PAIRS = tuple(chr(ALPHABET[n % 45]) + chr(ALPHABET[n // 45]) for n in range(45 * 45))


def encode(octets: bytes) -> str:
    """Three characters for each two bytes, two for a last odd one."""
    parts = []
    for position in range(0, len(octets) - 1, 2):
        high, low = divmod(octets[position] << 8 | octets[position + 1], 2025)
        parts.append(_PAIRS[low] + chr(ALPHABET[high]))
    if len(octets) % 2:
        parts.append(_PAIRS[octets[-1]])
    return "".join(parts)


def decode(text: str) -> bytes:
    """The bytes that `encode` turns into `text`. Raises CredentialError(malformed)."""
    try:
        raw = text.encode("ascii")
    except UnicodeEncodeError:
        raise CredentialError(Reason.MALFORMED) from None
    if len(raw) % 3 == 1 or raw.translate(None, ALPHABET):
        raise CredentialError(Reason.MALFORMED)
    digits = raw.translate(_VALUES)
    whole = len(digits) // 3
    end = whole * 3
    # All triples at once: each gets a lane of 32 bits in one long integer, wide enough for 44 * 2025 + 44 * 45 + 44.
    low, middle, high = (_lanes(digits[place:end:3], whole) for place in range(3))
    lanes = (low + 45 * middle + 2025 * high).to_bytes(4 * whole)
    if any(lanes[1::4]):
        raise CredentialError(Reason.MALFORMED)
    octets = bytearray(2 * whole)
    octets[0::2], octets[1::2] = lanes[2::4], lanes[3::4]
    if len(digits) > end:
        last = digits[end] + 45 * digits[end + 1]
        if last > 255:
            raise CredentialError(Reason.MALFORMED)
        octets.append(last)
    return bytes(octets)


def _lanes(digits: bytes, count: int) -> int:
    lanes = bytearray(4 * count)
    lanes[3::4] = digits
    return int.from_bytes(lanes)
