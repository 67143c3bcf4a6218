"""Timing of small things: medians of rounds, so that a busy machine shifts a row and its bare counterpart alike."""

import http.client
import json
import statistics
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

ROUNDS = 9


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
