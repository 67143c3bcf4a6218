"""Public-services documents that readers accept or refuse."""

from collections.abc import Iterator
from typing import Any

from cardservice.credential import cbor, cose, services
from cardservice.credential.keys import ES256
from cardservice.credential.reasons import Reason
from cardservice.credential.services import Content, Place, PublicAgreement
from tests.vectors import city

MALFORMED, UNSUPPORTED, BAD_SIGNATURE = Reason.MALFORMED, Reason.UNSUPPORTED, Reason.BAD_SIGNATURE
Bad = tuple[str, bytes, Reason]
_PLACES, _AGREEMENTS = -65640, -65641
_MISSING = object()

LIBRARY = Place("culture", "North", "Invented library", "Canal 1, 1000 AB City", ("ar", "en", "nl"))
CLINIC = Place("health", "", "Clinique inventée", "Rue Fictive 2", ("fr",))
LENDING = PublicAgreement("culture", "Invented library", "lending", ("name", "photo"), "portrait", "2027-11-30")
HEALTH = PublicAgreement("health", "Clinique inventée", "registering", (), "any", "2027-06-30")
FULL = Content(places=(LIBRARY, CLINIC), agreements=(LENDING, HEALTH))


def signed(content: Content, *, iat: int = city.NOW - 60, key: str = "services") -> bytes:
    """A signed document with `content`."""
    return _signed(services.payload(issuer=city.ISSUER, iat=iat, content=content), key=key)


def good() -> Iterator[tuple[str, bytes, Content]]:
    """What is special, the document, its content."""
    yield "nothing in it", signed(Content()), Content()
    yield "places and agreements", signed(FULL), FULL
    arabic = Place("shelter", "وسط", "مأوى", "شارع ١", ("ar",))
    yield "Arabic", signed(Content(places=(arabic,))), Content(places=(arabic,))


def bad() -> Iterator[Bad]:
    """What is wrong, the document, the reason."""
    document = signed(FULL)
    payload = cbor.loads(cbor.loads(document[1:])[2])
    place, other = payload[_PLACES]
    agreement = payload[_AGREEMENTS][0]

    def with_(changed: dict[int, Any]) -> bytes:
        return _signed(cbor.dumps(_changed(payload, changed)))

    yield "byte behind the document", document + b"\0", MALFORMED
    yield "one bit of the signature changed", document[:-1] + bytes([document[-1] ^ 1]), BAD_SIGNATURE
    yield "signed by a status key", signed(FULL, key="status"), BAD_SIGNATURE
    header = cose.protected_header(alg=ES256, kid=city.kid("services"))
    yield "no typ", city.sign(cbor.dumps(payload), key="services", protected=header), UNSUPPORTED
    header = cose.protected_header(alg=ES256, kid=city.kid("services"), typ="application/cardservice-key-set+cbor")
    yield "typ of a key set", city.sign(cbor.dumps(payload), key="services", protected=header), UNSUPPORTED
    for name, changed in (
        ("no issuer", {1: _MISSING}),
        ("iat is text", {6: "now"}),
        ("exp before iat", {4: payload[6]}),
        ("exp a second too late", {4: payload[4] + 1}),
        ("no places", {_PLACES: _MISSING}),
        ("places are a map", {_PLACES: {}}),
        ("a place is text", {_PLACES: ["library"]}),
        ("unknown claim", {-65699: 0}),
    ):
        yield name, with_(changed), UNSUPPORTED
    for name, changed_place in _CHANGED_PLACES:
        yield f"place: {name}", with_({_PLACES: [_changed(place, changed_place)]}), UNSUPPORTED
    for name, changed_agreement in _CHANGED_AGREEMENTS:
        yield f"agreement: {name}", with_({_AGREEMENTS: [_changed(agreement, changed_agreement)]}), UNSUPPORTED
    yield "places not in order", with_({_PLACES: [other, place]}), MALFORMED
    yield "a place twice", with_({_PLACES: [place, place]}), MALFORMED
    yield "languages not in order", with_({_PLACES: [place | {"languages": ["nl", "en"]}]}), MALFORMED
    yield "300,001 bytes of content", with_({_PLACES: [place | {"name": "x" * 300_000}]}), Reason.TOO_LARGE


_CHANGED_PLACES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("no name", {"name": _MISSING}),
    ("name empty", {"name": ""}),
    ("name of 121 characters", {"name": "x" * 121}),
    ("name with a line feed", {"name": "a\nb"}),
    ("name turned around", {"name": "abc\u202e"}),
    ("name not in NFC", {"name": "Cafe\u0301"}),
    ("blank at the end", {"name": "abc "}),
    ("unknown sector", {"sector": "police"}),
    ("sector is a list", {"sector": ["culture"]}),
    ("no language", {"languages": []}),
    ("languages are text", {"languages": "nl"}),
    ("language in capitals", {"languages": ["NL"]}),
    ("a contact", {"contact": "front desk"}),
)

_CHANGED_AGREEMENTS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("no purpose", {"purpose": _MISSING}),
    ("unknown field", {"fields": ["nationality"]}),
    ("fields in another order", {"fields": ["photo", "name"]}),
    ("a field twice", {"fields": ["name", "name"]}),
    ("unknown face", {"face": "both"}),
    ("a day that does not exist", {"ends": "2027-02-29"}),
    ("a day written otherwise", {"ends": "20271130"}),
    ("a provider id", {"provider_id": "00000000"}),
)


def _signed(payload: bytes, *, key: str = "services") -> bytes:
    header = services.header(alg=ES256, kid=city.kid(key))
    return city.sign(payload, key=key, protected=header)


def _changed(values: dict[Any, Any], changed: dict[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in (values | changed).items() if value is not _MISSING}
