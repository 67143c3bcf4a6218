"""Claims that no implementation may accept, each well signed: only what they say, or how it is encoded, is wrong."""

from collections.abc import Iterator
from typing import Any

import cbor2

from cardservice.credential import cbor
from cardservice.credential.claims import AUD, CTI, EXP, IAT, IDENTITY, ISS, LINK, STATUS
from cardservice.credential.reasons import Reason
from tests.vectors import city

MALFORMED, UNSUPPORTED = Reason.MALFORMED, Reason.UNSUPPORTED
_NAMES = {ISS: "iss", AUD: "aud", EXP: "exp", IAT: "iat", CTI: "cti", LINK: "link", IDENTITY: "169", STATUS: "65535"}
_NUMBER, _NAME, _BORN, _FACES = 1, 4, 8, 62
MISSING = object()


def vectors() -> Iterator[tuple[str, str, Reason]]:
    """What is wrong, the QR text, the reason."""
    for name, payload, reason in (*_encodings(), *_values()):
        yield f"claims: {name}", city.text(city.sign(payload)), reason


def _claims() -> dict[Any, Any]:
    return cbor.loads(city.claims("bad", sector="health", photo=b"photo").encode())


def _encodings() -> Iterator[tuple[str, bytes, Reason]]:
    good = city.claims("bad").encode()
    claims = cbor.loads(good)
    parts = [cbor2.dumps(key) + cbor2.dumps(value) for key, value in claims.items()]
    exp = cbor2.dumps(claims[EXP])
    name = cbor2.dumps("Ada Example")
    status = cbor2.dumps(claims[STATUS]["status_list"])
    swapped = cbor2.dumps(dict(reversed(claims[STATUS]["status_list"].items())))
    yield "nothing", b"", MALFORMED
    yield "an array", b"\x80", MALFORMED
    yield "byte behind the map", good + b"\0", MALFORMED
    yield "cut by one byte", good[:-1], MALFORMED
    yield "map length in two bytes", b"\xb8\x07" + good[1:], MALFORMED
    yield "map of indefinite length", b"\xbf" + good[1:] + b"\xff", MALFORMED
    yield "keys unsorted", b"\xa7" + b"".join([parts[1], parts[0], *parts[2:]]), MALFORMED
    yield "keys of the status list unsorted", good.replace(status, swapped), MALFORMED
    yield "iss twice", b"\xa8" + parts[0] + b"".join(parts), MALFORMED
    yield "key in two bytes", good.replace(b"\x04" + exp, b"\x18\x04" + exp), MALFORMED
    yield "exp in eight bytes", good.replace(exp, b"\x1b" + bytes(4) + exp[1:]), MALFORMED
    yield "exp as a bignum", good.replace(exp, b"\xc2\x44" + exp[1:]), UNSUPPORTED
    yield "exp as a float", good.replace(exp, cbor2.dumps(float(claims[EXP]))), UNSUPPORTED
    yield "exp under tag 1", good.replace(exp, b"\xc1" + exp), UNSUPPORTED
    yield "name in chunks", good.replace(name, b"\x7f" + name + b"\xff"), MALFORMED
    yield "name length in two bytes", good.replace(name, b"\x78\x0b" + name[1:]), MALFORMED
    yield "name of broken UTF-8", good.replace(b"Ada", b"A\xc3a"), MALFORMED
    yield "name with a surrogate in UTF-8", good.replace(b"Ada", b"\xed\xa0\x80"), MALFORMED
    yield "name in overlong UTF-8", good.replace(b"Ada", b"\xc1\x81a"), MALFORMED
    yield "nine levels deep", cbor2.dumps(claims | {EXP: [[[[[[[[0]]]]]]]]}), MALFORMED
    yield "map of a billion entries", b"\xba\x3f\xff\xff\xff" + good[1:], MALFORMED


