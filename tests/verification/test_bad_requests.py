"""Bad requests at the real gate: refused with a code, logged without a value, and the gate goes on answering."""

import http.client
import json
import re
import socket
import threading
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import httpx
import pytest

from cardservice.web.front import BODY_SECONDS
from tests.stack import Stack

MARK = "Kwelgeest"


@pytest.fixture(scope="module")
def gate(stack: Stack):
    """Host and port of the gate, an API key, and how to read what its log has said since."""
    api_key = stack.agree("name")
    log = stack.home.logs / "gate.log"
    return stack, api_key, log


def raw(stack: Stack, octets: bytes, *, timeout: float = 20.0) -> bytes:
    """What the gate answers to these bytes: head and whole body, or what came before it closed."""
    parts = urlsplit(stack.gate)
    with socket.create_connection((parts.hostname, parts.port), timeout=timeout) as connection:
        connection.sendall(octets)
        return until_complete(connection)


def until_complete(connection: socket.socket) -> bytes:
    """The first answer on a connection, which may arrive in any pieces."""
    answer = b""
    while not is_complete(answer) and (part := connection.recv(65_536)):
        answer += part
    return answer


def is_complete(answer: bytes) -> bool:
    head, end_of_head, body = answer.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head.lower():
        return body.endswith(b"0\r\n\r\n")
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    return bool(end_of_head and length and len(body) >= int(length[1]))


@pytest.mark.parametrize(
    "pieces",
    [
        (b"HTTP/1.1 413 No\r\nTransfer-Encoding: chunked\r\n", b"\r\n", b"4\r\nbody", b"\r\n0\r\n\r\n"),
        (b"HTTP/1.1 413 No\r\nContent-Length: 4\r\n\r\n", b"bo", b"dy"),
    ],
)
def test_an_answer_is_read_to_its_end_however_it_arrives(pieces):
    here, there = socket.socketpair()
    with here, there:
        there.settimeout(20)

        def write() -> None:
            for piece in pieces:
                here.sendall(piece)
                time.sleep(0.05)

        thread = threading.Thread(target=write)
        thread.start()
        assert until_complete(there) == b"".join(pieces)
        thread.join()


def still_answers(stack: Stack) -> bool:
    return httpx.get(f"{stack.gate}/healthz").json() == {"ok": True}


def test_ten_megabytes_are_refused_by_their_announced_length_unread(gate):
    stack, api_key, _ = gate
    head = (
        "POST /api/v1/verifications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Api-Key {api_key}\r\nContent-Length: 10000000\r\n\r\n"
    )
    answer = raw(stack, head.encode())
    assert answer.startswith(b"HTTP/1.1 413")
    assert b"body_too_large" in answer
    assert still_answers(stack)


def test_ten_megabytes_in_chunks_are_refused(gate):
    stack, api_key, _ = gate
    parts = urlsplit(stack.gate)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    headers = {
        "Authorization": f"Api-Key {api_key}",
        "Content-Type": "application/json",
        "Transfer-Encoding": "chunked",
    }
    chunks = (b"A" * 100_000 for _ in range(100))
    try:
        connection.request("POST", "/api/v1/verifications", body=chunks, headers=headers, encode_chunked=True)
        assert connection.getresponse().status in (411, 413)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused before the last chunk
    assert still_answers(stack)


def test_twenty_slow_bodies_hold_up_neither_a_check_nor_the_desk(gate):
    stack, api_key, _ = gate
    with ExitStack() as opened:
        for address, path in ((stack.gate, "/api/v1/verifications/batch"), (stack.desk, "/cards")):
            parts = urlsplit(address)
            head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            for _ in range(20):
                connection = socket.create_connection((parts.hostname, parts.port), timeout=30)
                opened.enter_context(connection).sendall(head.encode() + b'Content-Length: 30\r\n\r\n{"qrs": ')
        headers = {"Authorization": f"Api-Key {api_key}"}
        # Shorter than the server waits for a body: an answer within it cannot have waited for one.
        with httpx.Client(headers=headers, timeout=BODY_SECONDS * 0.75) as client:
            assert client.post(f"{stack.gate}/api/v1/verifications", json={"qr": "x"}).json()["reason"] == "malformed"
            assert client.post(f"{stack.gate}/api/v1/verifications/batch", json={"qrs": ["x"]}).status_code == 200
            assert client.get(f"{stack.gate}/scan/").status_code == 200
            assert client.get(f"{stack.desk}/healthz").status_code == 200


def test_the_key_of_an_ended_agreement_is_unknown(gate):
    stack, _, _ = gate
    api_key = stack.agree("name")
    assert json.loads(stack.word("agreement", "end", api_key.split("_")[1], "--json").stdout)["state"] == "ended"
    headers = {"Authorization": f"Api-Key {api_key}"}
    for _ in range(200):
        answer = httpx.post(f"{stack.gate}/api/v1/verifications", json={"qr": "x"}, headers=headers)
        if answer.status_code == 401:
            break
    assert (answer.status_code, answer.json()["code"]) == (401, "not_authenticated")


@pytest.mark.parametrize(
    "path",
    [
        "/s/../api/v1/agreement", "/s/%2e%2e/agreements", "/s/0%00", "/s/00", "/s/-1", "/s/99999", "/s/0/", "//s/0",
        "/static/../../pyproject.toml", "/static/%2e%2e/%2e%2e/pyproject.toml", "/api/v1/verifications/", "/%ff%fe",
        f"/scan/?name={MARK}", f"/{MARK}", "/api/v1/agreement;x=y",
    ],
)  # fmt: skip
def test_tricks_in_paths_find_nothing(gate, path):
    stack, api_key, _ = gate
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {api_key}\r\nConnection: close\r\n\r\n"
    status = int(raw(stack, request.encode("latin-1"))[9:12])
    assert status == 200 if path.startswith("/scan/") else status in (301, 400, 404, 405)


@pytest.mark.parametrize(
    "header",
    [
        "Authorization: Api-Key " + "A" * 6000, f"Authorization: {MARK}", "Authorization: \xff\xfe",
        "X-Forwarded-Host: evil.invalid", "X-HTTP-Method-Override: DELETE", "Content-Length: -1", "Content-Length: x",
        "Content-Type: application/json; charset=utf-7", "Host: evil.invalid", "Accept: \xff",
    ],
)  # fmt: skip
def test_tricks_in_headers_are_refused_with_a_code(gate, header):
    stack, _, _ = gate
    host = "" if header.startswith("Host:") else "Host: localhost\r\n"
    request = f"POST /api/v1/verifications HTTP/1.1\r\n{host}{header}\r\nConnection: close\r\n\r\n"
    answer = raw(stack, request.encode("latin-1"))
    assert int(answer[9:12]) in (400, 401, 411, 413, 415, 431)
    assert still_answers(stack)


def test_the_log_quotes_nothing_of_all_this(gate):
    stack, api_key, log = gate
    httpx.post(f"{stack.gate}/{MARK}", json={MARK: MARK}, headers={"Authorization": MARK, "X-Mark": MARK})
    assert MARK not in log.read_text()
    assert api_key not in log.read_text()
    for line in log.read_text().splitlines():
        assert json.loads(line)["process"] == "gate"
