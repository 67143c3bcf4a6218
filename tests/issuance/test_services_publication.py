"""Publishing what the office handed over: strictly read, newly signed each time, believed by every reader."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cardservice import key_files
from cardservice.credential import services
from cardservice.credential.calendar import DAY
from cardservice.credential.keyset import State, Use
from cardservice.credential.reasons import CredentialError
from cardservice.credential.services import Content, Services
from cardservice.key_files import UnsafeKeys
from issuance import ceremony
from issuance.services_key import NoServicesKey
from issuance.services_publication import PublishedServices, publish_services
from tests.issuance.office import NOW, held, key_set
from tests.vectors.public_services import FULL

PASSPHRASE = "only for tests " + "0" * 20


class Publisher:
    """Publication directory, handover and key directory of one publisher."""

    def __init__(self, place: Path) -> None:
        self.place = place
        for name in ("published", "handover", "keys"):
            (place / name).mkdir()
        (place / "key-set.cose").write_bytes(held().key_set)
        for kid, private in held().made.services_keys.items():
            key_files.write(place / "keys", kid=kid, private=private, passphrase=PASSPHRASE)

    def hand_over(self, octets: bytes) -> None:
        (self.place / "handover" / "services.cbor").write_bytes(octets)

    def publish(self, *, now: int = NOW) -> PublishedServices | None:
        return publish_services(
            directory=self.place / "published",
            handover=self.place / "handover",
            keys_directory=self.place / "keys",
            passphrase=lambda: PASSPHRASE,
            key_set_file=self.place / "key-set.cose",
            realm="demo",
            now=now,
        )

    def read(self, *, now: int = NOW, newest: Services | None = None) -> Services:
        octets = (self.place / "published" / "services.cose").read_bytes()
        return services.accept(octets, key_set=key_set(), realm="demo", now=now, newest=newest)


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    return Publisher(tmp_path)


def test_what_was_handed_over_is_published_signed_and_readable(publisher: Publisher):
    publisher.hand_over(FULL.encode())
    assert publisher.publish() == PublishedServices(places=2, agreements=2, issued_at=NOW)
    assert publisher.read().content == FULL
    shown = json.loads((publisher.place / "published" / "services.json").read_text())
    assert [place["name"] for place in shown["places"]] == ["Invented library", "Clinique inventée"]


def test_each_publication_is_newer_even_within_one_second(publisher: Publisher):
    publisher.hand_over(FULL.encode())
    publisher.publish()
    first = publisher.read()
    publisher.hand_over(Content().encode())
    publisher.publish()
    assert publisher.read(newest=first).content == Content()


def test_before_anything_is_handed_over_nothing_is_published(publisher: Publisher):
    assert publisher.publish() is None
    assert list((publisher.place / "published").iterdir()) == []


@pytest.mark.parametrize("octets", [b"", b"{}", FULL.encode() + b"\0"], ids=["empty", "JSON", "byte behind it"])
def test_content_of_another_form_leaves_what_was_published(publisher: Publisher, octets: bytes):
    publisher.hand_over(FULL.encode())
    publisher.publish()
    before = (publisher.place / "published" / "services.cose").read_bytes()
    publisher.hand_over(octets)
    with pytest.raises(CredentialError):
        publisher.publish(now=NOW + 300)
    assert (publisher.place / "published" / "services.cose").read_bytes() == before


def test_without_a_key_in_force_nothing_is_published(publisher: Publisher):
    publisher.hand_over(FULL.encode())
    with pytest.raises(NoServicesKey, match="holds no services key"):
        publisher.publish(now=NOW + 500 * DAY)
    stolen = tuple(replace(key, state=State.COMPROMISED) if key.use is Use.SERVICES else key for key in key_set().keys)
    octets = ceremony.sign_key_set(replace(key_set(), keys=stolen), root=held().root)
    (publisher.place / "key-set.cose").write_bytes(octets)
    with pytest.raises(NoServicesKey, match="holds no services key"):
        publisher.publish()
    assert list((publisher.place / "published").iterdir()) == []


def test_a_key_that_others_can_read_is_not_used(publisher: Publisher):
    publisher.hand_over(FULL.encode())
    for path in (publisher.place / "keys").iterdir():
        path.chmod(0o644)
    with pytest.raises(UnsafeKeys, match="is open to others"):
        publisher.publish()