def _values() -> Iterator[tuple[str, bytes, Reason]]:
    for key, name in _NAMES.items():
        if key != AUD:
            yield f"{name} missing", _with({key: MISSING}), UNSUPPORTED
        for wrong, value in (("null", None), ("true", True), ("an array", []), ("a map", {})):
            yield f"{name} is {wrong}", _with({key: value}), UNSUPPORTED
    for key in (ISS, AUD, CTI, LINK, IDENTITY, STATUS):
        yield f"{_NAMES[key]} is a number", _with({key: 1}), UNSUPPORTED
    for key in (EXP, IAT, CTI, LINK, IDENTITY, STATUS):
        yield f"{_NAMES[key]} is text", _with({key: "0123456789abcdef"}), UNSUPPORTED
    for key in (ISS, AUD, EXP, IAT, IDENTITY, STATUS):
        yield f"{_NAMES[key]} is a byte string", _with({key: b"0123456789abcdef"}), UNSUPPORTED
    for changed, name in _CHANGED:
        yield name, _with(changed), UNSUPPORTED
    for fields, name in _IDENTITY:
        yield f"169: {name}", _with({IDENTITY: _changed(_claims()[IDENTITY], fields)}), UNSUPPORTED
    for faces, name in _PHOTOS:
        yield f"169: {name}", _with({IDENTITY: _changed(_claims()[IDENTITY], {_FACES: faces})}), UNSUPPORTED
    for entry, name in _STATUS:
        changed_entry = _changed(_claims()[STATUS]["status_list"], entry)
        yield f"65535: {name}", _with({STATUS: {"status_list": changed_entry}}), UNSUPPORTED
    yield "65535: empty", _with({STATUS: {}}), UNSUPPORTED
    yield "65535: a second mechanism", _with({STATUS: _claims()[STATUS] | {"identifier_list": {}}}), UNSUPPORTED
    other = city.claims("bad", issuer="https://other.example").encode()
    yield "65535: list of another issuer", cbor.dumps(cbor.loads(other) | {ISS: city.ISSUER}), UNSUPPORTED


_EXP, _IAT = city.claims("bad").exp, city.claims("bad").iat
_URI = f"{city.ISSUER}/s/"

_CHANGED: tuple[tuple[dict[Any, Any], str], ...] = (
    ({5: _IAT}, "nbf, which no card has"),
    ({2: "subject"}, "sub, which no card has"),
    ({"x": 1}, "claim with a text key"),
    ({-65539: b""}, "unknown private claim"),
    ({ISS: ""}, "iss empty"),
    ({ISS: "i" * 121, STATUS: {"status_list": {"idx": 4711, "uri": "i" * 121 + "/s/0"}}}, "iss of 121 characters"),
    ({AUD: ""}, "aud empty"),
    ({AUD: "s" * 33}, "aud of 33 characters"),
    ({AUD: ["health"]}, "aud is an array of one"),
    ({EXP: 0}, "exp 0"),
    ({EXP: -2_678_400}, "exp before 1970"),
    ({EXP: _EXP + 1}, "exp one second into a month"),
    ({EXP: _EXP - 1}, "exp one second before a month"),
    ({EXP: _EXP + 86_400}, "exp on the second of a month"),
    ({EXP: 137_440_886_400}, "exp at the first month start beyond 2^37"),
    ({EXP: 253_402_300_800}, "exp in the year 10000"),
    ({EXP: 1_099_510_156_800}, "exp in the year 36812"),
    ({EXP: 2**64 - 1}, "exp 2^64 - 1"),
    ({IAT: 0}, "iat 0"),
    ({IAT: -259_200}, "iat on the Monday before 1970"),
    ({IAT: _IAT + 1}, "iat one second into Monday"),
    ({IAT: _IAT - 1}, "iat one second before Monday"),
    ({IAT: _IAT + 86_400}, "iat on a Tuesday"),
    ({IAT: 137_439_331_200}, "iat on the first Monday beyond 2^37"),
    ({CTI: bytes(15)}, "cti of 15 bytes"),
    ({CTI: bytes(17)}, "cti of 17 bytes"),
    ({CTI: b""}, "cti empty"),
    ({LINK: bytes(15)}, "link of 15 bytes"),
    ({LINK: bytes(17)}, "link of 17 bytes"),
)

