"""The gate's door: the same answer as the view gives to a good request, and no answer to any other."""

import json
from typing import Any

import pytest

from cardservice.web.front import Whole
from tests.verification import build
from tests.verification.conftest import Counter
from verification import express, gateview
from verification.agreements import suspend_agreement

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]


def whole(counter: Counter, qr: Any, *, body: bytes | None = None, **changed: Any) -> Whole:
    headers = {
        "host": "localhost",
        "content-type": "application/json; charset=utf-8",
        "authorization": f"Api-Key {counter.api_key}",
    }
    request = {
        "method": "POST",
        "path": "/api/v1/verifications",
        "query": "",
        "headers": headers | changed.pop("headers", {}),
        "body": json.dumps({"qr": qr}).encode() if body is None else body,
    }
    return Whole(**(request | changed))


CARDS = {
    "valid": lambda: build.card(),
    "of another script": lambda: build.card(name="\u0622\u0645\u0646\u0629"),
    "without photo": lambda: build.card(photo=None),
    "of another sector": lambda: build.card(sector="health"),
    "forged": lambda: build.card(signer="root"),
    "no card": lambda: "x",
    "empty": lambda: "",
}


@pytest.mark.parametrize("kind", CARDS)
def test_the_door_and_the_view_give_the_same_answer(counter, kind, django_assert_num_queries):
    qr = CARDS[kind]()
    viewed = counter.check(qr)
    with django_assert_num_queries(0, using="verification"):
        answered = express.check(whole(counter, qr))
    assert answered is not None
    assert (answered.status, answered.body) == (viewed.status_code, viewed.content) and viewed.status_code == 200
    told = dict(answered.headers)
    assert told["Content-Type"] == viewed["Content-Type"]
    assert told["Cache-Control"] == viewed["Cache-Control"] == "no-store"
    assert told["Server"] == ""


UNUSUAL = {
    "another method": {"method": "GET"},
    "another path": {"path": "/api/v1/verifications/"},
    "a query": {"query": "lang=nl"},
    "another host": {"headers": {"host": "evil.invalid"}},
    "two hosts": {"headers": {"host": "localhost,localhost"}},
    "no host": {"headers": {"host": ""}},
    "another type": {"headers": {"content-type": "text/plain"}},
    "no key": {"headers": {"authorization": ""}},
    "a wrong key": {"headers": {"authorization": "Api-Key cs_AAAAAAAA_" + "A" * 43}},
    "a wrong token": {"headers": {"authorization": "Bearer AAAA"}},
    "no JSON": {"body": b"{"},
    "a name twice": {"body": b'{"qr": "x", "qr": "x"}'},
    "another field": {"body": b'{"qr": "x", "name": "x"}'},
    "a number": {"body": b'{"qr": 1}'},
    "half a character": {"body": b'{"qr": "\\ud800"}'},
    "a long text": {"body": json.dumps({"qr": "A" * 5_000}).encode()},
}


@pytest.mark.parametrize("kind", UNUSUAL)
def test_what_is_unusual_is_left_to_the_view_and_not_counted(counter, kind, monkeypatch):
    monkeypatch.setattr(gateview, "_pace", gateview.Pace())
    assert express.check(whole(counter, "x", **UNUSUAL[kind])) is None
    assert not gateview._pace._counts


def test_checks_at_the_door_count_towards_the_minute(counter, settings, monkeypatch):
    monkeypatch.setattr(gateview, "_pace", gateview.Pace())
    monkeypatch.setattr(gateview.time, "monotonic", lambda: 30.0)
    settings.CHECKS_PER_MINUTE = 2
    assert [express.check(whole(counter, "x")) is None for _ in range(3)] == [False, False, True]
    assert counter.check("x").status_code == 429


def test_an_agreement_that_is_suspended_is_left_to_the_view(counter):
    suspend_agreement(provider_id=counter.api_key.split("_")[1])
    counter.refresh()
    assert express.check(whole(counter, "x")) is None
