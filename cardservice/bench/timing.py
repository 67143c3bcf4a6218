"""Timing of small things: medians of rounds, so that a busy machine shifts a row and its bare counterpart alike."""

import http.client
import json
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

ROUNDS = 9


@dataclass(frozen=True)
class Load:
    """Requests a second, and the median and the 99th percentile of their times in milliseconds."""

    per_second: float
    p50: float
    p99: float


def microseconds(*operations: Callable[[], object], number: int = 400) -> list[float]:
    """Median processor time of one call of each operation, measured in turn over nine rounds."""
    samples: list[list[float]] = [[] for _ in operations]
    for _ in range(ROUNDS):
        for operation, times in zip(operations, samples, strict=True):
            started = time.process_time()
            for _ in range(number):
                operation()
            times.append((time.process_time() - started) / number * 1e6)
    return [statistics.median(times) for times in samples]


def request_times(url: str, body: dict[str, Any], headers: dict[str, str], *, count: int) -> list[float]:
    """Milliseconds of `count` POSTs, one after the other over one connection; each must answer 200."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    octets = json.dumps(body).encode()
    times = []
    for _ in range(count):
        started = time.perf_counter()
        connection.request("POST", parts.path or "/", octets, {"Content-Type": "application/json"} | headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - started) * 1e3)
        if answer.status != 200:
            raise RuntimeError(f"{parts.path} answered {answer.status}")
    connection.close()
    return times


def load(url: str, body: dict[str, Any], headers: dict[str, str], *, connections: int, count: int) -> Load:
    """What `connections` clients at once see, each sending `count` POSTs over one connection."""
    started = time.perf_counter()
    with ThreadPoolExecutor(connections) as clients:
        rounds = list(clients.map(lambda _: request_times(url, body, headers, count=count), range(connections)))
    seconds = time.perf_counter() - started
    times = sorted(time for one in rounds for time in one)
    return Load(per_second=len(times) / seconds, p50=times[len(times) // 2], p99=times[int(len(times) * 0.99)])