_IDENTITY: tuple[tuple[dict[Any, Any], str], ...] = (
    ({_NUMBER: MISSING}, "number missing"),
    ({_NUMBER: city.claims("bad", index=4712).number}, "number of another index"),
    ({_NUMBER: city.claims("bad", list_number=1).number}, "number of another list"),
    ({_NUMBER: city.claims("bad").number.replace("-", "")}, "number without hyphen"),
    ({_NUMBER: city.claims("bad").number.lower()}, "number in lower case"),
    ({_NUMBER: ""}, "number empty"),
    ({_NUMBER: 4711}, "number is an integer"),
    ({_NAME: MISSING}, "name missing"),
    ({_NAME: ""}, "name empty"),
    ({_NAME: "x" * 81}, "name of 81 characters"),
    ({_NAME: "\U00020bb7" * 81}, "name of 81 characters beyond the BMP"),
    ({_NAME: b"Ada"}, "name is a byte string"),
    ({_NAME: None}, "name is null"),
    ({_BORN: ""}, "birth date empty"),
    ({_BORN: "1984022"}, "birth date of 7 digits"),
    ({_BORN: "1984-02-29"}, "birth date with hyphens"),
    ({_BORN: "19830229"}, "29 February of a common year"),
    ({_BORN: "19000229"}, "29 February of 1900"),
    ({_BORN: "19840431"}, "31 April"),
    ({_BORN: "19841301"}, "month 13"),
    ({_BORN: "19840001"}, "month 0"),
    ({_BORN: "19840100"}, "day 0"),
    ({_BORN: "00000101"}, "year 0"),
    ({_BORN: "+1984010"}, "birth date with a sign"),
    ({_BORN: " 1984010"}, "birth date with a space"),
    ({_BORN: "\u0661\u0669\u0668\u0664\u0660\u0661\u0660\u0661"}, "birth date in Arabic digits"),
    ({_BORN: 19840229}, "birth date is an integer"),
    ({_BORN: None}, "birth date is null"),
    ({9: 1}, "gender, which no card has"),
    ({13: "NL"}, "nationality, which no card has"),
    ({"name": "Ada"}, "text key"),
)

_PHOTOS: tuple[tuple[Any, str], ...] = (
    (None, "photo is null"),
    ([], "no photo in the array"),
    ({0: b"x", 1: 0, 2: 4}, "photo not in an array"),
    ([{0: b"x", 1: 0, 2: 4}] * 2, "two photos"),
    ([b"x"], "photo is a byte string"),
    ([{0: b"", 1: 0, 2: 4}], "photo of no bytes"),
    ([{0: bytes(401), 1: 0, 2: 4}], "photo of 401 bytes"),
    ([{0: "x", 1: 0, 2: 4}], "photo is text"),
    ([{0: b"x", 1: 1, 2: 4}], "photo of another format"),
    ([{0: b"x", 1: 0, 2: 3}], "photo of another sub-format"),
    ([{0: b"x", 1: False, 2: 4}], "photo format is false"),
    ([{0: b"x", 1: 0}], "photo without sub-format"),
    ([{1: 0, 2: 4}], "photo without bytes"),
    ([{0: b"x", 1: 0, 2: 4, 3: "issuer"}], "photo with an issuer"),
)

_STATUS: tuple[tuple[dict[str, Any], str], ...] = (
    ({"idx": MISSING}, "no index"),
    ({"uri": MISSING}, "no uri"),
    ({"idx": -1}, "index -1"),
    ({"idx": 2**20}, "index 2^20"),
    ({"idx": 2**63}, "index 2^63"),
    ({"idx": "4711"}, "index is text"),
    ({"idx": False}, "index is false"),
    ({"idx": None}, "index is null"),
    ({"uri": b"x"}, "uri is a byte string"),
    ({"uri": ""}, "uri empty"),
    ({"uri": _URI}, "uri without number"),
    ({"uri": _URI + "00"}, "list 00"),
    ({"uri": _URI + "01"}, "list 01"),
    ({"uri": _URI + "+0"}, "list +0"),
    ({"uri": _URI + "-0"}, "list -0"),
    ({"uri": _URI + " 0"}, "list with a space"),
    ({"uri": _URI + "0/"}, "slash behind the number"),
    ({"uri": _URI + "0?x"}, "query behind the number"),
    ({"uri": _URI + "1_0"}, "list 1_0"),
    ({"uri": _URI + "1024"}, "list 1024"),
    ({"uri": _URI + "\u0660"}, "list in Arabic digits"),
    ({"uri": _URI + "1" * 40}, "list of 40 digits"),
    ({"uri": f"{city.ISSUER}/t/0"}, "another path"),
    ({"uri": f"{city.ISSUER}//s/0"}, "two slashes"),
    ({"uri": "https://CITY.example/s/0"}, "upper-case host"),
    ({"bits": 1}, "unknown member"),
)


def _with(changed: dict[Any, Any]) -> bytes:
    return cbor.dumps(_changed(_claims(), changed))


def _changed(values: dict[Any, Any], changed: dict[Any, Any]) -> dict[Any, Any]:
    return {key: value for key, value in (values | changed).items() if value is not MISSING}
