"""The public-services document: where a card can be used, and which organisations check cards and see what."""

import re
import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from cardservice.credential import cbor, cose
from cardservice.credential.calendar import DAY
from cardservice.credential.keys import PublicKey
from cardservice.credential.keyset import Key, KeySet, State, Use
from cardservice.credential.profiles import FIELDS, SECTORS
from cardservice.credential.reasons import CredentialError, Reason

TYPE = "application/cardservice-services+cbor"
VALIDITY = 30 * DAY
"""Seconds after its signing in which the document may be shown: an address that moved must not be shown for ever."""

MAX_LEAD = 600
"""Seconds that the `iat` may lie ahead of the reader's clock."""

MAX_CONTENT = 300_000
"""Bytes of the content: some 1,500 places."""

_ISS, _EXP, _IAT, _PLACES, _AGREEMENTS = 1, 4, 6, -65640, -65641


@dataclass(frozen=True, order=True)
class Place:
    """A place where the card can be used. `district` is empty for the whole city; `languages`: ISO 639 codes."""

    sector: str
    district: str
    name: str
    address: str
    languages: tuple[str, ...]


@dataclass(frozen=True, order=True)
class PublicAgreement:
    """Which organisation checks cards, what for, what it sees, and until which day ("YYYY-MM-DD")."""

    sector: str
    provider: str
    purpose: str
    fields: tuple[str, ...]
    face: str
    ends: str


@dataclass(frozen=True)
class Content:
    """What a coordinator publishes, each part in ascending order, so that no order tells who came when."""

    places: tuple[Place, ...] = ()
    agreements: tuple[PublicAgreement, ...] = ()

    def encode(self) -> bytes:
        """The content as it is handed to the publisher, unsigned."""
        return cbor.dumps(self._parts())

    def _parts(self) -> dict[int, Any]:
        return {
            _PLACES: [_as_map(place) for place in sorted(set(self.places))],
            _AGREEMENTS: [_as_map(agreement) for agreement in sorted(set(self.agreements))],
        }


@dataclass(frozen=True)
class Services:
    """A signed document: whose it is, when it was signed, until when it may be shown, and its content."""

    issuer: str
    iat: int
    exp: int
    content: Content


class Refusal(StrEnum):
    """Why a document was not accepted; the words of the gate's other documents."""

    UNREADABLE = "unreadable"
    FOREIGN = "foreign"
    WRONG_SIGNER = "wrong_signer"
    BAD_SIGNATURE = "bad_signature"
    FROM_THE_FUTURE = "from_the_future"
    EXPIRED = "expired"
    ROLLED_BACK = "rolled_back"
    EQUIVOCATION = "equivocation"


