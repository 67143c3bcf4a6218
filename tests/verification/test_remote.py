"""Published documents over HTTP: the same as from the directory, sent again only when they changed."""

import gzip
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cardservice.credential.keyset import State, Use
from tests.verification import build
from verification import remote as remote_module
from verification.documents import MAX_DOCUMENT, read_published
from verification.publication import Directory, publication_at
from verification.remote import EVERY, Remote, Unreachable


@dataclass
class Site:
    """A web server over a publication directory; `answers` are the (file, status) it gave.

    `headers`: sent with every answer beside its own. `pack`: what it makes of the bytes of a file. `pause`: called in
    the middle of a body. `drip`: what is sent byte by byte with a `pause` before each, "head" or "body". `asked`: the
    headers of the requests.
    """

    directory: Path
    address: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    pack: Callable[[bytes], bytes] = bytes
    pause: Callable[[], object] = lambda: None
    drip: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[str, int]] = field(default_factory=list)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(directory=tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = site.directory / self.path.lstrip("/")
            octets = site.pack(path.read_bytes()) if path.is_file() else b""
            site.asked.append({name.lower(): value for name, value in self.headers.items()})
            etag = f'"{hashlib.sha256(octets).hexdigest()}"'
            status = site.status if path.is_file() or site.status != 200 else 404
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status = 304
            site.answers.append((self.path, status))
            if site.drip:
                self.send_slowly(200)
                return
            self.send_response(status)
            for name, value in ({"ETag": etag} | site.headers).items():
                self.send_header(name, value)
            self.send_header("Location", "/key-set.cose")
            self.send_header("Content-Length", str(len(octets)) if status == 200 else "0")
            self.end_headers()
            if status == 200:
                self.wfile.write(octets[:10])
                site.pause()
                self.wfile.write(octets[10:])

        def send_slowly(self, length: int) -> None:
            head = f"HTTP/1.0 200 OK\r\nContent-Length: {length}\r\n"
            self.wfile.write(head.encode() + (b"X-Long: " if site.drip == "head" else b"\r\n"))
            with suppress(OSError):
                for _ in range(length):
                    site.pause()
                    self.wfile.write(b"x")

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    site.address = f"http://127.0.0.1:{server.server_port}/"
    yield site
    server.shutdown()
    server.server_close()


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def publish(site: Site) -> None:
    payload = build.commitments_payload(build.claims())
    compromised = build.key(
        "card", Use.CARD, state=State.COMPROMISED, commitments=hashlib.sha256(payload).digest()
    )  # fmt: skip
    documents = {
        "key-set": build.key_set(entries=(compromised, build.key("status", Use.STATUS))),
        "s/0": build.status_list(),
        "s/1": build.status_list(uri=f"{build.ISSUER}/s/1"),
        f"commitments/{build.kid('card').hex()}": build.commitments(payload),
    }
    build.Publication(documents).write(site.directory, jwt=build.status_list_jwt())


def test_it_reads_all_that_the_directory_holds(site):
    publish(site)
    remote = publication_at(site.address)
    assert isinstance(remote, Remote)
    assert remote.read() == read_published(site.directory)
    assert len(remote.read()) == 4
    assert remote.jwt("s/0") == Directory(site.directory).jwt("s/0")
    assert remote.jwt("s/1") is None


def test_what_did_not_change_is_not_sent_again_and_what_did_is(site):
    publish(site)
    clock = Clock()
    remote = Remote(site.address, clock=clock)
    before = remote.read()
    site.answers.clear()
    clock.now = EVERY - 1
    assert remote.read() == before
    assert site.answers == []
    newer = build.status_list(iat=build.NOW)
    (site.directory / "s" / "0.cwt").write_bytes(newer)
    clock.now = EVERY
    assert remote.read() == {**before, "s/0": newer}
    assert [file for file, status in site.answers if status == 200] == ["/s/0.cwt"]
    assert {status for _, status in site.answers} == {200, 304, 404}


@pytest.mark.parametrize("status", [500, 503, 301, 403, 206])
def test_a_server_in_trouble_is_unreachable_and_nothing_is_forgotten(site, status):
    publish(site)
    clock = Clock()
    remote = Remote(site.address, clock=clock)
    before = remote.read()
    site.status, clock.now = status, EVERY
    with pytest.raises(Unreachable):
        remote.read()
    site.status, clock.now = 200, 2 * EVERY
    assert remote.read() == before


def test_no_server_at_all_is_unreachable():
    with pytest.raises(Unreachable):
        Remote("http://127.0.0.1:9/").read()


def test_a_document_without_end_is_not_read_to_the_end(site):
    publish(site)
    (site.directory / "key-set.cose").write_bytes(bytes(MAX_DOCUMENT + 1))
    with pytest.raises(Unreachable):
        Remote(site.address).read()


def test_a_server_in_trouble_is_not_asked_again_before_its_time(site):
    publish(site)
    site.status = 503
    remote = Remote(site.address, clock=Clock())
    for _ in range(3):
        with pytest.raises(Unreachable):
            remote.read()
    assert len(site.answers) == 1


@pytest.mark.parametrize("place", ["head", "body"])
def test_a_server_that_drips_is_given_up(site, monkeypatch, place):
    publish(site)
    monkeypatch.setattr(remote_module, "LONGEST", 0.4)
    given_up = threading.Event()
    site.drip = place
    site.pause = lambda: given_up.wait(0.05)
    try:
        with pytest.raises(Unreachable, match="too slow"):
            Remote(site.address).read()
    finally:
        given_up.set()
    assert len(site.answers) == 1


def test_an_etag_that_cannot_be_sent_back_is_not_sent_back(site):
    publish(site)
    site.headers = {"ETag": '"\xe9"'}
    clock = Clock()
    remote = Remote(site.address, clock=clock)
    before = remote.read()
    site.asked.clear()
    clock.now = EVERY
    assert remote.read() == before
    assert all("if-none-match" not in headers for headers in site.asked)


def test_no_cookie_is_taken_along(site):
    publish(site)
    site.headers = {"Set-Cookie": "reader=17; Path=/"}
    clock = Clock()
    remote = Remote(site.address, clock=clock)
    remote.read()
    clock.now = EVERY
    remote.read()
    assert len(site.asked) > 5
    assert all("cookie" not in headers for headers in site.asked)


def test_nothing_packed_is_asked_for_or_unpacked(site):
    publish(site)
    site.headers, site.pack = {"Content-Encoding": "gzip"}, gzip.compress
    with pytest.raises(Unreachable, match="encoded"):
        Remote(site.address).read()
    assert site.asked[0]["accept-encoding"] == "identity"


def test_all_documents_together_are_bounded(site, monkeypatch):
    publish(site)
    sizes = [path.stat().st_size for path in site.directory.rglob("*.*")]
    monkeypatch.setattr(remote_module, "MAX_ALL", sum(sizes))
    assert Remote(site.address).read()
    monkeypatch.setattr(remote_module, "MAX_ALL", sum(sizes) - 1)
    with pytest.raises(Unreachable, match="too large"):
        Remote(site.address).read()


@pytest.mark.parametrize("place", ["http://city.example/p", "ftp://city.example/", "https://", "file:///etc"])
def test_only_https_is_read_from_elsewhere(place):
    with pytest.raises(ValueError, match="is no https:// address"):
        publication_at(place)


@pytest.mark.django_db(databases=["verification"])
def test_the_gate_keeps_the_last_good_documents_while_the_server_is_away(counter, site):
    from verification.gate import Gate

    build.Publication().write(site.directory)
    clock = Clock()
    gate = Gate(
        published=Remote(site.address, clock=clock),
        root=build.public("root"),
        issuer=build.ISSUER,
        realm=build.REALM,
    )
    gate.refresh(now=build.NOW)
    before = gate.snapshot.trust
    site.status, clock.now = 503, EVERY
    gate.refresh(now=build.NOW)
    assert gate.snapshot.trust is before
    assert before.lists
