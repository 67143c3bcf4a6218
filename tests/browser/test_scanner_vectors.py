"""The scanner's own verifier, in Chromium: every shared vector gives what the server gives."""

import json
import random
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from cardservice.credential import base45, cbor, codec, keys
from cardservice.credential.reasons import CredentialError, Reason

ROOT = Path(__file__).parents[2]
VECTORS = {
    name: json.loads((ROOT / "tests" / "vectors" / f"{name}.json").read_text())
    for name in ("credentials", "keysets", "statuslists", "numbers", "judgements")
}
ORIGIN = "http://localhost"
"""No server listens there: the modules come from the disk, into a page that may use WebCrypto."""
CHANGED_TEXTS = 1500


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    """A page that knows the scanner's modules and `judging.js`."""

    def serve(route: Route) -> None:
        path = route.request.url.removeprefix(ORIGIN)
        if path == "/":
            route.fulfill(body="<!doctype html><title>vectors</title>", content_type="text/html")
        elif path == "/judging.js":
            route.fulfill(path=ROOT / "tests" / "browser" / "judging.js", content_type="text/javascript")
        elif (script := script_at(path)).exists():
            route.fulfill(path=script, content_type="text/javascript")
        else:
            route.fulfill(status=404)  # a request without an answer would keep the page waiting for ever

    context = chromium.new_context()
    page = context.new_page()
    page.route(f"{ORIGIN}/**", serve)
    page.goto(f"{ORIGIN}/")
    yield page
    context.close()


def script_at(path: str) -> Path:
    """The file of a script of the scanner itself, or of those that it shares with pages of other processes."""
    owner = "verification" if path.startswith("/static/verification/") else "cardservice/web"
    return ROOT / owner / path.removeprefix("/")


def judged(page: Page, name: str) -> Any:
    """What the scanner's modules make of the vectors in a file."""
    script = "([name, vectors]) => import('/judging.js').then((judging) => judging[name](vectors))"
    return page.evaluate(script, [name, VECTORS[name]])


def reasons(vectors: list[dict[str, Any]]) -> dict[str, str]:
    return {vector["name"]: vector["reason"] for vector in vectors}


def test_credentials(page: Page) -> None:
    vectors = VECTORS["credentials"]
    found = judged(page, "credentials")
    assert found["bad"] == reasons(vectors["bad"])
    assert found["good"] == {
        vector["name"]: {
            "alg": vector["header_alg"],
            "fits": True,
            **{name: vector[name] for name in ("payload", "commitment", "provider_number", "claims")},
        }
        for vector in vectors["good"]
    }


def test_key_sets(page: Page) -> None:
    vectors = VECTORS["keysets"]
    found = judged(page, "keysets")
    assert found["bad"] == reasons(vectors["bad"])
    for vector in vectors["good"]:
        said = found["good"][vector["name"]]
        stated = [{name: key[name] for name in said["keys"][0]} for key in vector["says"]["keys"]]
        assert said == {**vector["says"], "keys": stated}
    assert found["root_changes"] == {
        change["name"]: {"refused": change["refused"], "seq": change["seq"]}
        for change in vectors["root_changes"]
        if change["name"] in found["root_changes"]
    }
    assert len(found["root_changes"]) == 5


def test_status_lists_and_commitment_lists(page: Page) -> None:
    vectors = VECTORS["statuslists"]
    found = judged(page, "statuslists")
    assert found["bad"] == reasons(vectors["bad"])
    assert found["good"] == {
        vector["name"]: {**{name: vector[name] for name in ("uri", "iat", "exp", "set")}, "behind": None}
        for vector in vectors["good"]
    }
    listed = vectors["commitments"]
    assert found["commitments"]["bad"] == reasons(listed["bad"])
    assert found["commitments"]["good"] == {
        vector["name"]: {"kid": listed["card_kid"], "iat": listed["iat"], "commitments": vector["commitments"]}
        for vector in listed["good"]
    }


def test_numbers(page: Page) -> None:
    vectors = VECTORS["numbers"]
    found = judged(page, "numbers")
    assert found["card_numbers"] == [vector["number"] for vector in vectors["card_numbers"]]
    assert found["provider_numbers"] == [vector["number"] for vector in vectors["provider_numbers"]]
    typed = [{"listNumber": vector["list"], "index": vector["index"]} for vector in vectors["typed_card_numbers"]]
    assert found["typed_card_numbers"] == typed
    assert found["slip_codes"] == [vector["bytes"] for vector in vectors["slip_codes"]]
    assert found["mistyped_card_numbers"] == {vector["name"]: None for vector in vectors["mistyped_card_numbers"]}


def test_whole_judgements(page: Page) -> None:
    vectors = VECTORS["judgements"]
    found = judged(page, "judgements")
    assert found["refusals"] == {name: [] for name in vectors["publications"]}
    assert found["cases"] == {case["name"]: [case["verdict"], case["reason"]] for case in vectors["cases"]}


def changed(text: str, chance: random.Random) -> str:
    """`text` with a few bytes changed, cut or added: in the COSE structure, or in the zlib stream around it."""
    inside = chance.random() < 0.6
    octets = bytearray(zlib.decompress(base45.decode(text)) if inside else base45.decode(text))
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        place = chance.randrange(len(octets))
        match chance.randrange(6):
            case 0:
                del octets[place:]
                octets += b"\x00"
            case 1:
                octets[place:place] = chance.randbytes(chance.randrange(1, 4))
            case 2:
                octets.append(chance.randrange(256))
            case _:
                octets[place] ^= 1 << chance.randrange(8)
    level = chance.randrange(10)
    return base45.encode(zlib.compress(octets, level) if inside else bytes(octets))


def test_changed_texts_get_the_reason_that_the_server_gives(page: Page) -> None:
    chance = random.Random(20261125)
    vectors = VECTORS["credentials"]
    by_kid = {
        bytes.fromhex(key["kid"]): keys.from_cose_key(cbor.loads(bytes.fromhex(key["cose_key"])))
        for key in vectors["keys"].values()
    }
    texts = [changed(chance.choice(vectors["good"])["qr"], chance) for _ in range(CHANGED_TEXTS)]

    def reason(text: str) -> str | None:
        try:
            signed, _ = codec.open_text(text)
        except CredentialError as error:
            return error.reason.value
        known = by_kid.get(signed.kid)
        if known is None:
            return "no key"
        return None if signed.verified_by(known) else Reason.BAD_SIGNATURE.value

    expected = [reason(text) for text in texts]
    compared = [(text, said) for text, said in zip(texts, expected, strict=True) if said != "no key"]
    assert {said for _, said in compared} >= {"malformed", "unsupported", "bad_signature"}
    found = page.evaluate(
        "([vectors, texts]) => import('/judging.js').then((m) => m.texts(vectors, texts))",
        [vectors, [text for text, _ in compared]],
    )
    differing = [(text, said, got) for (text, said), got in zip(compared, found, strict=True) if _told_apart(said, got)]
    assert differing == []


def _told_apart(one: str | None, other: str | None) -> bool:
    """Where a text has faults of both kinds, a reader may say either (SPEC, section 1.3)."""
    return one != other and {one, other} != {"malformed", "unsupported"}
