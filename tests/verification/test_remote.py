"""Published documents over HTTP: the same as from the directory, sent again only when they changed."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cardservice.credential.keyset import State, Use
from tests.verification import build
from verification.documents import MAX_DOCUMENT, read_published
from verification.publication import Directory, publication_at
from verification.remote import EVERY, Remote, Unreachable


@dataclass
class Site:
    """A web server over a publication directory; `answers` are the (file, status) it gave."""

    directory: Path
    address: str = ""
    status: int = 200
    answers: list[tuple[str, int]] = field(default_factory=list)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(directory=tmp_path)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = site.directory / self.path.lstrip("/")
            octets = path.read_bytes() if path.is_file() else b""
            etag = f'"{hashlib.sha256(octets).hexdigest()}"'
            status = site.status if path.is_file() or site.status != 200 else 404
            if status == 200 and self.headers.get("If-None-Match") == etag:
                status = 304
            site.answers.append((self.path, status))
            self.send_response(status)
            self.send_header("ETag", etag)
            self.send_header("Location", "/key-set.cose")
            self.send_header("Content-Length", str(len(octets)) if status == 200 else "0")
            self.end_headers()
            if status == 200:
                self.wfile.write(octets)

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
    site.status = 200
    assert remote.read() == before


def test_no_server_at_all_is_unreachable():
    with pytest.raises(Unreachable):
        Remote("http://127.0.0.1:9/").read()


def test_a_document_without_end_is_not_read_to_the_end(site):
    publish(site)
    (site.directory / "key-set.cose").write_bytes(bytes(MAX_DOCUMENT + 1))
    with pytest.raises(Unreachable):
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
