"""The claims of a card (CWT, RFC 8392; identity in claim 169; status in claim 65535), checked field by field."""

from dataclasses import dataclass
from datetime import date
from struct import Struct
from typing import Any

import cbor2

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
        claims: dict[int, Any] = {ISS: self.issuer}
        if self.sector is not None:
            claims[AUD] = self.sector
        claims |= {
            EXP: self.exp,
            IAT: self.iat,
            CTI: self.cti,
            IDENTITY: identity,
            STATUS: {"status_list": {"idx": self.index, "uri": self.status_uri}},
            LINK: self.link,
        }
        # All keys stand in the order that deterministic CBOR wants: nothing has to be sorted.
        return cbor2.dumps(claims)


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
_CTI_HEAD, _IDENTITY_HEAD = b"\x07\x50", b"\x18\xa9"
_NUMBER_HEAD, _BORN_HEAD = b"\x01\x68", b"\x08\x68"
_FACE_HEAD, _FACE_TAIL = b"\x18\x3e\x81\xa3\x00", b"\x01\x00\x02\x04"
_STATUS_HEAD = b"\x19\xff\xff\xa1\x6bstatus_list\xa2\x63idx"
_URI_HEAD, _LINK_HEAD = b"\x63uri", b"\x3a\x00\x01\x00\x01\x50"


def _read(payload: bytes) -> Claims:
    """Raises _NotOurs, IndexError, UnicodeDecodeError."""
    issuer, at = _text(payload, 2, most=120)
    sector = None
    if payload[at] == AUD:
        sector, at = _text(payload, at + 1, most=32)
    if payload[0] != (0xA7 if sector is None else 0xA8) or payload[1] != ISS:
        raise _NotOurs
    exp, iat, cti, at = _times_and_cti(payload, at)
    number, name, born, photo, at = _identity(payload, at)
    list_number, index, link = _status_and_link(payload, at, issuer)
    if not (
        0 < exp < MAX_TIME
        and is_month_start(exp)
        and 0 < iat < MAX_TIME
        and is_monday(iat)
        and number == numbers.card_number(list_number=list_number, index=index)
    ):
        raise _NotOurs
    said = object.__new__(Claims)
    # What a frozen dataclass's own __init__ does, without a call for each field.
    said.__dict__.update(
        issuer=issuer,
        exp=exp,
        iat=iat,
        cti=cti,
        link=link,
        number=number,
        name=name,
        list_number=list_number,
        index=index,
        sector=sector,
        born=born,
        photo=photo,
    )
    return said


def _times_and_cti(payload: bytes, at: int) -> tuple[int, int, bytes, int]:
    """exp, iat and cti from `at` on, and the position behind the key of the identity that follows."""
    if len(payload) >= at + _THIS_CENTURY.size:
        exp_head, exp, iat_head, iat, cti_head, cti, identity_head = _THIS_CENTURY.unpack_from(payload, at)
        if (exp_head, iat_head, cti_head, identity_head) == _THIS_CENTURYS_HEADS and min(exp, iat) >= 2**16:
            return exp, iat, cti, at + _THIS_CENTURY.size
    exp, iat_at = _whole(payload, at + 1)
    iat, cti_at = _whole(payload, iat_at + 1)
    end = cti_at + len(_CTI_HEAD) + RANDOM_BYTES
    if not (
        (payload[at], payload[iat_at]) == (EXP, IAT)
        and payload.startswith(_CTI_HEAD, cti_at)
        and payload.startswith(_IDENTITY_HEAD, end)
    ):
        raise _NotOurs
    return exp, iat, payload[end - RANDOM_BYTES : end], end + len(_IDENTITY_HEAD)


# Until 2106 times have four bytes.
_THIS_CENTURY = Struct(">2sI2sI2s16s2s")
_THIS_CENTURYS_HEADS = (b"\x04\x1a", b"\x06\x1a", _CTI_HEAD, _IDENTITY_HEAD)


