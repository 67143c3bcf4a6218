"""The holder's addresses: one answer for every code, words for a row, and a plain refusal for everything else."""

import re
import time
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import DatabaseError
from django.test import Client
from django.utils.html import escape
from structlog.testing import capture_logs

from cardservice.credential.numbers import card_number, slip_code
from cardservice.languages import OWN_NAMES
from issuance import holder, holder_edge, holder_views
from issuance.models import Card
from issuance.render.texts import texts
from staff.configuration import STAFF_MIDDLEWARE
from tests.issuance.office import Office, dump, order

pytestmark = [pytest.mark.urls("cardservice.urls.holder"), pytest.mark.django_db(databases=["issuance"])]

PAGES = ("/", "/block", "/held", "/leaflet", "/services")


@pytest.fixture
def resident(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody's browser, at the start of a minute in which nobody asked anything."""
    monkeypatch.setattr(holder_edge, "_pace", holder_edge.Pace())
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name not in STAFF_MIDDLEWARE]
    settings.PAGE_LANGUAGES = tuple(OWN_NAMES)
    return Client()


def form(resident: Client, address: str, fields: dict[str, str]) -> Any:
    """The answer to the form of a page."""
    return resident.post(address, urlencode(fields), "application/x-www-form-urlencoded")


def mistyped(code: str) -> str:
    """The code with another check symbol."""
    return code[:-1] + ("0" if code[-1] != "0" else "1")


def codes(office: Office) -> dict[str, str]:
    """A code of each sort: of a good card, of a blocked one, of none, one with a typing error."""
    good, blocked = office.issue(order()), office.issue(order())
    holder.block_by_slip(holder.digest_of(blocked.slip_code))
    return {
        "right": good.slip_code,
        "blocked": blocked.slip_code,
        "unknown": slip_code(b"no slip at"),
        "mistyped": mistyped(good.slip_code),
    }


def without_nonce(answer: Any) -> tuple[int, bytes, dict[str, str]]:
    """Status, bytes and headers of an answer, the random nonce of its policy left out."""
    nonce = re.search(r"'nonce-([\w-]+)'", answer["Content-Security-Policy"])[1]  # type: ignore[index]
    headers = {name: value.replace(nonce, "") for name, value in answer.items()}
    return answer.status_code, answer.content.replace(nonce.encode(), b""), headers


def test_a_program_gets_the_same_answer_for_every_code(office: Office, resident: Client) -> None:
    given = codes(office)
    answers = [resident.post("/block", {"slip_code": code}, "application/json") for code in given.values()]
    assert {answer.status_code for answer in answers} == {200}
    assert len({str(without_nonce(answer)) for answer in answers}) == 1
    assert sorted(Card.objects.values_list("state", flat=True)) == ["suspended", "suspended"]


def test_a_person_gets_the_same_page_for_every_code_and_is_told_of_a_typing_error(
    office: Office, resident: Client
) -> None:
    given = codes(office)
    wrong = form(resident, "/block", {"slip_code": given.pop("mistyped")})
    assert wrong.status_code == 400
    assert "There is a typing error in the code." in wrong.content.decode()
    pages = [form(resident, "/block", {"slip_code": code}) for code in given.values()]
    assert {page.status_code for page in pages} == {200}
    assert len({str(without_nonce(page)) for page in pages}) == 1
    assert "The card of this slip is blocked" in pages[0].content.decode()


def test_a_typing_error_on_a_form_does_not_reach_the_register(
    office: Office, resident: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bytes] = []
    given = codes(office)
    monkeypatch.setattr(holder, "block_by_slip", asked.append)
    form(resident, "/block", {"slip_code": given["mistyped"]})
    assert asked == []
    form(resident, "/block", {"slip_code": given["unknown"]})
    assert len(asked) == 1


def test_every_answer_takes_a_whole_step_whatever_the_code_was(office: Office, resident: Client) -> None:
    for name, code in codes(office).items():
        started = time.monotonic()
        resident.post("/block", {"slip_code": code}, "application/json")
        assert time.monotonic() - started >= holder_views.EVEN_SECONDS, name


