"""Every exclusion of the strict profile, in the words of SPEC.md, has vectors; and every vector is of an exclusion."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = " ".join((ROOT / "cardservice/credential/SPEC.md").read_text().split())
BAD = json.loads((ROOT / "tests/vectors/credentials.json").read_text())["bad"]

EXCLUSIONS = (
    # base45
    ("at most 4,096 characters", "too_large", r"text of 4,097 characters"),
    ("No prefix.", "malformed", r"a prefix as health certificates have"),
    (
        "a character outside of the alphabet (lower case too)",
        "malformed",
        r"character outside|lower case|no base45|line feed|space in front|full-width digit|^empty text",
    ),
    ("a length of 1 modulo 3", "malformed", r"length 1 modulo 3"),
    ("a triple above 65535", "malformed", r"triple"),
    ("a last pair above 255", "malformed", r"pair"),
    # zlib
    (
        "no header or a wrong one",
        "malformed",
        r"zlib: (not compressed|bare deflate|gzip|window|another method|zlib header check|nothing but)",
    ),
    ("a preset dictionary (FDICT)", "malformed", r"zlib: preset dictionary"),
    ("a missing, short or wrong Adler-32", "malformed", r"zlib: Adler checksum (missing|one byte short|wrong)"),
    ("anything but exactly one complete zlib stream", "malformed", r"zlib: (deflate stream cut|reserved block)"),
    ("any byte behind it", "malformed", r"zlib stream$|second zlib stream|two zero bytes behind"),
    ("it inflates to more than 65,536 bytes", "too_large", r"zlib: .*(65,537|two million|more than 65,536)"),
    # CBOR
    ("not well-formed", "malformed", r"cut by one byte|no CBOR|longer than all|billion|65,536 zero|nothing( inside)?$"),
    ("bytes behind the item", "malformed", r"byte behind the (COSE_Sign1|map)"),
    ("an integer or length not in its shortest form", "malformed", r"in (two|four|eight) bytes"),
    ("indefinite lengths", "malformed", r"indefinite|in chunks"),
    ("a key twice", "malformed", r"alg twice|iss twice"),
    ("keys not in bytewise ascending order of their encodings", "malformed", r"unsorted"),
    ("text that is not UTF-8", "malformed", r"UTF-8"),
    ("more than eight arrays and maps within one another", "malformed", r"nine levels"),
    ("any tag, float, simple value (`true`, `null`, ...)", "unsupported", r"float|tag 1$|bignum|null|true|false"),
    ("map keys are integers or text of at most 64 bytes", "unsupported", r"byte string key|text key"),
    # COSE
    (
        "not an array of byte string, map, byte string, byte string",
        "malformed",
        r"COSE: .*(array|payload|header is|tagged)",
    ),
    ("signature not of 64 bytes", "malformed", r"COSE: signature"),
    ("protected header not one CBOR map (also empty)", "malformed", r"protected header: (empty byte string|an array)"),
    ("no tag 18 in one byte (also none, tag 61, tag 18 twice)", "unsupported", r"COSE: (no tag|tag)"),
    ("other well-formed CBOR", "unsupported", r"COSE: a bare integer"),
    ("payload `nil`", "unsupported", r"detached"),
    ("unprotected header not empty", "unsupported", r"unprotected header"),
    (
        "protected header with anything but 1 and 4",
        "unsupported",
        r"protected header: (empty map|no |crit|content|typ|text|byte|cert)",
    ),
    ("alg not one of the four", "unsupported", r"protected header: alg"),
    ("kid not a byte string of 8 bytes", "unsupported", r"protected header: kid"),
    ("the header only has to agree", "bad_signature", r"under a header of alg"),
    ("the Sig_structure of RFC 9052 section 4.4, external data empty", "bad_signature", r"^signature: "),
    # claims
    ("the payload is no CBOR map", "malformed", r"claims: (an array|nothing)"),
    ("a required claim missing", "unsupported", r"missing|claims: 65535: (no |empty)|photo without"),
    (
        "a claim or member not listed here",
        "unsupported",
        r"which no card has|unknown|text key|second mechanism|an issuer",
    ),
    (
        "another type (an integer is not a boolean, a sector is not an array)",
        "unsupported",
        r"claims: .* is (a |an |text|true|null|false)|not in an array",
    ),
    ("exp not 00:00:00 UTC on the first of a month", "unsupported", r"claims: exp (one|on the)"),
    ("iat not 00:00:00 UTC on a Monday", "unsupported", r"claims: iat on|claims: iat one"),
    ("either not between 0 and 2^37 (exclusive)", "unsupported", r"claims: (exp|iat) (0|before|at|in|2\^|on)"),
    ("index not in 0 to 2^20 - 1", "unsupported", r"65535: index"),
    ("list not in 0 to 1023", "unsupported", r"65535: list 1024"),
    ("`uri` not exactly issuer, `/s/`", "unsupported", r"65535: (uri|another path|two slashes|upper|list of another)"),
    ("decimal ASCII digits without leading zeros", "unsupported", r"65535: (list|slash|query)"),
    ("a card number that is not the one of list and index", "unsupported", r"169: number"),
    ("URL without a slash at the end, 1 to 120 characters", "unsupported", r"claims: iss (empty|of 121)"),
    ("aud, 1 to 32 characters", "unsupported", r"claims: aud (empty|of 33)"),
    ("h'16 bytes', cti", "unsupported", r"claims: cti (of|empty)"),
    ("h'16 bytes' link", "unsupported", r"claims: link of"),
    ("name, 1 to 80 characters", "unsupported", r"169: name (empty|of 81)"),
    (
        "birth date, a day that exists, years 0001 to 9999",
        "unsupported",
        r"169: .*(birth|February|April|month|day 0|year)",
    ),
    ("photo, 1 to 400 bytes; 1: image, 2: WebP", "unsupported", r"photo"),
)
"""Words of SPEC.md -> the reason given, and what its vectors are called."""


@pytest.mark.parametrize(("words", "reason", "named"), EXCLUSIONS, ids=[words for words, _, _ in EXCLUSIONS])
def test_an_exclusion_stands_in_the_specification_and_has_a_vector(words: str, reason: str, named: str) -> None:
    assert words in SPEC
    assert [it["name"] for it in BAD if it["reason"] == reason and re.search(named, it["name"])]


def test_no_vector_is_of_an_exclusion_that_nobody_states() -> None:
    def stated(vector: dict[str, str]) -> bool:
        return any(vector["reason"] == reason and re.search(named, vector["name"]) for _, reason, named in EXCLUSIONS)

    assert [it["name"] for it in BAD if not stated(it)] == []