def _identity(payload: bytes, at: int) -> tuple[str, str, str | None, bytes | None, int]:
    """Number, name, birth date and photo in the map at `at`, and the position behind it."""
    name_at = at + 11
    if not payload.startswith(_NUMBER_HEAD, at + 1) or payload[name_at] != _NAME:
        raise _NotOurs
    members, number = payload[at], payload[at + 3 : name_at].decode()
    name, at = _text(payload, name_at + 1, most=MAX_NAME)
    expected, born, photo = 0xA2, None, None
    if payload.startswith(_BORN_HEAD, at):
        expected, born, at = 0xA3, payload[at + 2 : at + 10].decode(), at + 10
        if not _birth_date(born):
            raise _NotOurs
    if payload.startswith(_FACE_HEAD, at):
        start, end = _span(payload, at + 5, 0x40)
        expected, photo, at = expected + 1, payload[start:end], end + len(_FACE_TAIL)
        if len(photo) > MAX_PHOTO or payload[end:at] != _FACE_TAIL:
            raise _NotOurs
    if members != expected:
        raise _NotOurs
    return number, name, born, photo, at


def _status_and_link(payload: bytes, at: int, issuer: str) -> tuple[int, int, bytes]:
    """List number, index and link in what `at` and all behind it hold."""
    index, uri_at = _whole(payload, at + len(_STATUS_HEAD))
    uri, link_at = _text(payload, uri_at + len(_URI_HEAD), most=140)
    link = payload[link_at + len(_LINK_HEAD) :]
    list_number = _LIST_NUMBERS.get(uri[len(issuer) + len(STATUS_PATH) :])
    if list_number is None or not (
        uri.startswith(issuer)
        and uri.startswith(STATUS_PATH, len(issuer))
        and payload.startswith(_STATUS_HEAD, at)
        and payload.startswith(_URI_HEAD, uri_at)
        and payload.startswith(_LINK_HEAD, link_at)
        and len(link) == RANDOM_BYTES
        and index < numbers.LIST_SIZE
    ):
        raise _NotOurs
    return list_number, index, link


# No leading zero, no other alphabet's digits, none out of range.
_LIST_NUMBERS = {str(number): number for number in range(numbers.MAX_LISTS)}


def _whole(payload: bytes, at: int) -> tuple[int, int]:
    """The unsigned integer at `at` in its shortest form, and the position behind it."""
    head = payload[at]
    if head < 24:
        return head, at + 1
    size = _SIZES.get(head)
    if size is None:
        raise _NotOurs
    end = at + 1 + size
    value = int.from_bytes(payload[at + 1 : end])
    if value < _SHORTEST[head] or end > len(payload):
        raise _NotOurs
    return value, end


_SIZES = {24: 1, 25: 2, 26: 4, 27: 8}
_SHORTEST = {24: 24, 25: 2**8, 26: 2**16, 27: 2**32}


def _text(payload: bytes, at: int, *, most: int) -> tuple[str, int]:
    """The text at `at`, 1 to `most` characters long, and the position behind it."""
    length, start = payload[at] - 0x60, at + 1
    end = start + length
    if not 0 < length < 24 or end > len(payload):
        start, end = _span(payload, at, 0x60)
    text = payload[start:end].decode()
    if len(text) > most:
        raise _NotOurs
    return text, end


def _span(payload: bytes, at: int, major: int) -> tuple[int, int]:
    """Where the string of text (major 0x60) or bytes (0x40) at `at` starts and ends; it is not empty."""
    length, start = payload[at] - major, at + 1
    if length == 24 and payload[start] >= 24:
        length, start = payload[start], at + 2
    elif length == 25 and payload[start]:
        length, start = payload[start] << 8 | payload[at + 2], at + 3
    elif not 0 < length < 24:
        raise _NotOurs
    if start + length > len(payload):
        raise _NotOurs
    return start, start + length


def _birth_date(value: str) -> bool:
    # The parser knows other forms of eight characters too, but all of them with a letter or a hyphen.
    if len(value) != 8 or not (value.isascii() and value.isdecimal()):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