class ServicesRefused(Exception):
    """A document was not accepted; what was accepted before still stands."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code.value)
        self.code = code


def read_content(octets: bytes) -> Content:
    """Unsigned content, read as strictly as a signed one. Raises CredentialError: malformed, unsupported, too_large."""
    if len(octets) > MAX_CONTENT:
        raise CredentialError(Reason.TOO_LARGE)
    values = cbor.loads(octets)
    if type(values) is not dict or values.keys() != {_PLACES, _AGREEMENTS}:
        raise CredentialError(Reason.UNSUPPORTED)
    return _content(values)


def payload(*, issuer: str, iat: int, content: Content) -> bytes:
    """The payload that the services key signs."""
    return cbor.dumps({_ISS: issuer, _EXP: iat + VALIDITY, _IAT: iat, **content._parts()})


def header(*, alg: int, kid: bytes) -> bytes:
    """The protected header; the signer is a services key."""
    return cose.protected_header(alg=alg, kid=kid, typ=TYPE)


def verify(octets: bytes, *, key: PublicKey) -> Services:
    """The document in `octets`, after checking that `key` signed it. Its age is the reader's to judge.

    Raises CredentialError: bad_signature, malformed, unsupported, too_large.
    """
    signed = cose.parse(octets)
    if signed.typ != TYPE:
        raise CredentialError(Reason.UNSUPPORTED)
    if not signed.verified_by(key):
        raise CredentialError(Reason.BAD_SIGNATURE)
    if len(signed.payload) > MAX_CONTENT:
        raise CredentialError(Reason.TOO_LARGE)
    values = cbor.loads(signed.payload)
    if type(values) is not dict or values.keys() != {_ISS, _EXP, _IAT, _PLACES, _AGREEMENTS}:
        raise CredentialError(Reason.UNSUPPORTED)
    issuer, exp, iat = values[_ISS], values[_EXP], values[_IAT]
    if (type(issuer), type(exp), type(iat)) != (str, int, int) or not iat < exp <= iat + VALIDITY:
        raise CredentialError(Reason.UNSUPPORTED)
    return Services(issuer=issuer, iat=iat, exp=exp, content=_content(values))


def accept(octets: bytes, *, key_set: KeySet, realm: str, now: int, newest: Services | None) -> Services:
    """The document in `octets` if the key set supports it and it is newer than `newest`; `newest` if it is the same.

    `newest`: the one accepted last, None for none. `now`: UTC seconds. Raises ServicesRefused.
    """
    try:
        key = key_set.by_kid.get(cose.parse(octets).kid)
        if key is None or not _may_sign(key, realm=realm):
            raise ServicesRefused(Refusal.WRONG_SIGNER)
        found = verify(octets, key=key.public)
    except CredentialError as error:
        forged = error.reason is Reason.BAD_SIGNATURE
        raise ServicesRefused(Refusal.BAD_SIGNATURE if forged else Refusal.UNREADABLE) from None
    if found.issuer != key_set.issuer:
        raise ServicesRefused(Refusal.FOREIGN)
    if not key.covers(found.iat):
        raise ServicesRefused(Refusal.WRONG_SIGNER)
    if found.iat > now + MAX_LEAD:
        raise ServicesRefused(Refusal.FROM_THE_FUTURE)
    if newest is not None and found.iat < newest.iat:
        raise ServicesRefused(Refusal.ROLLED_BACK)
    if newest is not None and found.iat == newest.iat and found != newest:
        raise ServicesRefused(Refusal.EQUIVOCATION)
    if now >= found.exp:
        raise ServicesRefused(Refusal.EXPIRED)
    return newest if found == newest and newest is not None else found


def readable(services: Services) -> dict[str, Any]:
    """The document as JSON for people and programs; only the COSE form is signed."""
    return {
        "issuer": services.issuer,
        "iat": services.iat,
        "exp": services.exp,
        "places": [asdict(place) for place in services.content.places],
        "agreements": [asdict(agreement) for agreement in services.content.agreements],
    }


def is_plain(text: str, *, most: int, least: int = 1) -> bool:
    """Whether `text` is one line as it is shown: NFC, printable, no blank at an end or twice, as long as said."""
    one_line = " ".join(text.split()) == text and text.isprintable()
    return least <= len(text) <= most and one_line and unicodedata.is_normalized("NFC", text)


def _may_sign(key: Key, *, realm: str) -> bool:
    return key.use is Use.SERVICES and key.realm == realm and key.state is not State.COMPROMISED


def _as_map(entry: Place | PublicAgreement) -> dict[str, Any]:
    return {name: list(value) if type(value) is tuple else value for name, value in asdict(entry).items()}


def _content(values: dict[Any, Any]) -> Content:
    places = tuple(_place(entry) for entry in _entries(values[_PLACES]))
    agreements = tuple(_agreement(entry) for entry in _entries(values[_AGREEMENTS]))
    if list(places) != sorted(set(places)) or list(agreements) != sorted(set(agreements)):
        raise CredentialError(Reason.MALFORMED)
    return Content(places=places, agreements=agreements)


def _entries(value: Any) -> list[dict[Any, Any]]:
    if type(value) is not list or not all(type(entry) is dict for entry in value):
        raise CredentialError(Reason.UNSUPPORTED)
    return value


def _place(entry: dict[Any, Any]) -> Place:
    if entry.keys() != {"sector", "district", "name", "address", "languages"}:
        raise CredentialError(Reason.UNSUPPORTED)
    languages = _texts(entry["languages"])
    plain = (
        _plain(entry["name"], most=120)
        and _plain(entry["address"], most=200)
        and _plain(entry["district"], most=60, least=0)
    )
    if not plain or entry["sector"] not in SECTORS or not languages or not all(map(_is_language, languages)):
        raise CredentialError(Reason.UNSUPPORTED)
    if list(languages) != sorted(set(languages)):
        raise CredentialError(Reason.MALFORMED)
    return Place(**entry | {"languages": languages})


def _agreement(entry: dict[Any, Any]) -> PublicAgreement:
    if entry.keys() != {"sector", "provider", "purpose", "fields", "face", "ends"}:
        raise CredentialError(Reason.UNSUPPORTED)
    fields = _texts(entry["fields"])
    known = entry["sector"] in SECTORS and entry["face"] in ("any", "portrait")
    plain = _plain(entry["provider"], most=120) and _plain(entry["purpose"], most=200)
    # In the one order that agreements have.
    if not known or not plain or fields != tuple(name for name in FIELDS if name in fields) or not _day(entry["ends"]):
        raise CredentialError(Reason.UNSUPPORTED)
    return PublicAgreement(**entry | {"fields": fields})


def _texts(value: Any) -> tuple[str, ...]:
    if type(value) is not list or not all(type(text) is str for text in value):
        raise CredentialError(Reason.UNSUPPORTED)
    return tuple(value)


def _is_language(text: str) -> bool:
    return re.fullmatch("[a-z]{2,3}", text) is not None


def _plain(value: Any, *, most: int, least: int = 1) -> bool:
    return type(value) is str and is_plain(value, most=most, least=least)


def _day(value: Any) -> bool:
    if type(value) is not str or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
