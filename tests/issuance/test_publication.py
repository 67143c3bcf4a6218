"""Publishing: whole documents, newer ones only, consistent after a crash at any point."""

import base64
import json
import threading
import zlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from cardservice.credential import cbor, keys, keyset, statuslist
from cardservice.credential.keysetviews import jwks, readable
from cardservice.credential.numbers import LIST_SIZE
from cardservice.credential.reasons import CredentialError
from issuance import publication
from issuance.allocation import DECOYS, open_list
from issuance.keys import public_key
from issuance.models import Card, SigningKey, StatusList
from issuance.publication import Publication, publish
from issuance.signer.client import SignedList, SignerRefused, SignerUnavailable
from tests.issuance.office import ISSUER, DirectSigner, Office, held, key_set, order

pytestmark = pytest.mark.django_db(databases=["issuance"])
DOCUMENTS = {"key-set.cose", "key-set.json", "key-set.jwks.json", "s/0.cwt", "s/0.jwt"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "key-set.cose").write_bytes(held().key_set)
    return tmp_path


def _publish(place: Path, signer: Any) -> Publication:
    return publish(directory=place / "published", key_set_file=place / "key-set.cose", issuer=ISSUER, signer=signer)


def _documents(place: Path) -> dict[str, bytes]:
    directory = place / "published"
    return {
        str(path.relative_to(directory)): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def _list(octets: bytes) -> statuslist.StatusList:
    signed = statuslist.parse(octets)
    return statuslist.verify(signed, key=public_key(SigningKey.objects.get(kid=signed.kid.hex())))


def _jwt(octets: bytes) -> dict[str, Any]:
    header, payload, signature = octets.split(b".")
    kid = base64.urlsafe_b64decode(json.loads(_plain(header))["kid"] + "==").hex()
    key = public_key(SigningKey.objects.get(kid=kid))
    assert key.verify(_plain(signature), header + b"." + payload)
    return dict(json.loads(_plain(payload)))


def _plain(part: bytes) -> bytes:
    return base64.urlsafe_b64decode(part + b"=" * (-len(part) % 4))


def test_key_set_and_every_list_are_published(office: Office, place: Path) -> None:
    open_list(number=1)

    published = _publish(place, office.signer)

    assert _documents(place).keys() == DOCUMENTS | {"s/1.cwt", "s/1.jwt"}
    assert [entry.uri for entry in published.lists] == [f"{ISSUER}/s/0", f"{ISSUER}/s/1"]
    assert published.key_set_seq == 1
    for number, entry in enumerate(published.lists):
        octets = _documents(place)[f"s/{number}.cwt"]
        accepted = _list(octets)
        assert (accepted.uri, accepted.iat) == (entry.uri, entry.issued_at)
        assert entry.bytes == len(octets)
        assert entry.set == int.from_bytes(accepted.bits).bit_count()
        assert accepted.exp == accepted.iat + 7 * 86_400


def test_a_list_shows_decoys_and_blocked_cards_alike(office: Office, place: Path) -> None:
    office.issue(order())
    office.issue(order())
    suspended, good = Card.objects.all()
    Card.objects.filter(id=suspended.id).update(state="suspended")

    published = _publish(place, office.signer)

    bits = _list(_documents(place)["s/0.cwt"])
    assert bits.blocked(suspended.id % LIST_SIZE)
    assert not bits.blocked(good.id % LIST_SIZE)
    assert published.lists[0].set - 1 in DECOYS


def test_both_forms_of_a_list_say_the_same(office: Office, place: Path) -> None:
    _publish(place, office.signer)

    documents = _documents(place)
    cwt, jwt = _list(documents["s/0.cwt"]), _jwt(documents["s/0.jwt"])
    assert (jwt["sub"], jwt["iat"], jwt["exp"], jwt["ttl"]) == (cwt.uri, cwt.iat, cwt.exp, 300)
    assert zlib.decompress(_plain(jwt["status_list"]["lst"].encode())) == cwt.bits


def test_each_publication_is_newer_than_the_one_before(office: Office, place: Path) -> None:
    issued = [_publish(place, office.signer).lists[0].issued_at for _ in range(3)]

    assert issued[0] < issued[1] < issued[2]


def test_the_key_set_is_passed_on_byte_by_byte_beside_renderings(office: Office, place: Path) -> None:
    _publish(place, office.signer)

    documents = _documents(place)
    root = keys.from_cose_key(cbor.loads(held().root_public))
    assert keyset.verify(documents["key-set.cose"], root=root) == key_set()
    assert json.loads(documents["key-set.json"]) == readable(key_set())
    assert json.loads(documents["key-set.jwks.json"]) == jwks(key_set())


@dataclass
class _Interrupted(DirectSigner):
    """Signs this many lists and then is not there any more."""

    lists: int = 0
    error: Exception = field(default_factory=SignerUnavailable)

    def sign_list(self, *, number: int) -> SignedList:
        if not self.lists:
            raise self.error
        self.lists -= 1
        return super().sign_list(number=number)


@pytest.mark.parametrize("error", [SignerUnavailable(), SignerRefused("key_not_here")])
def test_what_was_published_stays_when_the_signer_fails(office: Office, place: Path, error: Exception) -> None:
    open_list(number=1)
    _publish(place, office.signer)
    before = _documents(place)

    with pytest.raises(type(error)):
        _publish(place, _Interrupted(lists=1, error=error))

    after = _documents(place)
    assert after["s/1.cwt"] == before["s/1.cwt"]
    assert _list(after["s/0.cwt"]).iat > _list(before["s/0.cwt"]).iat
    assert after.keys() == before.keys()


class Crash(Exception):
    """The process dies here."""


@pytest.mark.parametrize("writes", range(5))
def test_a_crash_after_any_file_leaves_documents_that_verify(
    office: Office, place: Path, monkeypatch: pytest.MonkeyPatch, writes: int
) -> None:
    _publish(place, office.signer)
    before, left, write = _documents(place), [writes], publication.write_atomically

    def dying(path: Path, octets: bytes) -> None:
        if not left[0]:
            # As far as a write gets that is cut off: the new file lies beside the old one.
            path.with_name(f".{path.name}.0a1b.new").write_bytes(octets[:20])
            raise Crash
        left[0] -= 1
        write(path, octets)

    monkeypatch.setattr(publication, "write_atomically", dying)
    with pytest.raises(Crash):
        _publish(place, office.signer)
    monkeypatch.undo()

    after = {name: octets for name, octets in _documents(place).items() if not name.rpartition("/")[2].startswith(".")}
    assert after.keys() == before.keys()
    assert after["key-set.cose"] == held().key_set
    assert _list(after["s/0.cwt"]).iat >= _list(before["s/0.cwt"]).iat
    assert _jwt(after["s/0.jwt"])["iat"] >= _list(before["s/0.cwt"]).iat
    assert _publish(place, office.signer).lists[0].issued_at > _list(after["s/0.cwt"]).iat
    assert _documents(place).keys() == DOCUMENTS


def test_what_is_no_key_set_is_not_published(office: Office, place: Path) -> None:
    _publish(place, office.signer)
    before = _documents(place)
    (place / "key-set.cose").write_bytes(held().key_set[:-1])

    with pytest.raises(CredentialError):
        _publish(place, office.signer)
    assert _documents(place) == before


def test_one_publication_at_a_time(tmp_path: Path) -> None:
    """Two publishers that took turns file by file could leave an older list behind the newer one."""
    entered: list[str] = []
    with publication.alone_in(tmp_path):
        waiting = threading.Thread(target=_hold, args=(tmp_path, entered))
        waiting.start()
        waiting.join(0.1)
        entered.append("first leaves")
    waiting.join(5)

    assert entered == ["first leaves", "second enters"]


def _hold(directory: Path, entered: list[str]) -> None:
    with publication.alone_in(directory):
        entered.append("second enters")


def test_a_reader_never_sees_half_a_file(office: Office, place: Path) -> None:
    _publish(place, office.signer)
    stop, broken = threading.Event(), []
    path = place / "published" / "s" / "0.cwt"

    def read() -> None:
        while not stop.is_set():
            try:
                statuslist.parse(path.read_bytes())
            except Exception as error:
                broken.append(error)

    reader = threading.Thread(target=read)
    reader.start()
    for _ in range(15):
        _publish(place, office.signer)
    stop.set()
    reader.join()

    assert broken == []


def test_the_lists_stay_small(office: Office, place: Path) -> None:
    baseline = bytes(StatusList.objects.get().baseline)
    assert int.from_bytes(baseline).bit_count() in DECOYS

    assert _publish(place, office.signer).lists[0].bytes < 8_000
