"""The snapshot: renewed beside the requests, kept when something fails, remembered over restarts."""

import shutil

import pytest
from django.db import DatabaseError
from structlog.testing import capture_logs

from cardservice.logs import ALLOWED_KEYS
from tests.verification import build
from tests.verification.conftest import agree
from verification import gate as gate_module
from verification.gate import Gate
from verification.models import AcceptedDocument
from verification.publication import Directory
from verification.trust import TrustCode

pytestmark = pytest.mark.django_db(databases=["verification"])


def another_gate(counter):
    """What a restarted process starts with."""
    return Gate(
        published=Directory(counter.published), root=build.public("root"), issuer=build.ISSUER, realm=build.REALM
    )


def fails(*args, **options):
    raise DatabaseError


def test_a_refresh_replaces_the_snapshot_and_leaves_the_old_one_as_it_was(counter):
    before = counter.gate.snapshot
    counter.publish(build.Publication({"s/0": build.status_list(iat=build.NOW)}))
    assert counter.gate.snapshot is not before
    assert before.trust.highest_iat == build.NOW - 60
    assert counter.gate.snapshot.trust.highest_iat == build.NOW


@pytest.mark.django_db(databases=["verification"], transaction=True)  # the gate closes its connection then
def test_when_the_database_fails_the_last_agreements_stay_and_documents_still_arrive(counter, monkeypatch):
    before = counter.gate.snapshot
    monkeypatch.setattr(gate_module, "terms_by_key", fails)
    monkeypatch.setattr(gate_module, "keep", fails)
    counter.publish(build.Publication({"s/0": build.status_list(iat=build.NOW, blocked=(build.INDEX,))}))
    after = counter.gate.snapshot
    assert (after.terms, after.terms_read) == (before.terms, before.terms_read)
    assert after.trust.lists[f"{build.ISSUER}/s/0"].blocked(build.INDEX)
    assert after.documents_read > before.documents_read
    assert AcceptedDocument.objects.get(name="s/0").order == build.NOW - 60
    monkeypatch.undo()
    counter.refresh()
    assert AcceptedDocument.objects.get(name="s/0").order == build.NOW


def test_when_the_directory_fails_the_last_documents_stay_and_agreements_still_arrive(counter):
    before = counter.gate.snapshot
    shutil.rmtree(counter.published)
    agree(provider="Clinic", sector="health")
    counter.refresh()
    after = counter.gate.snapshot
    assert (after.trust, after.documents, after.documents_read) == (
        before.trust,
        before.documents,
        before.documents_read,
    )
    assert len(after.terms) == len(before.terms) + 1


def test_a_fault_in_reading_documents_does_not_hold_back_the_terms(counter, monkeypatch):
    def breaks(**options):
        raise OverflowError

    before = counter.gate.snapshot
    agree(provider="Clinic", sector="health")
    monkeypatch.setattr(gate_module, "take", breaks)
    with pytest.raises(OverflowError):
        counter.refresh()
    assert len(counter.gate.snapshot.terms) == len(before.terms) + 1
    assert counter.gate.snapshot.trust is before.trust


def test_files_that_vanish_do_not_take_their_documents_along(counter):
    (counter.published / "key-set.cose").unlink()
    (counter.published / "s" / "0.cwt").unlink()
    (counter.published / "s" / "0.jwt").unlink()
    counter.refresh()
    assert counter.gate.snapshot.documents.keys() == {"key-set", "s/0", "s/0.jwt"}


def test_a_restarted_gate_believes_what_was_accepted_and_refuses_what_is_older(counter):
    counter.publish(build.Publication({"key-set": build.key_set(seq=8), "s/0": build.status_list(iat=build.NOW)}))
    build.Publication().write(counter.published)
    restarted = another_gate(counter)
    restarted.refresh(now=build.NOW)
    assert restarted.snapshot.trust.key_set.seq == 8
    assert restarted.snapshot.trust.highest_iat == build.NOW
    assert {refusal.code for refusal in restarted.snapshot.refusals} == {TrustCode.ROLLED_BACK}
    assert restarted.snapshot.documents["key-set"] == build.key_set(seq=8)


def test_a_gate_that_cannot_read_what_was_accepted_before_judges_nothing(counter, monkeypatch):
    monkeypatch.setattr(gate_module, "stored_documents", fails)
    restarted = another_gate(counter)
    with pytest.raises(DatabaseError):
        restarted.refresh(now=build.NOW)
    assert restarted.snapshot is None


def test_a_document_that_is_refused_is_reported_once_by_name_and_code(counter):
    with capture_logs() as lines:
        for _ in range(3):
            counter.publish(build.Publication({"key-set": build.key_set(iat=build.NOW)}))
    assert lines == [{"log_level": "error", "event": "trust_alarm", "code": "equivocation", "documents": "key-set"}]
    assert lines[0].keys() - {"log_level"} <= ALLOWED_KEYS


def test_the_refreshing_thread_survives_errors(counter, monkeypatch):
    calls = []

    def refresh(*, now):
        calls.append(now)
        if len(calls) == 3:
            raise SystemExit
        raise RuntimeError("a message that must not be logged")

    monkeypatch.setattr(counter.gate, "refresh", refresh)
    monkeypatch.setattr(gate_module.time, "sleep", lambda seconds: None)
    monkeypatch.setattr(gate_module, "close_old_connections", lambda: None)
    monkeypatch.setattr(gate_module, "connections", {"verification": type("", (), {"close": lambda self: None})()})
    with pytest.raises(SystemExit):
        counter.gate._run()
    assert len(calls) == 3
