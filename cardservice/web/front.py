"""The front of every web process: gathers each request whole before anything works on it.

The server (granian) hands requests over as RSGI; what answers them is a WSGI application in a few threads, and before
it, in the gate, a door that answers at once. No thread waits for a byte of the network: slow senders hold up nobody.
"""

import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import structlog

from cardservice.web.problems import Problem, plain_problem
from cardservice.web.strict_json import MAX_BODY

BODY_SECONDS = 20.0
"""How long a whole body may take: 2 MB over the slowest line that a desk can work with."""

THREADS = 4

log = structlog.get_logger()

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Whole:
    """A request that has arrived. `path` is decoded; `headers` by lower-case name, repeated ones joined by a comma."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Answer:
    """A response that is ready to go."""

    status: int
    headers: Headers
    body: bytes


Door = Callable[[Whole], Answer | None]
"""Answers a request without waiting for anything, or leaves it (None) to the application."""


class _TooSlow(Exception):
    pass


class Front:
    """An RSGI application in front of a WSGI application and, before that, an optional door."""

    def __init__(self, application: Callable[..., Iterable[bytes]], *, door: Door | None = None) -> None:
        self._application = application
        self._door = door
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="request")

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answers one request, whatever happens; what went wrong is logged without a word of the request."""
        try:
            answer = await self._answer(scope, protocol)
        except _TooSlow:
            answer = _of_problem(plain_problem(408))
        except Exception as error:
            log.error("request_failed", error=type(error).__name__)
            answer = _of_problem(plain_problem(500))
        protocol.response_bytes(answer.status, answer.headers, answer.body)

    async def _answer(self, scope: Any, protocol: Any) -> Answer:
        headers = _joined(scope.headers.items())
        body = await _body(protocol, headers)
        whole = Whole(scope.method, scope.path, scope.query_string, headers, body)
        if self._door is not None and (answer := self._door(whole)) is not None:
            return answer
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, self._asked, whole, _environ(scope, whole))

    def _asked(self, whole: Whole, environ: dict[str, Any]) -> Answer:
        started: list[Any] = []
        response = self._application(environ, lambda status, headers, _=None: started.extend((status, headers)))
        try:
            body = b"".join(response)
        finally:
            if close := getattr(response, "close", None):
                close()
        return Answer(int(started[0][:3]), started[1], b"" if whole.method == "HEAD" else body)


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """One value for each name. Names with an underscore are dropped: as variables they would pass for other headers."""
    headers: dict[str, str] = {}
    for name, value in pairs:
        if "_" not in name:
            headers[name] = f"{headers[name]}{'; ' if name == 'cookie' else ','}{value}" if name in headers else value
    return headers


async def _body(protocol: Any, headers: Mapping[str, str]) -> bytes:
    """The body, unless it is one that will be refused for its length. Raises _TooSlow."""
    announced = headers.get("content-length", "0")
    if announced == "0" or not announced.isdecimal() or int(announced) > MAX_BODY or "transfer-encoding" in headers:
        return b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return b"".join([part async for part in protocol])
    except TimeoutError:
        raise _TooSlow from None


def _environ(scope: Any, whole: Whole) -> dict[str, Any]:
    """The WSGI environment (PEP 3333)."""
    host, _, port = scope.server.rpartition(":")
    environ = {
        "REQUEST_METHOD": whole.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": whole.path.encode().decode("latin-1"),
        "QUERY_STRING": whole.query,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": BytesIO(whole.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if scope.http_version != "1.0":
        # A host that is missing, or not ASCII and therefore dropped, is refused and not guessed.
        environ["HTTP_HOST"] = ""
    for name, value in whole.headers.items():
        variable = name.upper().replace("-", "_")
        environ[variable if variable in _WITHOUT_PREFIX else f"HTTP_{variable}"] = value
    return environ


_WITHOUT_PREFIX = frozenset({"CONTENT_TYPE", "CONTENT_LENGTH"})


def _of_problem(problem: Problem) -> Answer:
    response = problem.as_response()
    return Answer(response.status_code, [*response.headers.items(), ("Connection", "close")], response.content)
