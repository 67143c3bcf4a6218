"""Broken bodies, tricks in paths and in headers, at every web process: refused with a code, logged without a value."""

import json
import re
import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest

from cardservice.cli.desk_client import DeskRefused
from tests.separation.role_matrix import ROLES
from tests.stack import Stack

MARK, UNKNOWN = "Kwelgeest", "Kwelveld"
"""A value and the name of a field. Both stand in no log; answers may name the field, and never quote the value."""

PROCESSES = ("desk", "gate", "office", "holder")
JSON, FORM = "application/json", "application/x-www-form-urlencoded"
ANSWERED_ALIKE = {"/block"}
"""Answers 200 to everything that could be a code, so that nobody can try codes out."""

FILE = f'--x\r\nContent-Disposition: form-data; name="a"; filename="{MARK}"\r\n\r\n{MARK}\r\n--x--\r\n'

BODIES: dict[str, tuple[str, bytes]] = {
    "nothing": (JSON, b""),
    "no JSON": (JSON, MARK.encode()),
    "half an object": (JSON, b'{"%s": ' % MARK.encode()),
    "an array": (JSON, json.dumps([MARK]).encode()),
    "a number": (JSON, b"1"),
    "null": (JSON, b"null"),
    "not a number": (JSON, b'{"%s": NaN}' % MARK.encode()),
    "an unknown field": (JSON, json.dumps({UNKNOWN: MARK}).encode()),
    "a name twice": (JSON, b'{"qr": "%s", "qr": "%s"}' % (MARK.encode(), MARK.encode())),
    "nested arrays": (JSON, b'{"qr": ' + b"[" * 1_900 + b"]" * 1_900 + b"}"),
    "nested beyond any stack": (JSON, b"[" * 200_000),
    "half a surrogate pair": (JSON, b'{"name": "\\ud800"}'),
    "not UTF-8": (JSON, b'{"name": "\xff\xfe"}'),
    "NUL": (JSON, b'{"name": "\\u0000%s"}' % MARK.encode()),
    "UTF-16": (JSON, json.dumps({"name": MARK}).encode("utf-16")),
    "a huge number": (JSON, b'{"policy_version": 1' + b"0" * 5_000 + b"}"),
    "no type": ("", json.dumps({"name": MARK}).encode()),
    "XML": ("application/xml", f"<name>{MARK}</name>".encode()),
    "a type that is none": (f"{MARK}; charset=\xff", b"{}"),
    "UTF-7": ("application/json; charset=utf-7", b"{}"),
    "a form": (FORM, f"name={MARK}&name={MARK}&%00=%ff".encode()),
    "a file": ("multipart/form-data; boundary=x", FILE.encode()),
    "parts without an end": ("multipart/form-data; boundary=x", f"--x\r\n{MARK}".encode()),
    "parts without a boundary": ("multipart/form-data", MARK.encode()),
}  # fmt: skip

FIELDS = (
    "qr", "qrs", "code", "name", "card_number", "slip_code", "issue_seed", "purpose", "second_person", "profile",
    "language", "policy_version", "staff_code", "password", "totp", "sealed", "answer", "renews", "reason",
    "grant_type",
)  # fmt: skip
"""Names that requests have; each gets every wrong type at once."""

WRONG: dict[str, Any] = {
    "numbers": -1,
    "long numbers": 2**70,
    "fractions": 0.5,
    "truths": True,
    "lists": [MARK, None, [MARK]],
    "objects": {UNKNOWN: {UNKNOWN: MARK}},
    "empty texts": "",
    "long texts": MARK * 2_000,
    "control characters": f"\x00\x1b[31m\u202e{MARK}",
}
BODIES |= {what: (JSON, json.dumps(dict.fromkeys(FIELDS, value)).encode()) for what, value in WRONG.items()}

HEADERS = {
    "ten megabytes announced": "Content-Length: 10000000",
    "chunks": "Transfer-Encoding: chunked",
    "a length below zero": "Content-Length: -1",
    "a length that is no number": f"Content-Length: {MARK}",
    "two lengths": "Content-Length: 0\r\nContent-Length: 7",
    "a long header": f"X-Long: {MARK * 8_000}",
    "another host": f"Host: {MARK}.invalid",
    "a host twice": f"Host: localhost\r\nHost: {MARK}.invalid",
    "a host that is none": "Host: \xff",
    "forwarded": f"X-Forwarded-Host: {MARK}.invalid\r\nX-Forwarded-For: {MARK}\r\nForwarded: host={MARK}",
    "forwarded from another scheme": f"X-Forwarded-Proto: {MARK}\r\nX-Forwarded-Port: {MARK}",
    "another method": "X-HTTP-Method-Override: DELETE\r\nX-Method-Override: PUT",
    "another address": f"X-Original-URL: /{MARK}\r\nX-Rewrite-URL: /{MARK}",
    "a name with an underscore": f"X_CSRFToken: {MARK}\r\nContent_Length: 9",
    "cookies": f"Cookie: desk_session={MARK}; desk_session={MARK}\x7f; csrftoken={MARK}",
    "authorisations": f"Authorization: Api-Key {MARK}\r\nAuthorization: Bearer {MARK}",
    "languages": f"Accept-Language: {MARK * 200};q=x, \xff",
    "what is accepted": f"Accept: {MARK}/\xff;q=x",
}  # fmt: skip

