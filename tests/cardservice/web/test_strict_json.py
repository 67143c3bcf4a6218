"""Reading JSON bodies strictly."""

import json

import pytest
from django.test import Client

from cardservice.web.strict_json import MAX_BODY, MOST_NAMED


def post(browser: Client, body: str | bytes, content_type: str = "application/json"):
    return browser.post("/echo", body, content_type=content_type)


def test_a_plain_object_is_read(browser: Client):
    answer = post(browser, '{"name": "Ana \\u00e9", "count": 3, "sure": false}')
    assert answer.status_code == 200
    assert answer.json() == {"name": "Ana é", "count": 3, "sure": False, "born": None, "inner": None}


@pytest.mark.parametrize(
    "body",
    [
        "",
        " ",
        "{",
        "name",
        "[]",
        '"name"',
        "null",
        "1",
        '{"name": "x"} {"name": "y"}',
        '{"name": "x",}',
        "{'name': 'x'}",
        '{"name": "x" /* note */}',
        '{"name": "x", "name": "y"}',
        '{"name": "x", "inner": {"a": 1, "a": 2}}',
        '{"name": NaN}',
        '{"name": "x", "inner": {"a": Infinity}}',
        '{"name": -Infinity}',
        '{"name": "\\ud83d"}',
        '{"\\ud83d": 1}',
        '{"name": "x", "inner": {"a": ["\\udc00"]}}',
        '{"name": "a\nb"}',
        '{"count": ' + "9" * 5000 + "}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "\ufeff" + '{"name": "x"}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_a_body_that_is_no_strict_object_is_refused(browser: Client, body: str):
    answer = post(browser, body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] in ("broken_request", "invalid_fields")


@pytest.mark.parametrize("body", [b'{"name": "\xff"}', '{"name": "x"}'.encode("utf-16"), b"\x80", b"\x00" * 100])
def test_a_body_that_is_not_utf8_is_refused(browser: Client, body: bytes):
    assert post(browser, body).json()["code"] == "broken_request"


def test_a_pair_of_surrogates_is_one_character(browser: Client):
    assert post(browser, '{"name": "\\ud83d\\ude00"}').json()["name"] == "\U0001f600"


@pytest.mark.parametrize(
    ("body", "errors"),
    [
        ({}, {"name": "is missing"}),
        ({"name": None}, {"name": "is missing"}),
        ({"name": "x", "born": None}, {"born": "is missing"}),
        ({"name": 1}, {"name": "must be a JSON string"}),
        ({"name": ["x"]}, {"name": "must be a JSON string"}),
        ({"name": "x", "count": "1"}, {"count": "must be a JSON integer"}),
        ({"name": "x", "count": 1.0}, {"count": "must be a JSON integer"}),
        ({"name": "x", "count": True}, {"count": "must be a JSON integer"}),
        ({"name": "x", "sure": 1}, {"sure": "must be a JSON boolean"}),
        ({"name": "x", "inner": []}, {"inner": "must be a JSON object"}),
        ({"name": "x" * 21}, {"name": "is longer than 20"}),
        ({"name": "x", "Name": "y"}, {"Name": "is not a field of this request"}),
    ],
    ids=str,
)
def test_fields_that_are_not_right_are_named(browser: Client, body: dict, errors: dict[str, str]):
    answer = post(browser, json.dumps(body))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")
    assert answer.json()["errors"] == errors


def test_no_value_comes_back_in_an_error(browser: Client):
    answer = post(browser, json.dumps({"name": "Zq7" * 20, "count": "Zq7", "born": 7, "inner": "Zq7"}))
    assert set(answer.json()["errors"]) == {"name", "count", "born", "inner"}
    assert "Zq7" not in answer.content.decode()


def test_a_body_of_unknown_fields_gets_a_short_answer(browser: Client):
    body = json.dumps({f"{number:06}": 0 for number in range(1_500)})
    answer = post(browser, body)
    assert answer.status_code == 400
    assert len(answer.json()["errors"]) == MOST_NAMED + 1  # and the one that is missing
    assert len(answer.content) < 3000


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/xml",
        "application/octet-stream",
        "application/json5",
    ],
)
def test_another_media_type_is_refused(browser: Client, content_type: str):
    answer = post(browser, '{"name": "x"}', content_type)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")


def test_the_largest_body_is_read_and_one_byte_more_is_not(browser: Client):
    empty = len('{"name": ""}')
    largest = '{"name": "' + "x" * (MAX_BODY - empty) + '"}'
    assert post(browser, largest).json()["errors"] == {"name": "is longer than 20"}
    assert post(browser, largest + " ").status_code == 413


def test_a_body_of_too_many_parts_is_refused_unread(browser: Client):
    answer = post(browser, '{"name": "x", "inner": {"a": [' + ",".join(["{}"] * 600_000) + "]}}")
    assert (answer.status_code, answer.json()["code"]) == (400, "broken_request")


def test_a_photo_of_a_megabyte_is_one_part(browser: Client):
    assert post(browser, json.dumps({"name": "Ana", "inner": {"photo": "Zm9v" * 250_000}})).status_code == 200
