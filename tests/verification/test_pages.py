"""The scanner page as it leaves the server."""

import re

import pytest

from cardservice.credential.reasons import Reason, Verdict

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]


def test_the_page_has_words_for_every_verdict_and_reason(counter):
    page = counter.client.get("/scan/").content.decode()
    assert re.findall(r'data-verdict="(\w+)"', page) == [verdict.value for verdict in Verdict]
    assert re.findall(r'data-reason="(\w+)"', page) == [reason.value for reason in Reason]


def test_the_page_says_that_nobody_is_turned_away(counter):
    page = counter.client.get("/scan/").content.decode()
    assert "Do not turn the person away. Care and emergency help do not depend on the card." in page


def test_the_page_keeps_to_the_strict_policy(counter):
    response = counter.client.get("/scan/")
    page, policy = response.content.decode(), response["Content-Security-Policy"]
    (nonce,) = re.findall(r"'nonce-([^']+)'", policy)
    scripts = re.findall(r"<script[^>]*>", page)
    assert scripts
    assert all(f'nonce="{nonce}"' in script and "src=" in script for script in scripts)
    assert "unsafe" not in policy
    assert not re.search(r"<style| style=| on\w+=|https?://", page)
    assert response["Cache-Control"] == "no-store"


def test_the_page_leaves_nothing_to_autofill(counter):
    page = counter.client.get("/scan/").content.decode()
    assert all('autocomplete="off"' in tag for tag in re.findall(r"<(?:input|form)[^>]*>", page))


def test_only_get_is_answered(counter):
    assert counter.client.head("/scan/").status_code == 200
    response = counter.client.post("/scan/", {"qr": "x"})
    assert (response.status_code, response.json()["code"]) == (405, "method_not_allowed")


@pytest.mark.parametrize("path", ["/scan/", "/readyz", "/healthz", "/s/0", "/trust/key-set", "/nothing"])
def test_no_answer_sets_a_cookie_or_names_a_server(counter, path):
    for method in (counter.client.get, counter.client.head, counter.client.options, counter.client.post):
        response = method(path)
        assert not response.cookies
        # An empty Server header keeps the web server from adding its own.
        assert not any(response.headers.get(name) for name in ("Set-Cookie", "Server", "X-Powered-By", "Via"))
