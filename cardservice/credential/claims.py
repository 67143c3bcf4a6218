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
    claims = cbor.loads(payload)
    if type(claims) is not dict:
        raise CredentialError(Reason.MALFORMED)
    if not claims.keys() - {AUD} == _REQUIRED:
        raise CredentialError(Reason.UNSUPPORTED)
    issuer, exp, iat = claims[ISS], claims[EXP], claims[IAT]
    list_number, index = _status(claims[STATUS], issuer)
    number, name, born, photo = _identity(claims[IDENTITY])
    sector = claims.get(AUD)
    if not (
        (AUD not in claims or _text(sector, 32))
        and _text(issuer, 120)
        and _time(exp)
        and is_month_start(exp)
        and _time(iat)
        and is_monday(iat)
        and _random(claims[CTI])
        and _random(claims[LINK])
        and number == numbers.card_number(list_number=list_number, index=index)
    ):
        raise CredentialError(Reason.UNSUPPORTED)
    return Claims(
        issuer=issuer,
        exp=exp,
        iat=iat,
        cti=claims[CTI],
        link=claims[LINK],
        number=number,
        name=name,
        list_number=list_number,
        index=index,
        sector=sector,
        born=born,
        photo=photo,
    )


_REQUIRED = {ISS, EXP, IAT, CTI, LINK, IDENTITY, STATUS}


def _identity(value: Any) -> tuple[str, str, str | None, bytes | None]:
    if type(value) is not dict or not {_NUMBER, _NAME} <= value.keys() <= {_NUMBER, _NAME, _BORN, _FACE}:
        raise CredentialError(Reason.UNSUPPORTED)
    born = value.get(_BORN)
    if not (
        type(value[_NUMBER]) is str and _text(value[_NAME], MAX_NAME) and (_BORN not in value or _birth_date(born))
    ):
        raise CredentialError(Reason.UNSUPPORTED)
    photo = None
    if _FACE in value:
        faces = value[_FACE]
        if type(faces) is not list or len(faces) != 1 or type(faces[0]) is not dict:
            raise CredentialError(Reason.UNSUPPORTED)
        face = faces[0]
        photo = face.get(0)
        typed = (type(face.get(1)), type(face.get(2))) == (int, int)
        if not (face.keys() == {0, 1, 2} and typed and (face[1], face[2]) == (_IMAGE, _WEBP)):
            raise CredentialError(Reason.UNSUPPORTED)
        if type(photo) is not bytes or not 1 <= len(photo) <= MAX_PHOTO:
            raise CredentialError(Reason.UNSUPPORTED)
    return value[_NUMBER], value[_NAME], born, photo


def _status(value: Any, issuer: Any) -> tuple[int, int]:
    entry = value.get("status_list") if type(value) is dict and value.keys() == {"status_list"} else None
    if type(entry) is not dict or entry.keys() != {"idx", "uri"} or type(issuer) is not str:
        raise CredentialError(Reason.UNSUPPORTED)
    index, uri = entry["idx"], entry["uri"]
    if type(index) is not int or not 0 <= index < numbers.LIST_SIZE or type(uri) is not str:
        raise CredentialError(Reason.UNSUPPORTED)
    prefix, digits = issuer + STATUS_PATH, uri[len(issuer) + len(STATUS_PATH) :]
    canonical = digits.isascii() and digits.isdecimal() and str(int(digits[:5])) == digits
    if not uri.startswith(prefix) or not canonical or int(digits) >= numbers.MAX_LISTS:
        raise CredentialError(Reason.UNSUPPORTED)
    return int(digits), index


def _text(value: Any, most: int) -> bool:
    return type(value) is str and 1 <= len(value) <= most


def _time(value: Any) -> bool:
    return type(value) is int and 0 < value < MAX_TIME


def _random(value: Any) -> bool:
    return type(value) is bytes and len(value) == RANDOM_BYTES


def _birth_date(value: Any) -> bool:
    if type(value) is not str or len(value) != 8 or not (value.isascii() and value.isdecimal()):
        return False
    try:
        date(int(value[:4]), int(value[4:6]), int(value[6:]))
    except ValueError:
        return False
    return True
