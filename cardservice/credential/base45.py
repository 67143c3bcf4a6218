"""Base45 (RFC 9285), strict: exactly the encodings the RFC's encoder makes."""

from cardservice.credential.reasons import CredentialError, Reason

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_NO_DIGIT = 255
_VALUES = bytes(ALPHABET.find(code) if code in ALPHABET else _NO_DIGIT for code in range(256))
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
        digits = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        raise CredentialError(Reason.MALFORMED) from None
    whole, rest = divmod(len(digits), 3)
    if rest == 1 or _NO_DIGIT in digits:
        raise CredentialError(Reason.MALFORMED)
    end = whole * 3
    # All triples at once: each is a lane of 24 bits in one long integer, wide enough for 44 * 2025 + 44 * 45 + 44.
    triples, last_of_each = int.from_bytes(digits[:end]), int.from_bytes(b"\0\0\xff" * whole)
    low, middle, high = triples >> 16 & last_of_each, triples >> 8 & last_of_each, triples & last_of_each
    lanes = (low + 45 * middle + 2025 * high).to_bytes(end)
    if any(lanes[0::3]):
        raise CredentialError(Reason.MALFORMED)
    octets = bytearray(2 * whole)
    octets[0::2], octets[1::2] = lanes[1::3], lanes[2::3]
    if rest:
        last = digits[end] + 45 * digits[end + 1]
        if last > 255:
            raise CredentialError(Reason.MALFORMED)
        octets.append(last)
    return bytes(octets)
