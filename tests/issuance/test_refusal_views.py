"""Refusing a card at the desk, and a supervisor who decides otherwise."""

import base64
import secrets
from typing import Any

import pypdfium2 as pdfium
import pytest

from issuance import desk
from issuance.refusals import RefusalReason
from issuance.render.texts import languages
from privacy.actions import Action, LogUnavailable
from staff.accounts import create_account_with_second_factor
from tests.issuance.desk_browser import Browser, second_person, signed_in

pytestmark = pytest.mark.django_db(databases=["staff", "issuance"])


def refusal(**changed: Any) -> dict[str, Any]:
    return {"entry_id": secrets.token_hex(16), "reason": "home_unproven", "language": "nl"} | changed


def override(**changed: Any) -> dict[str, Any]:
    return {"entry_id": secrets.token_hex(16), "reason": "home_unproven"} | changed


@pytest.mark.parametrize("language", languages())
def test_a_refusal_gives_a_letter_and_leaves_a_count(desk_browser: Browser, language: str) -> None:
    before, _ = desk_browser.state()
    body = refusal(language=language)
    answer = desk_browser.post("/refusals", body)

    assert (answer.status_code, set(answer.json())) == (201, {"letter_pdf"})
    assert len(pdfium.PdfDocument(base64.b64decode(answer.json()["letter_pdf"]))) == 1
    (entry,) = desk_browser.recorded
    assert (entry["action"], entry["purpose"]) == (Action.REFUSE, "home_unproven")
    assert entry["actor"].code == desk_browser.account.staff_code
    assert (entry["entry_id"].hex(), entry["week"].weekday()) == (body["entry_id"], 0)
    assert set(entry) == {"entry_id", "actor", "action", "purpose", "week"}
    assert desk_browser.state()[0] == before


def test_a_refusal_sent_twice_is_one_entry(desk_browser: Browser) -> None:
    body = refusal()
    letters = {desk_browser.post("/refusals", body).json()["letter_pdf"] for _ in range(2)}
    assert len(letters) == 1
    assert len({entry["entry_id"] for entry in desk_browser.recorded}) == 1


def test_a_supervisor_sets_a_refusal_aside_and_it_is_their_action(desk_browser: Browser) -> None:
    supervisor = create_account_with_second_factor(role="supervisor")
    for reason in RefusalReason:
        assert len(reason) <= 20
    answer = desk_browser.post("/refusals/override", override(second_person=second_person(supervisor)))

    assert (answer.status_code, answer.json()) == (200, {"reason": "home_unproven"})
    (entry,) = desk_browser.recorded
    assert (entry["action"], entry["purpose"]) == (Action.OVERRIDE, "home_unproven")
    assert entry["actor"].code == supervisor.staff_code != desk_browser.account.staff_code


def test_nobody_sets_aside_what_they_refused_themselves(desk_browser: Browser) -> None:
    desk_browser.client, desk_browser.account = signed_in("supervisor")
    typed = second_person(desk_browser.account, periods_later=1)
    answer = desk_browser.post("/refusals/override", override(second_person=typed))
    assert (answer.status_code, answer.json()["code"]) == (403, "second_person_refused")
    assert not desk_browser.recorded


@pytest.mark.parametrize("role", ["clerk", "coordinator", "auditor"])
def test_only_a_supervisor_sets_aside(desk_browser: Browser, role: str) -> None:
    typed = second_person(create_account_with_second_factor(role=role))
    answer = desk_browser.post("/refusals/override", override(second_person=typed))
    assert (answer.status_code, answer.json()["code"]) == (403, "second_person_refused")
    assert not desk_browser.recorded


@pytest.mark.parametrize(
    "wrong",
    [
        {"reason": "MARKED"},
        {"reason": None},
        {"language": "MARKED"},
        {"entry_id": "MARKED"},
        {"entry_id": "00"},
        {"name": "MARKED"},
        {"note": "MARKED"},
    ],
)
def test_a_broken_refusal_counts_nothing(desk_browser: Browser, wrong: dict[str, Any]) -> None:
    answer = desk_browser.post("/refusals", refusal(**wrong))
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_fields")
    assert set(answer.json()["errors"]) == set(wrong)
    assert b"MARKED" not in answer.content
    assert not desk_browser.recorded


def test_without_a_log_nobody_is_refused(desk_browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(**entry: Any) -> None:
        raise LogUnavailable

    monkeypatch.setattr(desk, "record", away)
    answer = desk_browser.post("/refusals", refusal())
    assert (answer.status_code, answer.json()["code"]) == (503, "log_unavailable")
    assert "letter_pdf" not in answer.json()
