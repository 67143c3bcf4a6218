"""Reading a publication directory, and taking up where an earlier run left off."""

import hashlib
from pathlib import Path

import pytest

from cardservice.credential import cbor, keys, keyset
from cardservice.credential.keyset import State
from tests.verification import build
from tests.verification.build import ISSUER, NOW, REALM
from verification.documents import (
    MAX_DOCUMENT,
    RootKeyUnreadable,
    Stored,
    load_offline,
    read_published,
    read_root,
    restore,
    take,
)
from verification.trust import Trust, TrustCode
from verification.verifier import verify

NOTHING = Trust(issuer=ISSUER, realm=REALM)
ROOT = build.public("root")


def codes(taken):
    return {refusal.name: refusal.code for refusal in taken.refusals}


def test_it_reads_signed_documents_by_name_and_leaves_other_files(tmp_path):
    name = f"commitments/{build.kid('card').hex()}"
    build.Publication({"key-set": b"k", "s/0": b"zero", "s/10": b"ten", "s/2": b"two", name: b"c"}).write(tmp_path)
    for other in ("key-set.json", "s/0.jwt", "s/00.cwt", "s/x.cwt", "s/.0.cwt.new", "commitments/README"):
        (tmp_path / other).write_bytes(b"other")
    assert list(read_published(tmp_path).items()) == [
        ("key-set", b"k"),
        ("s/0", b"zero"),
        ("s/2", b"two"),
        ("s/10", b"ten"),
        (name, b"c"),
    ]


def test_an_empty_directory_has_no_documents_and_a_missing_one_is_an_error(tmp_path):
    assert read_published(tmp_path) == {}
    with pytest.raises(OSError, match="missing"):
        read_published(tmp_path / "missing")


def test_it_leaves_a_document_that_is_too_large_to_be_one(tmp_path):
    build.Publication({"key-set": bytes(MAX_DOCUMENT + 1), "s/0": bytes(MAX_DOCUMENT)}).write(tmp_path)
    assert list(read_published(tmp_path)) == ["s/0"]


def test_one_bad_document_does_not_keep_the_others_from_being_taken():
    documents = {"key-set": build.key_set(), "s/0": b"rubbish", "s/1": build.status_list(uri=f"{ISSUER}/s/1")}
    taken = take(trust=NOTHING, documents=documents, root=ROOT, now=NOW)
    assert codes(taken) == {"s/0": TrustCode.UNREADABLE}
    assert taken.newer.keys() == {"key-set", "s/1"}
    assert taken.trust.lists.keys() == {f"{ISSUER}/s/1"}


def test_a_second_reading_takes_only_what_is_newer():
    first = take(trust=NOTHING, documents=build.Publication().documents, root=ROOT, now=NOW)
    documents = {"key-set": build.key_set(), "s/0": build.status_list(iat=NOW)}
    assert take(trust=first.trust, documents=documents, root=ROOT, now=NOW).newer.keys() == {"s/0"}


def test_after_a_restart_older_documents_are_refused():
    stored = {
        "s/0": Stored(octets=build.status_list(iat=NOW), order=NOW),
        "key-set": Stored(octets=build.key_set(seq=8), order=8),
    }
    trust = restore(trust=NOTHING, stored=stored, root=ROOT).trust
    assert trust.lists
    older = {"key-set": build.key_set(seq=7), "s/0": build.status_list(iat=NOW - 1)}
    taken = take(trust=trust, documents=older, root=ROOT, now=NOW)
    assert set(codes(taken).values()) == {TrustCode.ROLLED_BACK}
    assert taken.trust is trust


def test_after_a_restart_the_same_documents_are_nothing_new():
    documents = build.Publication().documents
    stored = {
        "key-set": Stored(octets=documents["key-set"], order=7),
        "s/0": Stored(octets=documents["s/0"], order=NOW - 60),
    }
    restored = restore(trust=NOTHING, stored=stored, root=ROOT)
    assert restored.newer.keys() == {"key-set", "s/0"}
    assert take(trust=restored.trust, documents=documents, root=ROOT, now=NOW).newer == {}


