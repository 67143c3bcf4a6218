"""Problem details, the one form in which a broken request is answered."""

import json
import logging

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client

from cardservice.web.problems import Problem, bad_request, plain_problem, server_error


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/nothing", 404, "not_found"),
        ("/broken?how=missing", 404, "not_found"),
        ("/broken?how=denied", 403, "not_allowed"),
        ("/broken?how=parse", 400, "broken_request"),
        ("/broken?how=validation", 400, "broken_request"),
        ("/broken?how=throttled", 429, "too_many_requests"),
        ("/broken?how=value", 500, "internal_error"),
        ("/broken-page", 500, "internal_error"),
    ],
)
def test_whatever_goes_wrong_is_a_problem_without_its_text(browser: Client, address: str, status: int, code: str):
    answer = browser.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["status"] == status
    assert answer.json()["code"] == code
    assert answer.json()["type"] == "about:blank"
    assert "Zq7" not in answer.content.decode()


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch"])
def test_a_method_that_is_not_served_is_a_problem(browser: Client, method: str):
    answer = getattr(browser, method)("/echo")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer.json()["code"] == "method_not_allowed"


def test_an_unknown_host_is_a_problem(browser: Client):
    answer = browser.get("/page", SERVER_NAME="evil.invalid")
    assert (answer.status_code, answer.json()["code"]) == (400, "broken_request")


def test_a_media_type_that_is_not_offered_is_a_problem(browser: Client):
    answer = browser.post("/echo", {"name": "x"}, content_type="application/json", headers={"Accept": "text/csv"})
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")


def test_a_problem_of_a_view_keeps_its_own_words(browser: Client):
    answer = browser.get("/broken?how=problem")
    assert answer.status_code == 409
    assert answer.json() == {
        "type": "about:blank",
        "title": "Used",
        "status": 409,
        "code": "seed_used",
        "errors": {"name": "is used"},
    }


def test_too_many_requests_say_how_long_to_wait(browser: Client):
    assert browser.get("/broken?how=throttled")["Retry-After"] == "7"


def test_a_failure_is_logged_without_its_text(browser: Client, caplog: pytest.LogCaptureFixture):
    formatter = logging.getLogger().handlers
    browser.get("/broken?how=value")
    ours = [handler for handler in formatter if type(handler.formatter).__name__ == "_WithoutMessages"]
    assert ours
    lines = [ours[0].format(record) for record in caplog.records]
    assert any('"error": "ValueError"' in line for line in lines)
    assert not any("Zq7" in line for line in lines)


def test_a_status_without_words_of_its_own_is_an_internal_error():
    assert plain_problem(599).body["code"] == "internal_error"


def test_a_problem_outside_of_the_rest_framework_has_the_same_form():
    answer = Problem(status=418, code="teapot", title="No", headers={"Retry-After": "1"}).as_response()
    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (418, "application/problem+json", "1")


def test_a_database_that_failed_under_the_session_is_no_fault_of_the_request() -> None:
    try:
        raise OperationalError("MARKED-VALUE")
    except OperationalError:
        failed = server_error(HttpRequest())
    unsaved = bad_request(HttpRequest(), SessionInterrupted("MARKED-VALUE"))
    for answer in (failed, unsaved):
        assert (answer.status_code, json.loads(answer.content)["code"]) == (503, "database_unavailable")
        assert b"MARKED-VALUE" not in answer.content


def test_any_other_failure_stays_what_it_was() -> None:
    try:
        raise ValueError
    except ValueError:
        assert server_error(HttpRequest()).status_code == 500
    assert bad_request(HttpRequest(), BadRequest()).status_code == 400
