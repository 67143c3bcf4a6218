"""The desk of a running installation: many at once, broken requests, and logs that say nothing."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest

from cardservice.processes import ALIASES
from tests.issuance.desk_browser import order_body
from tests.stack import Stack

# What a reload may change: sessions are saved with every request, and the publisher has its own tick.
OF_OTHERS = {"django_session", "issuance_statuslist", "sqlite_sequence"}


def _dump(stack: Stack) -> dict[str, list[Any]]:
    """Every row of every table of every database."""
    rows: dict[str, list[Any]] = {}
    for alias in ALIASES:
        for name in set(stack.tables(alias)) - OF_OTHERS:
            rows[f"{alias}.{name}"] = sorted(stack.rows(alias, f'SELECT * FROM "{name}"'), key=repr)
    return rows


def _changed(stack: Stack, before: dict[str, list[Any]]) -> dict[str, int]:
    """How many rows more each changed table has; 0 when rows only changed their content."""
    after = _dump(stack)
    return {name: len(rows) - len(before[name]) for name, rows in after.items() if rows != before[name]}


def _logs(stack: Stack) -> bytes:
    return b"".join(path.read_bytes() for path in Path(stack.home.logs).iterdir())


@pytest.fixture(scope="module")
def http(stack: Stack) -> Iterator[httpx.Client]:
    """A signed-in clerk's connection, as the desk page has it."""
    clerk = stack.clerk()
    clerk._sign_in()
    with httpx.Client(base_url=stack.desk, timeout=60.0, cookies=clerk._http.cookies) as client:
        client.headers["X-CSRFToken"] = client.cookies["csrftoken"]
        yield client


def test_fifty_posts_of_one_order_at_once_make_one_card(stack: Stack, http: httpx.Client) -> None:
    body, before, entries = order_body(name="Fatuma Vorbild"), _dump(stack), _entries(stack)

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: http.post("/cards", json=body), range(50)))

    assert sorted(answer.status_code for answer in answers) == [200] * 49 + [201]
    assert len({answer.content for answer in answers}) == 1
    changed = _changed(stack, before)
    assert changed["issuance.issuance_card"] == changed["issuance.issuance_credential"] == 1
    assert _count(stack, "SELECT sum(issued) FROM issuance_signingkey") == _count(
        stack, "SELECT count(*) FROM issuance_card WHERE signed"
    )
    # Requests at once may each stage the entry, under the one id by which the daily batch knows it for the same.
    assert len(_entries(stack) - entries) == 1
    assert not {name for name in changed if name.startswith(("staff", "verification"))}


def _count(stack: Stack, query: str) -> int:
    return int(stack.rows("issuance", query)[0][0])


def _entries(stack: Stack) -> set[Any]:
    return {entry for (entry,) in stack.rows("privacy", "SELECT entry_id FROM privacy_stagedentry")}


def test_many_orders_at_once_make_as_many_cards(stack: Stack, http: httpx.Client) -> None:
    before, entries = _dump(stack), _entries(stack)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: http.post("/cards", json=order_body(photo_print=None)), range(12)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["card_number"] for answer in answers}) == 12
    assert _changed(stack, before)["issuance.issuance_card"] == len(_entries(stack) - entries) == 12


