"""Headers of every answer."""

import re

import pytest
from django.conf import settings
from django.test import Client

ANSWERS = ["/page", "/healthz", "/nothing", "/broken?how=value", "/broken-page", "/broken?how=denied"]


@pytest.mark.parametrize("address", ANSWERS)
def test_every_answer_carries_them(browser: Client, address: str):
    answer = browser.get(address)
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == answer["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ANSWERS)
def test_no_answer_names_the_server(browser: Client, address: str):
    assert browser.get(address)["Server"] == ""


@pytest.mark.parametrize("address", ANSWERS)
def test_nothing_sets_a_cookie_by_itself(browser: Client, address: str):
    assert not browser.get(address).cookies


def test_the_policy_lets_nothing_run_that_we_did_not_write(browser: Client):
    policy = dict(part.split(" ", 1) for part in browser.get("/page")["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["style-src"] == policy["connect-src"] == policy["form-action"] == "'self'"
    assert re.fullmatch(r"'nonce-[\w-]{22}' 'strict-dynamic'", policy["script-src"])
    for value in policy.values():
        assert not re.search(r"unsafe|\*|https?:|//", value)


def test_a_page_and_its_policy_share_a_nonce_that_changes(browser: Client):
    seen = set()
    for _ in range(3):
        answer = browser.get("/page")
        (nonce,) = re.findall(r"nonce=([\w-]+)", answer.content.decode())
        assert f"'nonce-{nonce}'" in answer["Content-Security-Policy"]
        seen.add(nonce)
    assert len(seen) == 3


def test_headers_come_first_so_that_refusals_of_others_carry_them():
    assert settings.MIDDLEWARE[0] == "cardservice.web.headers.SecurityHeaders"


def test_health_tells_nothing_but_that_it_answers(browser: Client):
    answer = browser.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


def test_no_error_page_could_show_code_or_values():
    assert settings.DEBUG is False
    assert settings.ADMINS == []
