"""The measurements, each a row: what, how much, and how many times the bare operation of the same run."""

import base64
import gzip
import json
import re
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from cardservice.bench.timing import load, microseconds, request_times
from cardservice.cli.batch import Batch
from cardservice.cli.batch_list import Row as BatchRow
from cardservice.cli.batch_resume import begin_or_resume
from cardservice.cli.card_order import order_of
from cardservice.cli.desk_client import DeskClient
from cardservice.cli.portrait import draw_portrait
from cardservice.home import Home
from cardservice.supervisor import free_ports, web_server
from issuance.orders import POLICY_VERSION
from issuance.render.readback import read_back

CARDS = 30
BATCH = 60
CHECKS = 600
CONNECTIONS = 8
UNDER_LOAD = 1_500


@dataclass(frozen=True)
class Row:
    """`value` in `unit`, which is `ratio` times what `against` took in the same run."""

    name: str
    value: float
    unit: str
    ratio: float | None = None
    against: str | None = None


def desk_rows(home: Home, address: str) -> tuple[list[Row], str]:
    """Issuing cards with a photo over HTTP, from POST to both PDFs; and the compact QR text of the last one.

    Reading the prints back is part of each POST; what it takes is measured apart, on the last card's PDFs.
    """
    desk = DeskClient(home, address)
    order = order_of(name="Amina Example", born="1990-05-17", picture=draw_portrait(1))
    times = []
    for _ in range(CARDS + 2):
        body = order | {"issue_seed": secrets.token_hex(32), "policy_version": POLICY_VERSION}
        started = time.perf_counter()
        issued = desk.post("/cards", body)
        times.append((time.perf_counter() - started) * 1e3)
    counted = sorted(times[2:])
    prints = [base64.b64decode(issued[name]) for name in ("card_pdf", "paper_pdf")]
    (reading,) = microseconds(lambda: [read_back(pdf) for pdf in prints], number=3)
    rows = [
        Row("issue a card with photo, POST to both PDFs, median", statistics.median(counted), "ms"),
        Row("issue a card with photo, POST to both PDFs, p95", counted[int(len(counted) * 0.95)], "ms"),
        Row("of which reading both PDFs back", reading / 1e3, "ms"),
    ]
    return rows, issued["faces"][0]["qr"]


def batch_rows(home: Home, address: str) -> list[Row]:
    """A list of cards without photos, from the first request to the last card, each read back; files not counted."""
    rows = [BatchRow(number, {"name": f"Example Person {number}"}) for number in range(2, BATCH + 2)]
    resume = begin_or_resume(home.path / "bench.resume", rows=BATCH)
    batch = Batch(DeskClient(home, address), rows, resume, lambda: None)
    started = time.perf_counter()
    batch.issue()
    seconds = time.perf_counter() - started
    if len(batch.made) != BATCH:
        raise RuntimeError("a row of the list was refused")
    return [Row(f"issue a list of {BATCH} cards, by the clock, each", seconds / BATCH * 1e3, "ms")]


def log_rows(home: Home) -> list[Row]:
    """A day's batch of the action log, and checking an exported log, in a process that holds the log alone."""
    done = subprocess.run(
        [sys.executable, "-m", "cardservice.bench.action_log", str(home.root_public)],
        env=home.environment("archivist"),
        capture_output=True,
        check=True,
    )
    seconds = json.loads(done.stdout)
    return [
        Row("append actions to the log, a batch of 4,000", 4_000 / seconds["append"], "/s"),
        Row(
            "check an exported log of 100,000 entries",
            seconds["check"] * 1e3,
            "ms",
            seconds["check"] / seconds["bare"],
            "hashing 200,000 nodes",
        ),
    ]


