"""The claims of a card (CWT, RFC 8392; identity in claim 169; status in claim 65535), checked field by field."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from cardservice.credential import cbor, numbers
from cardservice.credential.calendar import is_monday, is_month_start
from cardservice.credential.reasons import CredentialError, Reason

ISS, AUD, EXP, IAT, CTI, IDENTITY, STATUS, LINK = 1, 3, 4, 6, 7, 169, 65535, -65538
_NUMBER, _NAME, _BORN, _FACE = 1, 4, 8, 62
_IMAGE, _WEBP = 0, 4

RANDOM_BYTES = 16
MAX_NAME = 80
MAX_PHOTO = 400
MAX_TIME = 2**37
"""Times lie before the year 6326: every language has a calendar that far."""
STATUS_PATH = "/s/"


@dataclass(frozen=True)
class Claims:
    """What one face of a card says.

    `exp`: first second after the last valid month. `iat`: Monday of the week of issue, 00:00. `cti`, `link`: 16 bytes.
    `born`: YYYYMMDD. `photo`: grey WebP. `sector`: None when the card is good in every sector. All times UTC seconds.
    """

    issuer: str
    exp: int
    iat: int
    cti: bytes
    link: bytes
    number: str
    name: str
    list_number: int
    index: int
    sector: str | None = None
    born: str | None = None
    photo: bytes | None = None

    @property
    def status_uri(self) -> str:
        """Where the status list of this card is published."""
        return f"{self.issuer}{STATUS_PATH}{self.list_number}"

    def encode(self) -> bytes:
        """The claims set as deterministic CBOR: the payload that is signed."""
        identity: dict[int, Any] = {_NUMBER: self.number, _NAME: self.name}
        if self.born is not None:
            identity[_BORN] = self.born
        if self.photo is not None:
            identity[_FACE] = [{0: self.photo, 1: _IMAGE, 2: _WEBP}]
        claims: dict[int, Any] = {
            ISS: self.issuer,
            EXP: self.exp,
            IAT: self.iat,
            CTI: self.cti,
            LINK: self.link,
            IDENTITY: identity,
            STATUS: {"status_list": {"idx": self.index, "uri": self.status_uri}},
        }
        if self.sector is not None:
            claims[AUD] = self.sector
        return cbor.dumps(claims)


def decode(payload: bytes) -> Claims:
    """The claims that `encode` turns into `payload`.

    Raises CredentialError: malformed for what is no deterministic CBOR map, unsupported for a claims set that this
    system never writes (a missing or unknown claim, another type, a value out of its range, a card number that is not
    that of the status reference).
    """
    try:
        return _read(payload)
    except (_NotOurs, IndexError, UnicodeDecodeError):
        if type(cbor.loads(payload)) is not dict:
            raise CredentialError(Reason.MALFORMED) from None
        raise CredentialError(Reason.UNSUPPORTED) from None


class _NotOurs(Exception):
    """The bytes are laid out otherwise than `encode` lays them out."""


# A claims set has one encoding, so it is read by position: what stands between the values is compared as bytes.
_EXP_HEAD, _IAT_HEAD, _CTI_HEAD, _IDENTITY_HEAD = b"\x04", b"\x06", b"\x07\x50", b"\x18\xa9"
_STATUS_HEAD = b"\x19\xff\xff\xa1\x6bstatus_list\xa2\x63idx"
_URI_HEAD, _LINK_HEAD = b"\x63uri", b"\x3a\x00\x01\x00\x01\x50"
_FACE_HEAD, _FACE_TAIL = b"\x18\x3e\x81\xa3\x00", b"\x01\x00\x02\x04"


def _read(payload: bytes) -> Claims:
    """Raises _NotOurs, IndexError, UnicodeDecodeError."""
    issuer, at = _text(payload, _after(payload, 1, b"\x01"), most=120)
    sector = None
    if payload[at] == AUD:
        sector, at = _text(payload, at + 1, most=32)
    exp, at = _whole(payload, _after(payload, at, _EXP_HEAD))
    iat, at = _whole(payload, _after(payload, at, _IAT_HEAD))
    at = _after(payload, at, _CTI_HEAD)
    cti, at = payload[at : at + RANDOM_BYTES], _after(payload, at + RANDOM_BYTES, _IDENTITY_HEAD)
    number, name, born, photo, at = _identity(payload, at)
    index, at = _whole(payload, _after(payload, at, _STATUS_HEAD))
    uri, at = _text(payload, _after(payload, at, _URI_HEAD), most=140)
    at = _after(payload, at, _LINK_HEAD)
    link = payload[at:]
    list_number = _list_number(uri, issuer)
    if not (
        payload[0] == (0xA7 if sector is None else 0xA8)
        and len(link) == RANDOM_BYTES
        and 0 < exp < MAX_TIME
        and is_month_start(exp)
        and 0 < iat < MAX_TIME
        and is_monday(iat)
        and index < numbers.LIST_SIZE
        and number == numbers.card_number(list_number=list_number, index=index)
    ):
        raise _NotOurs
    return Claims(issuer, exp, iat, cti, link, number, name, list_number, index, sector, born, photo)


def _identity(payload: bytes, at: int) -> tuple[str, str, str | None, bytes | None, int]:
    members = payload[at] - 0xA0
    number, at = _text(payload, _after(payload, at + 1, b"\x01"), most=16)
    name, at = _text(payload, _after(payload, at, b"\x04"), most=MAX_NAME)
    found, born, photo = 2, None, None
    if payload[at] == _BORN:
        born, at = _text(payload, at + 1, most=8)
        found += 1
        if not _birth_date(born):
            raise _NotOurs
    if payload[at : at + 5] == _FACE_HEAD:
        photo, at = _octets(payload, at + 5, most=MAX_PHOTO)
        at = _after(payload, at, _FACE_TAIL)
        found += 1
    if members != found:
        raise _NotOurs
    return number, name, born, photo, at


def _after(payload: bytes, at: int, head: bytes) -> int:
    """The position behind `head`, which must stand at `at`."""
    end = at + len(head)
    if payload[at:end] != head:
        raise _NotOurs
    return end


def _whole(payload: bytes, at: int) -> tuple[int, int]:
    """The unsigned integer at `at` in its shortest form, and the position behind it."""
    head = payload[at]
    if head < 24:
        return head, at + 1
    if not 24 <= head <= 27:
        raise _NotOurs
    end = at + 1 + (1 << head - 24)
    value = int.from_bytes(payload[at + 1 : end])
    if value < _SHORTEST[head] or end > len(payload):
        raise _NotOurs
    return value, end


_SHORTEST = {24: 24, 25: 2**8, 26: 2**16, 27: 2**32}


def _octets(payload: bytes, at: int, *, most: int, major: int = 0x40) -> tuple[bytes, int]:
    """The string of bytes (or of text, major 0x60) at `at`, 1 to `most` bytes long, and the position behind it."""
    head = payload[at] - major
    if 0 < head < 24:
        length, start = head, at + 1
    elif head == 24 and payload[at + 1] >= 24:
        length, start = payload[at + 1], at + 2
    elif head == 25 and payload[at + 1]:
        length, start = payload[at + 1] << 8 | payload[at + 2], at + 3
    else:
        raise _NotOurs
    end = start + length
    if length > most or end > len(payload):
        raise _NotOurs
    return payload[start:end], end


def _text(payload: bytes, at: int, *, most: int) -> tuple[str, int]:
    """The text at `at`, 1 to `most` characters long, and the position behind it."""
    octets, end = _octets(payload, at, most=4 * most, major=0x60)
    text = octets.decode()
    if len(text) > most:
        raise _NotOurs
    return text, end


def _list_number(uri: str, issuer: str) -> int:
    digits = uri.removeprefix(issuer + STATUS_PATH)
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 4):
        raise _NotOurs
    list_number = int(digits)
    if uri != f"{issuer}{STATUS_PATH}{list_number}" or list_number >= numbers.MAX_LISTS:
        raise _NotOurs
    return list_number


def _birth_date(value: str) -> bool:
    if len(value) != 8 or not (value.isascii() and value.isdecimal()):
        return False
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return False
    return True
