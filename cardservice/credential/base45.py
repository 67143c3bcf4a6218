"""Base45 (RFC 9285), strict: exactly the encodings the RFC's encoder makes."""

from cardservice.credential.reasons import CredentialError, Reason

ALPHABET = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
_NO_DIGIT = 255
_VALUES = bytes(ALPHABET.find(code) if code in ALPHABET else _NO_DIGIT for code in range(256))
_LETTERS = ALPHABET + bytes(256 - len(ALPHABET))

# Both ways work on all groups of three characters at once: each is a lane of one long integer. A lane of 24 bits holds
# 44 + 45 * 44 + 2025 * 44; one of 40 bits holds 65535 times the factors that stand for a division.
_READ_LANE, _WRITE_LANE = 3, 5
_GROUPS = 1366
"""Groups for which the masks are kept: as many as the longest text of a card has."""


def _last_byte_of_each(groups: int, width: int) -> int:
    return int.from_bytes((bytes(width - 1) + b"\xff") * groups)


_READ_MASK, _WRITE_MASK = (_last_byte_of_each(_GROUPS, width) for width in (_READ_LANE, _WRITE_LANE))


def encode(octets: bytes) -> str:
    """Three characters for each two bytes, two for a last odd one."""
    groups, odd = divmod(len(octets), 2)
    mask = _WRITE_MASK if groups <= _GROUPS else _last_byte_of_each(groups, _WRITE_LANE)
    pairs = bytearray(_WRITE_LANE * groups)
    pairs[3::5], pairs[4::5] = octets[0 : 2 * groups : 2], octets[1::2]
    values = int.from_bytes(pairs)
    # Dividing lanes is multiplying by the rounded-up inverse: exact below 65536 for 2025, below 2025 for 45.
    high = values * 66_281 >> 27 & mask
    rest = values - 2025 * high
    middle = rest * 1_457 >> 16 & mask
    lanes = (rest - 45 * middle << 16 | middle << 8 | high).to_bytes(_WRITE_LANE * groups)
    digits = bytearray(3 * groups)
    digits[0::3], digits[1::3], digits[2::3] = lanes[2::5], lanes[3::5], lanes[4::5]
    if odd:
        digits += bytes((octets[-1] % 45, octets[-1] // 45))
    return digits.translate(_LETTERS).decode("ascii")


def decode(text: str) -> bytes:
    """The bytes that `encode` turns into `text`. Raises CredentialError(malformed)."""
    try:
        digits = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        raise CredentialError(Reason.MALFORMED) from None
    groups, rest = divmod(len(digits), 3)
    if rest == 1 or _NO_DIGIT in digits:
        raise CredentialError(Reason.MALFORMED)
    end = groups * 3
    mask = _READ_MASK if groups <= _GROUPS else _last_byte_of_each(groups, _READ_LANE)
    triples = int.from_bytes(digits[:end])
    values = (triples >> 16 & mask) + 45 * (triples >> 8 & mask) + 2025 * (triples & mask)
    if values >> 16 & mask:
        raise CredentialError(Reason.MALFORMED)
    lanes, octets = values.to_bytes(end), bytearray(2 * groups)
    octets[0::2], octets[1::2] = lanes[1::3], lanes[2::3]
    if rest:
        last = digits[end] + 45 * digits[end + 1]
        if last > 255:
            raise CredentialError(Reason.MALFORMED)
        octets.append(last)
    return bytes(octets)
