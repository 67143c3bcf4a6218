"""Timing of small things: medians of rounds, so that a busy machine shifts a row and its bare counterpart alike."""

import http.client
import json
import selectors
import socket
import statistics
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, cast
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
    """What `connections` clients at once see, sending `count` POSTs in all; each must answer 200.

    One thread drives all connections and reads no more of an answer than its end: a client that works hard takes the
    processor from the server, and the slower server seems the better for it.
    """
    parts = urlsplit(url)
    octets = json.dumps(body).encode()
    lines = {"Host": parts.netloc, "Content-Type": "application/json", "Content-Length": str(len(octets))} | headers
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    request = f"POST {parts.path or '/'} HTTP/1.1\r\n{head}\r\n".encode() + octets
    times: list[float] = []
    with ExitStack() as stack, selectors.DefaultSelector() as selector:
        begun = time.perf_counter()
        for _ in range(connections):
            connection = stack.enter_context(socket.create_connection((parts.hostname, parts.port), timeout=30))
            selector.register(connection, selectors.EVENT_READ, _Exchange(time.perf_counter()))
            connection.sendall(request)
        while len(times) < count:
            for key, _ in selector.select(30):
                exchange, connection = key.data, cast(socket.socket, key.fileobj)
                if exchange.whole_with(connection.recv(65_536)):
                    now = time.perf_counter()
                    times.append((now - exchange.started) * 1e3)
                    selector.modify(connection, selectors.EVENT_READ, _Exchange(now))
                    connection.sendall(request)
        seconds = time.perf_counter() - begun
    times.sort()
    return Load(per_second=len(times) / seconds, p50=times[len(times) // 2], p99=times[int(len(times) * 0.99)])


@dataclass
class _Exchange:
    """One answer on its way: when it was asked for, seconds, and what has come of it."""

    started: float
    octets: bytes = b""

    def whole_with(self, more: bytes) -> bool:
        """Whether the answer has ended. Raises RuntimeError for another status than 200."""
        self.octets += more
        if not more or not self.octets.startswith(b"HTTP/1.1 200 "):
            raise RuntimeError(f"answered {self.octets[:16]!r}")
        head, found, rest = self.octets.partition(b"\r\n\r\n")
        _, announced, length = head.lower().partition(b"\r\ncontent-length:")
        if announced:
            return bool(found) and len(rest) >= int(length.split(b"\r\n", 1)[0])
        return bool(found) and rest.endswith(b"0\r\n\r\n")
