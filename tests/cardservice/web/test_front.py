"""The front of the web processes: requests whole before they are worked on, and nothing lost on the way through."""

import asyncio
import json
from types import SimpleNamespace
from typing import Any

import pytest

from cardservice.web import front
from cardservice.web.front import Answer, Front, Whole


class Sender:
    """The server's side of one request: sends `parts`, then stays silent when `stalls`; keeps the answer."""

    def __init__(self, parts: list[bytes], *, stalls: bool = False) -> None:
        self._parts = parts
        self._stalls = stalls
        self.answers: list[tuple[int, list[tuple[str, str]], bytes]] = []

    async def __aiter__(self):
        for part in self._parts:
            yield part
        if self._stalls:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.answers.append((status, headers, body))


def scope(headers: list[tuple[str, str]], **changed: Any) -> SimpleNamespace:
    usual = {
        "method": "POST",
        "path": "/caf\u00e9",
        "query_string": "a=%20",
        "http_version": "1.1",
        "scheme": "http",
        "server": "127.0.0.1:80",
        "client": "127.0.0.1:5",
    }
    return SimpleNamespace(**(usual | changed), headers=SimpleNamespace(items=lambda: headers))


def telling(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A WSGI application that answers with what it was given."""
    start_response("201 Created", [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    told = {name: value for name, value in environ.items() if isinstance(value, str)}
    return [json.dumps(told | {"body": environ["wsgi.input"].read().decode()}).encode()]


def ask(application: Front, sender: Sender, asked: SimpleNamespace) -> tuple[int, list[tuple[str, str]], bytes]:
    asyncio.run(application.__rsgi__(asked, sender))
    (answer,) = sender.answers
    return answer


def test_the_application_sees_the_request_as_it_was_sent():
    headers = [("host", "city.test"), ("content-length", "4"), ("x-a", "1"), ("x-a", "2"), ("content-type", "text/a")]
    status, sent, body = ask(Front(telling), Sender([b"bo", b"dy"]), scope(headers))
    told = json.loads(body)
    assert (status, sent) == (201, [("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")])
    assert told["body"] == "body"
    assert told["PATH_INFO"] == "/caf\u00c3\u00a9"
    assert (told["QUERY_STRING"], told["CONTENT_LENGTH"], told["CONTENT_TYPE"]) == ("a=%20", "4", "text/a")
    assert (told["HTTP_HOST"], told["HTTP_X_A"]) == ("city.test", "1,2")


def test_a_header_that_would_pass_for_another_is_dropped_and_a_missing_host_is_not_guessed():
    told = json.loads(ask(Front(telling), Sender([]), scope([("x_a", "1"), ("content_length", "9")]))[2])
    assert "HTTP_X_A" not in told
    assert "CONTENT_LENGTH" not in told
    assert told["HTTP_HOST"] == ""


def test_a_body_that_does_not_arrive_is_given_up_before_the_application_hears_of_it(monkeypatch):
    monkeypatch.setattr(front, "BODY_SECONDS", 0.05)
    heard: list[str] = []

    def hearing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        heard.append(environ["PATH_INFO"])
        return telling(environ, start_response)

    status, sent, body = ask(Front(hearing), Sender([b"ab"], stalls=True), scope([("content-length", "4")]))
    assert (status, json.loads(body)["code"], heard) == (408, "request_timeout", [])
    assert ("Connection", "close") in sent


@pytest.mark.parametrize(
    "headers",
    [
        [("content-length", "2000001")],
        [("content-length", "-1")],
        [("content-length", "4"), ("transfer-encoding", "chunked")],
    ],
)
def test_a_body_that_will_be_refused_is_not_waited_for(headers):
    status, _, body = ask(Front(telling), Sender([b"ab"], stalls=True), scope(headers))
    assert (status, json.loads(body)["body"]) == (201, "")


def test_a_failure_is_answered_and_logged_without_its_words(capsys):
    def failing(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        raise ValueError("Zq7 secret")

    status, _, body = ask(Front(failing), Sender([]), scope([]))
    assert (status, json.loads(body)["code"]) == (500, "internal_error")
    assert "Zq7" not in capsys.readouterr().err + body.decode()


def test_the_door_goes_first_and_leaves_what_it_does_not_know():
    def door(whole: Whole) -> Answer | None:
        return Answer(200, [], whole.body) if whole.path == "/here" else None

    asked = [("content-length", "2")]
    assert ask(Front(telling, door=door), Sender([b"ab"]), scope(asked, path="/here")) == (200, [], b"ab")
    assert ask(Front(telling, door=door), Sender([b"ab"]), scope(asked, path="/there"))[0] == 201