@pytest.mark.parametrize("octets", [b"", b"rubbish", build.key_set(signer="another root")])
def test_the_order_is_remembered_even_if_the_stored_document_is_no_longer_believed(octets):
    stored = {"key-set": Stored(octets=octets, order=8), "s/0": Stored(octets=b"", order=NOW)}
    trust = restore(trust=NOTHING, stored=stored, root=ROOT).trust
    assert trust.highest_iat == NOW
    taken = take(trust=trust, documents={"key-set": build.key_set(seq=7)}, root=ROOT, now=NOW)
    assert codes(taken) == {"key-set": TrustCode.ROLLED_BACK}


def test_an_offline_check_needs_the_directory_and_the_root_and_no_database(tmp_path):
    payload = build.commitments_payload(build.claims())
    entries = build.standard_keys(state=State.COMPROMISED, commitments=hashlib.sha256(payload).digest())
    name = f"commitments/{build.kid('card').hex()}"
    publication = build.Publication(
        {"key-set": build.key_set(entries=entries), "s/0": build.status_list(), name: build.commitments(payload)}
    )
    publication.write(tmp_path)
    trust = load_offline(published=tmp_path, root=ROOT, issuer=ISSUER, realm=REALM, now=NOW)
    assert verify(text=build.card(), trust=trust, now=NOW, sector=None).verdict == "valid"
    other = verify(text=build.card(name="Bob Example"), trust=trust, now=NOW, sector=None)
    assert other.reason == "key_withdrawn"


def test_it_reads_the_root_key(tmp_path):
    path = tmp_path / "root-public.cose"
    path.write_bytes(cbor.dumps(keys.to_cose_key(ROOT)))
    assert read_root(path).key == ROOT.key


@pytest.mark.parametrize("content", [None, b"", b"\x01", b"\xa0", b"rubbish"])
def test_it_says_what_is_wrong_with_a_root_key(tmp_path, content):
    path = tmp_path / "root-public.cose"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(RootKeyUnreadable, match=r"root-public\.cose"):
        read_root(path)


def _change_of_root() -> dict[str, bytes]:
    following = keyset.thumbprint(build.public("second root"))
    first = build.key_set(next_root=following)
    second = build.key_set(signer="second root", seq=8, root=build.public("second root"))
    return {"former-sets.cbor": keyset.bundle_former([first]), "key-set.cose": second, "first": first}


def test_a_reader_that_begins_with_a_former_root_finds_the_new_one_in_the_directory(tmp_path: Path) -> None:
    for name, octets in _change_of_root().items():
        (tmp_path / name).write_bytes(octets)

    trust = load_offline(
        published=tmp_path, root=build.public("root"), issuer=build.ISSUER, realm=build.REALM, now=build.NOW
    )

    assert trust.key_set is not None
    assert trust.key_set.seq == 8


def test_a_restarted_reader_believes_the_new_root_and_no_longer_the_former_one(tmp_path: Path) -> None:
    published = _change_of_root()
    nothing = Trust(issuer=build.ISSUER, realm=build.REALM)
    documents = {"former-sets": published["former-sets.cbor"], "key-set": published["key-set.cose"]}
    before = take(trust=nothing, documents=documents, root=build.public("root"), now=build.NOW)
    stored = {name: Stored(octets, before.trust.seen[name].order) for name, octets in before.newer.items()}

    after = restore(trust=nothing, stored=stored, root=build.public("root")).trust

    assert after.key_set is not None
    assert after.key_set.seq == 8
    stolen = build.key_set(seq=99)
    taken = take(trust=after, documents={"key-set": stolen}, root=build.public("root"), now=build.NOW)
    assert [refusal.code for refusal in taken.refusals] == [TrustCode.WRONG_SIGNER]


def test_a_reader_that_held_the_last_set_of_the_former_root_survives_a_restart_as_well(tmp_path: Path) -> None:
    published = _change_of_root()
    nothing = Trust(issuer=build.ISSUER, realm=build.REALM)
    root, now = build.public("root"), build.NOW
    held = take(trust=nothing, documents={"key-set": published["first"]}, root=root, now=now)
    documents = {"former-sets": published["former-sets.cbor"], "key-set": published["key-set.cose"]}
    taken = take(trust=held.trust, documents=documents, root=root, now=now)
    assert taken.newer.keys() == documents.keys()

    stored = {name: Stored(octets, taken.trust.seen[name].order) for name, octets in taken.newer.items()}
    again = restore(trust=nothing, stored=stored, root=root).trust

    assert again.key_set is not None
    assert again.key_set.seq == 8
    assert take(trust=again, documents=documents, root=root, now=now).newer == {}