BROKEN: dict[str, tuple[str, bytes, dict[str, str]]] = {
    "no JSON": ("/cards", b"MARKED-VALUE", {}),
    "no object": ("/cards", b'["MARKED-VALUE"]', {}),
    "half a surrogate pair": ("/cards", b'{"name": "MARKED-VALUE \\ud800"}', {}),
    "no UTF-8": ("/cards", b'{"name": "MARKED-VALUE \xff"}', {}),
    "unknown fields": ("/cards", json.dumps(order_body() | {"passport": "MARKED-VALUE"}).encode(), {}),
    "a wrong type": ("/cards", json.dumps(order_body(name={"MARKED-VALUE": 1})).encode(), {}),
    "a refused name": ("/cards", json.dumps(order_body(name="MARKED-VALUE \u202e")).encode(), {}),
    "a refused photo": ("/cards", json.dumps(order_body(photo_print="TUFSS0VELVZBTFVF")).encode(), {}),
    "another policy": ("/cards", json.dumps(order_body(name="MARKED-VALUE", policy_version=7)).encode(), {}),
    "too much": ("/cards", b'{"name": "' + b"MARKED-VALUE" * 200_000 + b'"}', {}),
    "a file": (
        "/cards",
        b'--x\r\nContent-Disposition: form-data; name="p"; filename="MARKED-VALUE"\r\n\r\nMARKED-VALUE\r\n--x--\r\n',
        {"Content-Type": "multipart/form-data; boundary=x"},
    ),
    "a form": ("/cards", b"name=MARKED-VALUE", {"Content-Type": "application/x-www-form-urlencoded"}),
    "a forged token": ("/cards", json.dumps(order_body(name="MARKED-VALUE")).encode(), {"X-CSRFToken": "MARKED-VALUE"}),
    "no session": (
        "/cards",
        json.dumps(order_body(name="MARKED-VALUE")).encode(),
        {"Cookie": "desk_session=MARKED-VALUE"},
    ),
    "no such address": ("/cards/MARKED-VALUE?name=MARKED-VALUE", b"{}", {}),
    "a seed unknown": ("/cards/ack", json.dumps({"issue_seed": "MARKED-VALUE"}).encode(), {}),
    "a qr unknown": ("/cards/suspend", b'{"qr": "MARKED-VALUE", "purpose": "lost"}', {}),
    "a slip mistyped": ("/cards/revoke", b'{"slip_code": "MARKED-VALUE", "purpose": "lost"}', {}),
    "a purpose unknown": ("/cards/revoke", b'{"slip_code": "x", "purpose": "MARKED-VALUE"}', {}),
    "a deep body": ("/cards", b'{"name": ' + b"[" * 50_000 + b"]" * 50_000 + b"}", {}),
}


def _post_broken(http: httpx.Client, case: str) -> httpx.Response:
    """Over a connection of its own: the desk hangs up on some, and forgets the session of others."""
    path, raw, headers = BROKEN[case]
    cookies = "; ".join(f"{name}={value}" for name, value in http.cookies.items())
    own = {"Content-Type": "application/json", "Cookie": cookies, "X-CSRFToken": http.headers["X-CSRFToken"]}
    return httpx.post(http.base_url.join(path), content=raw, headers=own | headers)


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_request_is_a_problem_that_changes_nothing(stack: Stack, http: httpx.Client, case: str) -> None:
    before = _dump(stack)

    response = _post_broken(http, case)

    assert 400 <= response.status_code < 500
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == response.status_code
    assert b"MARKED-VALUE" not in response.content
    assert _changed(stack, before) == {}


def test_a_body_of_unknown_length_is_refused(stack: Stack, http: httpx.Client) -> None:
    before = _dump(stack)

    response = http.post(
        "/cards", content=iter([b'{"name": ', b'"MARKED-VALUE"}']), headers={"Content-Type": "application/json"}
    )

    assert 400 <= response.status_code < 500
    assert _changed(stack, before) == {}


def test_a_replayed_change_changes_nothing_more(stack: Stack, http: httpx.Client) -> None:
    issued = http.post("/cards", json=order_body()).json()
    body = {"card_number": issued["card_number"], "purpose": "lost"}
    assert http.post("/cards/suspend", json=body).json()["state"] == "suspended"
    before = _dump(stack)

    assert http.post("/cards/suspend", json=body).json()["state"] == "suspended"
    assert _changed(stack, before) == {}


def test_what_broken_requests_said_stands_in_no_log(stack: Stack, http: httpx.Client) -> None:
    for case in BROKEN:
        _post_broken(http, case)
    issued = http.post("/cards", json=order_body(name="Gülşen Beispielhaft")).json()

    written = _logs(stack)
    for value in (
        "MARKED",
        "Gülşen",
        "Beispielhaft",
        issued["slip_code"],
        issued["card_number"],
        issued["faces"][0]["qr"][:40],
    ):
        assert value.encode() not in written
    # The control: the logs are being written, just without values.
    assert b"django.request" in written
    for line in (Path(stack.home.logs) / "desk.log").read_text().splitlines():
        assert json.loads(line).keys() <= {
            "event",
            "level",
            "process",
            "status",
            "error",
            "where",
            "code",
            "pid",
            "seconds",
        }