def list_rows(home: Home, *, cards: int) -> list[Row]:
    """A register of `cards` cards: publishing its first list, blocking by number, finding a status index."""
    lists = int(_of_lists(home, "fill", cards)["lists"])
    if not lists:
        return []
    published, blocked = _of_lists(home, "publish", 1), _of_lists(home, "block", 1)
    index = _of_lists(home, "allocate", lists + 1)
    return [
        Row(f"publish a list, {cards:,} cards in the register", published["seconds"] * 1e3, "ms"),
        Row("memory of the process that did", published["peak"] / 1e6, "MB"),
        Row("block one of these cards by its number, median", blocked["seconds"] * 1e3, "ms"),
        Row("find a status index in an empty list", index["empty"] * 1e6, "us"),
        Row(
            "... and in one that is 99 % full",
            index["full"] * 1e6,
            "us",
            index["full"] / index["empty"],
            "an empty list",
        ),
    ]


def _of_lists(home: Home, word: str, number: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "cardservice.bench.status_lists", word, str(number)],
        env=home.environment("registrar"),
        capture_output=True,
        check=True,
    )
    answer: dict[str, float] = json.loads(done.stdout)
    return answer


def gate_rows(address: str, *, api_key: str, qr: str) -> list[Row]:
    """One check over HTTP against a bare REST framework view on the same server."""
    body, headers = {"qr": qr}, {"Authorization": f"Api-Key {api_key}"}
    with _bare_view() as bare:
        request_times(bare, body, {}, count=50)
        request_times(f"{address}/api/v1/verifications", body, headers, count=50)
        rounds = [
            (
                request_times(f"{address}/api/v1/verifications", body, headers, count=CHECKS // 4),
                request_times(bare, body, {}, count=CHECKS // 4),
            )
            for _ in range(4)
        ]
        loads = [
            (
                load(f"{address}/api/v1/verifications", body, headers, connections=CONNECTIONS, count=UNDER_LOAD),
                load(bare, body, {}, connections=CONNECTIONS, count=UNDER_LOAD),
            )
            for _ in range(5)
        ]
    ours = statistics.median(time for mine, _ in rounds for time in mine)
    theirs = statistics.median(time for _, other in rounds for time in other)
    gate, view = sorted(loads, key=lambda pair: pair[0].per_second / pair[1].per_second)[len(loads) // 2]
    return [
        Row("check one card at the gate over HTTP", ours, "ms", ours / theirs, "a bare REST framework view"),
        Row(
            f"checks a second at the gate, {CONNECTIONS} connections",
            gate.per_second,
            "/s",
            gate.per_second / view.per_second,
            "a bare REST framework view",
        ),
        Row("of these checks, the 99th percentile", gate.p99, "ms", gate.p99 / gate.p50, "their own median"),
    ]


def scanner_row(address: str) -> Row:
    """What a phone fetches to become a scanner: all its files, and its page in each language, packed one by one."""
    worker = httpx.get(f"{address}/scan/worker.js").text
    kept = sorted(set(re.findall(r'"(/(?:static|scan)/[^"]+)"', worker)))
    packed = [gzip.compress(httpx.get(f"{address}{path}").raise_for_status().content) for path in kept]
    return Row("the scanner, all files and languages, compressed", sum(map(len, packed)) / 1e3, "kB")


@contextmanager
def _bare_view() -> Iterator[str]:
    port = free_ports()["gate"]
    # The interface that serves the bare view fastest: the gate's own would hand it to a thread for each request.
    command = web_server("cardservice.bench.bare:application", port, interface="wsgi")
    # In a session of its own, as the gate is: the kernel shares the processors out by session.
    process = subprocess.Popen([*command, "--blocking-threads", "4"], stderr=subprocess.DEVNULL, start_new_session=True)
    address = f"http://127.0.0.1:{port}/"
    try:
        deadline = time.monotonic() + 20
        while not _answers(address):
            if time.monotonic() > deadline:
                raise RuntimeError("the bare view did not start")
            time.sleep(0.05)
        yield address
    finally:
        process.terminate()
        process.wait()


def _answers(address: str) -> bool:
    try:
        return httpx.post(address, json={}, timeout=1.0).status_code == 200
    except httpx.HTTPError:
        return False
