"""Measures the residents' pages over HTTP: the slowest page, a look at a card, a block with its even step."""

import statistics
import time

import httpx

from cardservice.bench.rows import Row

PAGES = ("/", "/block", "/held", "/leaflet", "/services")
ROUNDS = 40
"""Of each page; fewer than the looks that a minute has."""


def holder_rows(address: str, *, card_number: str) -> list[Row]:
    """Medians by the clock, one request after the other over one connection."""
    number, unknown = {"card_number": card_number}, {"slip_code": "0000-0000-0000-0000-0"}
    with httpx.Client(base_url=address, timeout=30.0) as client:
        pages = {path: _median(client, "GET", path, rounds=ROUNDS) for path in PAGES}
        look = _median(client, "POST", "/held", number, rounds=ROUNDS)
        block = _median(client, "POST", "/block", unknown, rounds=5)
    return [
        Row("a page of residents, the slowest of five, median", max(pages.values()), "ms"),
        Row("ask what is held about a card, median", look, "ms"),
        Row("answer a slip's code, right or wrong, median", block, "ms"),
    ]


def _median(client: httpx.Client, method: str, path: str, body: dict[str, str] | None = None, *, rounds: int) -> float:
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        client.request(method, path, json=body).raise_for_status()
        times.append((time.perf_counter() - started) * 1e3)
    return statistics.median(times)