PATHS = (
    "//", f"//{MARK}.invalid/", "/./", "/../", "/../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/%00", f"/{MARK}%00",
    "/%ff%fe", "/%", f"/{MARK}", f"/{'a' * 20_000}", "/static/../../pyproject.toml", "/static/%2e%2e/%2e%2e/city",
    "/static/city/%00", "/static//etc/passwd", f"/?lang={MARK}%00", "/healthz/", "/healthz;x=y", "*",
    f"http://{MARK}.invalid/",
)  # fmt: skip

ADDRESSES = [
    (process, path)
    for process, method, path in (address.split(" ", 2) for address in ROLES)
    if method == "POST" and process in PROCESSES
]


def asked(stack: Stack, process: str, octets: bytes) -> tuple[int, bytes, bytes]:
    """Status, head and body of what a process answers to these bytes on a connection of their own."""
    parts = urlsplit(stack.supervisor.addresses[process])
    with socket.create_connection((parts.hostname, parts.port), timeout=60) as connection:
        answer = b""
        try:
            connection.sendall(octets)
            while part := connection.recv(65_536):
                answer += part
        except (BrokenPipeError, ConnectionResetError):
            pass  # answered and closed before all was sent
    head, _, body = answer.partition(b"\r\n\r\n")
    found = re.match(rb"HTTP/1\.1 (\d{3})", head)
    return int(found[1]) if found else 0, head.lower(), body


def request(path: str, *, method: str = "POST", headers: str = "", body: bytes = b"") -> bytes:
    """A request that asks to close the connection after its answer."""
    host = "" if re.search("(?im)^host:", headers) else "Host: localhost\r\n"
    length = (
        "" if re.search("(?im)^(content-length|transfer-encoding):", headers) else f"Content-Length: {len(body)}\r\n"
    )
    more = f"{headers}\r\n" if headers else ""
    head = f"{method} {path} HTTP/1.1\r\n{host}{length}{more}Connection: close\r\n\r\n"
    return head.encode("latin-1") + body


@pytest.fixture(scope="module")
def of_a_clerk(stack: Stack) -> str:
    """The headers of a signed-in clerk."""
    with suppress(DeskRefused):
        stack.clerk().post("/cards/ack", {"issue_seed": ""})  # signs in where the session that is kept has ended
    cookies = json.loads(stack.home.desk_session.read_text())["cookies"]
    kept = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return f"\r\nCookie: {kept}\r\nX-CSRFToken: {cookies['csrftoken']}"


def concrete(path: str) -> str:
    return path.replace("<slug:provider_id>", "00000000").replace("<int:place_id>", "1")


def fault(path: str, status: int, head: bytes, body: bytes, *, among: range = range(300, 500)) -> str | None:
    """What is wrong with a refusal: not one, one that quotes the request, or one in JSON without a code."""
    if path in ANSWERED_ALIKE and status == 200:
        return None
    if status not in among:
        return f"status {status}"
    if MARK.encode().lower() in head or MARK.encode() in body:
        return "quotes the request"
    if b"application/problem+json" in head and not json.loads(body)["code"]:
        return "no code"
    return None


@pytest.fixture(scope="module")
def watched(stack: Stack) -> Iterator[Stack]:
    """The installation; after all these requests its logs say nothing of them and each process still answers."""
    yield stack
    assert [path.name for path in stack.home.logs.iterdir() if re.search("Kwel(geest|veld)", path.read_text())] == []
    for process in PROCESSES:
        assert asked(stack, process, request("/healthz", method="GET"))[0] == 200


@pytest.mark.parametrize(("process", "path"), ADDRESSES)
def test_no_broken_body_is_taken(watched: Stack, of_a_clerk: str, process: str, path: str) -> None:
    found = {}
    # Addresses that change an account are asked by nobody: others need its session.
    who = of_a_clerk if process == "desk" and path.startswith(("/cards", "/refusals")) else ""
    for what, (content_type, body) in BODIES.items():
        headers = f"X-Mark: {MARK}{who}" + (f"\r\nContent-Type: {content_type}" if content_type else "")
        status, head, answer = asked(watched, process, request(concrete(path), headers=headers, body=body))
        found[what] = "not seen as a clerk" if who and status == 401 else fault(path, status, head, answer)
    assert {what: wrong for what, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("process", PROCESSES)
def test_tricks_in_headers_change_nothing(watched: Stack, process: str) -> None:
    path = next(concrete(path) for there, path in ADDRESSES if there == process)
    found = {}
    for what, headers in HEADERS.items():
        asking = request(path, headers=f"{headers}\r\nContent-Type: {JSON}", body=b"")
        found[what] = fault(path, *asked(watched, process, asking))
    assert {what: wrong for what, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("process", PROCESSES)
def test_tricks_in_paths_find_nothing(watched: Stack, process: str) -> None:
    found = {}
    for path in PATHS:
        among = range(200, 500) if path.startswith(("/?", "//", "/./", "/../", "http")) else range(300, 500)
        found[path[:40]] = fault(path, *asked(watched, process, request(path, method="GET")), among=among)
    assert {what: wrong for what, wrong in found.items() if wrong} == {}


def test_a_process_that_fails_on_a_body_is_seen() -> None:
    problem = b"HTTP/1.1 500 x\r\ncontent-type: application/problem+json"
    assert fault("/cards", 500, problem, b'{"code": "internal_error"}') == "status 500"
    assert fault("/cards", 0, b"", b"") == "status 0"
    assert fault("/cards", 201, b"", b"{}") == "status 201"
    assert (
        fault("/cards", 400, problem, json.dumps({"code": "x", "errors": {MARK: "?"}}).encode()) == "quotes the request"
    )
    assert fault("/cards", 400, problem, b'{"code": ""}') == "no code"
