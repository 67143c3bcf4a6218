"""A process shows the newest public-services document that it may believe, and keeps it when a worse one comes."""

from pathlib import Path

import pytest

from cardservice.credential import services
from cardservice.credential.keyset import State, Use
from cardservice.credential.services import Content, Services
from cardservice.public_services import READ_SECONDS, PublicServices
from tests.vectors import city
from tests.vectors.public_services import FULL, signed

NOW = city.NOW


class Published:
    """A publication directory of the invented city, and a process that reads it."""

    def __init__(self, place: Path) -> None:
        self.place = place
        (place / "root-public.cose").write_bytes(city.cose_key("root"))
        self.key_set(city.key_entry("services", Use.SERVICES))
        self.reader = PublicServices(
            directory=place, root=place / "root-public.cose", realm=city.REALM, issuer=city.ISSUER
        )

    def key_set(self, *entries, key: str = "root", **changed) -> None:
        octets = city.signed_key_set(city.key_set(*entries, **changed).encode(), key=key)
        (self.place / "key-set.cose").write_bytes(octets)

    def services(self, octets: bytes) -> None:
        (self.place / "services.cose").write_bytes(octets)

    def shown(self, now: int = NOW) -> Services | None:
        return self.reader.current(now=now)


@pytest.fixture
def published(tmp_path: Path) -> Published:
    return Published(tmp_path)


def test_before_anything_is_published_there_is_nothing_to_show(published: Published):
    assert published.shown() is None


def test_what_is_published_is_shown_and_a_newer_one_within_a_minute(published: Published):
    published.services(signed(FULL))
    assert published.shown().content == FULL
    published.services(signed(Content(), iat=NOW))
    assert published.shown().content == FULL
    assert published.shown(NOW + READ_SECONDS).content == Content()


@pytest.mark.parametrize(
    "octets",
    [signed(Content(), iat=NOW - 61), signed(FULL, key="status"), b"", signed(FULL)[:-1]],
    ids=["older", "of another key", "empty", "cut off"],
)
def test_a_worse_document_changes_nothing(published: Published, octets: bytes):
    published.services(signed(FULL))
    assert published.shown()
    published.services(octets)
    assert published.shown(NOW + READ_SECONDS).content == FULL


def test_a_document_that_nobody_renews_is_no_longer_shown(published: Published):
    published.services(signed(FULL, iat=NOW))
    assert published.shown()
    assert published.shown(NOW + services.VALIDITY) is None


def test_a_key_set_of_another_root_or_issuer_supports_nothing(published: Published):
    published.services(signed(FULL))
    published.key_set(city.key_entry("services", Use.SERVICES), key="next root")
    assert published.shown() is None
    published.key_set(city.key_entry("services", Use.SERVICES), issuer="https://other.example")
    assert published.shown(NOW + READ_SECONDS) is None


def test_an_older_key_set_does_not_bring_a_stolen_key_back(published: Published):
    stolen = city.key_entry("services", Use.SERVICES, state=State.COMPROMISED)
    published.services(signed(FULL))
    published.key_set(stolen, seq=9)
    assert published.shown() is None
    published.key_set(city.key_entry("services", Use.SERVICES), seq=8)
    assert published.shown(NOW + READ_SECONDS) is None


def test_what_a_stolen_key_signed_is_shown_no_longer(published: Published):
    published.services(signed(FULL))
    assert published.shown()
    published.key_set(city.key_entry("services", Use.SERVICES, state=State.COMPROMISED), seq=9)
    assert published.shown(NOW + READ_SECONDS) is None
    published.key_set(city.key_entry("other services", Use.SERVICES), seq=10)
    published.services(signed(Content(), iat=NOW - 61, key="other services"))
    assert published.shown(NOW + 2 * READ_SECONDS) is None
    published.services(signed(Content(), iat=NOW, key="other services"))
    assert published.shown(NOW + 3 * READ_SECONDS).content == Content()
