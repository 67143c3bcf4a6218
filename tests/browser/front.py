"""A server in front of the gate, for browser tests: it can be stopped, records what is asked, and can alter answers."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

_NOT_PASSED_ON = {"connection", "transfer-encoding", "content-length", "content-encoding", "keep-alive"}


class Front:
    """What the browser takes for the gate.

    `asked`: paths of all requests. `instead`: bodies to give for some paths. `waits`: for some paths, what is
    waited for before the answer. `cut`: paths whose answers break off in the middle.
    """

    def __init__(self, gate: str) -> None:
        self.gate = gate
        self.asked: list[str] = []
        self.instead: dict[str, bytes] = {}
        self.waits: dict[str, threading.Event] = {}
        self.cut: set[str] = set()
        self._server: ThreadingHTTPServer | None = None
        self._port = 0

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listens, at the same address as before if it was stopped."""
        front = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(b"")

            def do_POST(self) -> None:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

            def _answer(self, body: bytes) -> None:
                front.asked.append(self.path)
                wanted = {name: self.headers[name] for name in ("Accept", "Content-Type") if self.headers[name]}
                answer = httpx.request(self.command, front.gate + self.path, content=body, headers=wanted)
                content = front.instead.get(self.path, answer.content)
                if self.path in front.waits:
                    front.waits[self.path].wait(30)
                self.send_response_only(answer.status_code)
                for name, value in answer.headers.items():
                    if name not in _NOT_PASSED_ON and not (name == "etag" and self.path in front.instead):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                # A page that was left has closed the connection.
                with suppress(BrokenPipeError, ConnectionResetError):
                    if self.path in front.cut:
                        self.wfile.write(content[: len(content) // 2])
                        self.close_connection = True
                    else:
                        self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", self._port), Handler)
        self._server.daemon_threads = True
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Listens no more: connections are refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None


@contextmanager
def front_of(gate: str) -> Iterator[Front]:
    """A running front, stopped afterwards."""
    front = Front(gate)
    front.start()
    try:
        yield front
    finally:
        front.stop()