@pytest.mark.parametrize(("passed", "rest"), [(0.03, 0.17), (0.2, 0.0), (0.21, 0.19), (1.5, 0.1)])
def test_an_answer_waits_for_the_end_of_its_step(passed: float, rest: float, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(holder_edge.time, "monotonic", lambda: passed)
    monkeypatch.setattr(holder_edge.time, "sleep", slept.append)
    holder_edge.wait_until_even(0.0, step=0.2)
    assert slept == [pytest.approx(rest)]


@pytest.mark.parametrize(("address", "field"), [("/block", "slip_code"), ("/held", "card_number")])
def test_too_many_requests_in_a_minute_wait_and_nobodys_address_is_kept(
    office: Office, resident: Client, monkeypatch: pytest.MonkeyPatch, address: str, field: str
) -> None:
    monkeypatch.setattr(holder_views, "BLOCKS_A_MINUTE", 0)
    monkeypatch.setattr(holder_views, "LOOKS_A_MINUTE", 0)
    issued = office.issue(order())
    body = {field: issued.slip_code if field == "slip_code" else issued.card_number}
    before = dump()
    refused = resident.post(address, body, "application/json")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_requests")
    assert 1 <= int(refused["Retry-After"]) <= 60
    page = form(resident, address, body)
    assert (page.status_code, page["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert "Nothing was done." in page.content.decode()
    assert dump() == before
    assert set(holder_edge._pace._counts) <= {"block", "held"}


@pytest.mark.parametrize(("address", "act"), [("/block", "block_by_slip"), ("/held", "held")])
def test_a_register_that_is_away_is_said_and_nothing_is_promised(
    resident: Client, monkeypatch: pytest.MonkeyPatch, address: str, act: str
) -> None:
    def away(_: object) -> None:
        raise DatabaseError("the slip is Zq7")

    monkeypatch.setattr(holder, act, away)
    body = (
        {"slip_code": slip_code(bytes(10))} if act != "held" else {"card_number": card_number(list_number=0, index=1)}
    )
    with capture_logs() as logged:
        answer, page = resident.post(address, body, "application/json"), form(resident, address, body)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")
    assert page.status_code == 503
    assert "Nothing was done." in page.content.decode()
    assert "blocked" not in page.content.decode().partition("<main")[2]
    assert "Zq7" not in answer.content.decode() + page.content.decode() + str(logged)


def test_a_row_is_told_in_words_of_the_language_and_blocked_is_the_only_word_for_both_states(
    office: Office, resident: Client
) -> None:
    issued = office.issue(order())
    body = {"card_number": issued.card_number}
    told = {}
    for state in ("active", "suspended", "revoked"):
        Card.objects.update(state=state)
        told[state] = resident.post("/held?lang=de", body, "application/json").json()
    assert told["active"]["held"]["state"] == "not blocked"
    assert told["suspended"] == told["revoked"]
    assert told["revoked"]["card_number"] == issued.card_number
    assert "Zustand: gesperrt" in told["revoked"]["words"]
    assert "Ausgestellt in der Woche vom: 23. November 2026" in told["revoked"]["words"]
    page = form(resident, "/held?lang=de", body).content.decode()
    for line in told["revoked"]["words"]:
        for part in line.split(": "):
            assert part in page
    assert not re.search("suspend|revoke", page + str([*told.values()]), re.IGNORECASE)


def test_a_number_of_no_card_is_an_answer_and_a_mistyped_one_is_none(office: Office, resident: Client) -> None:
    number = card_number(list_number=3, index=7)
    assert resident.post("/held", {"card_number": number}, "application/json").json() == {
        "card_number": number,
        "held": None,
        "words": [],
    }
    assert "The city holds nothing about this card" in form(resident, "/held", {"card_number": number}).content.decode()
    wrong = resident.post("/held", {"card_number": mistyped(number)}, "application/json")
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["card_number"])
    assert form(resident, "/held", {"card_number": mistyped(number)}).status_code == 400


@pytest.mark.parametrize("language", OWN_NAMES)
def test_every_page_is_whole_in_every_language_and_keeps_it_in_its_links(resident: Client, language: str) -> None:
    for address in PAGES:
        answer = resident.get(f"{address}?lang={language}")
        page = answer.content.decode()
        assert answer.status_code == 200
        assert answer["Content-Language"] == language
        assert f'<html lang="{language}" dir="{"rtl" if language == "ar" else "ltr"}">' in page
        links = re.findall(r'href="(/(?!static)[^"]*)"', page)
        own = [link for link in links if "hreflang" not in page.partition(f'href="{link}"')[2][:40]]
        assert own, address
        assert all(f"lang={language}" in link for link in own), own


@pytest.mark.parametrize("language", OWN_NAMES)
def test_the_leaflet_is_the_one_that_the_desk_prints(resident: Client, language: str) -> None:
    page = resident.get(f"/leaflet?lang={language}").content.decode()
    printed = texts(language)
    for text in (printed.title, *(line for section in printed.sections for line in (section.heading, *section.lines))):
        assert escape(text) in page


def test_no_page_sets_a_cookie_is_kept_or_loads_from_elsewhere(resident: Client) -> None:
    for address in PAGES:
        answer = resident.get(address, headers={"Cookie": "desk_session=any"})
        policy, page = answer["Content-Security-Policy"], answer.content.decode()
        assert not answer.cookies
        assert answer["Cache-Control"] == "no-store"
        assert ("wasm" in policy) == (address == "/held")
        assert not re.search(r"'unsafe|\*|https?:", policy)
        assert not re.search(r"<style| style=| on\w+=|(?:src|href|action)=\"(?:https?:)?//", page)
        nonce = re.search(r"'nonce-([\w-]+)'", policy)[1]  # type: ignore[index]
        assert all(f'nonce="{nonce}"' in tag for tag in re.findall("<script[^>]*>", page))


BODIES: list[tuple[str, bytes]] = [
    ("application/json", body)
    for body in (
        b"",
        b"{}",
        b"[]",
        b"null",
        b'"text"',
        b"{",
        b"\xff\xfe",
        b'{"slip_code": 7, "card_number": 7}',
        b'{"slip_code": null, "card_number": null}',
        b'{"slip_code": ["a"], "card_number": {"a": 1}}',
        b'{"slip_code": "a", "slip_code": "b"}',
        b'{"slip_code": "\\ud800", "card_number": "\\ud800"}',
        b'{"slip_code": "\\u0000", "card_number": "\\u0000"}',
        b'{"slip_code": "' + b"0" * 41 + b'", "card_number": "' + b"0" * 41 + b'"}',
        b'{"slip_code": "0", "card_number": "0", "more": 1}',
        b"[" * 3000,
    )
] + [
    ("application/x-www-form-urlencoded", body)
    for body in (
        b"",
        b"&&&==&",
        b"slip_code=%ff%00&card_number=%ff%00",
        b"slip_code=" + b"A" * 3000 + b"&card_number=" + b"A" * 3000,
        b"slip_code=0&slip_code=1&card_number=0&card_number=1",
        b"&".join(b"a%d=1" % n for n in range(600)),
        "slip_code=ſ&card_number=ı".encode(),
    )
]


@pytest.mark.parametrize("address", ["/block", "/held"])
def test_a_broken_body_is_refused_and_changes_nothing(office: Office, resident: Client, address: str) -> None:
    office.issue(order())
    before = dump()
    with capture_logs() as logged:
        for content_type, body in BODIES:
            status = resident.generic("POST", address, body, content_type).status_code
            assert status in (400, 413) or (status == 200 and address == "/block"), (content_type, body)
    assert dump() == before
    assert logged == []


def test_other_methods_are_refused_plainly(resident: Client) -> None:
    for address in PAGES:
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "POST"):
            status = resident.generic(method, address, b"x", "text/plain").status_code
            assert status == (415 if method == "POST" and address in ("/block", "/held") else 405), (method, address)
        assert resident.head(address).status_code == 200
        assert resident.options(address).status_code == 204


def test_a_large_body_and_a_file_are_refused_before_anything_reads_them(resident: Client) -> None:
    large = form(resident, "/block", {"slip_code": "0" * 5000})
    assert (large.status_code, large.json()["code"]) == (413, "body_too_large")
    assert resident.generic("POST", "/held", b"x" * 5000, "application/json").status_code == 413
    assert resident.generic("POST", "/held", b"--x--", "multipart/form-data; boundary=x").status_code == 415


@pytest.mark.parametrize(
    "query", ["lang=zz", "lang=" + "a" * 5000, "lang=%00", "sector=%ff&district=%00&spoken=x", "lang=ar&lang=nl"]
)
def test_a_strange_address_gets_a_page(resident: Client, query: str) -> None:
    for address in PAGES:
        assert resident.get(f"{address}?{query}").status_code == 200
