"""Correcting a card just made: one request replaces it, is counted apart and is safe to repeat."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from issuance import blocking
from issuance.models import Card
from staff.models import DailyTally
from tests.issuance.desk_browser import Browser, order_body
from tests.issuance.test_card_views import _problem

pytestmark = pytest.mark.django_db(databases=["staff", "issuance"])
FIRST, SECOND = "c4" * 32, "d5" * 32


def _states() -> list[str]:
    return sorted(Card.objects.values_list("state", flat=True))


def test_a_corrected_card_replaces_the_wrong_one_and_is_counted_apart(desk_browser: Browser) -> None:
    wrong = desk_browser.issue(issue_seed=FIRST)
    desk_browser.recorded.clear()
    body = order_body(issue_seed=SECOND, name="Amina Exempla", corrects=wrong["slip_code"])

    right = desk_browser.post("/cards", body)

    assert right.status_code == 201
    assert right.json()["card_number"] != wrong["card_number"]
    assert _states() == ["reserved", "revoked"]
    assert blocking.by_slip(wrong["slip_code"]).state == "revoked"
    recorded = sorted((entry["action"], entry["purpose"]) for entry in desk_browser.recorded)
    assert recorded == [("issue", "corrected"), ("revoke", "corrected")]
    assert not DailyTally.objects.exists()

    before = desk_browser.state()
    again = desk_browser.post("/cards", body)
    assert (again.status_code, again.json()) == (200, right.json())
    assert desk_browser.state() == before


def test_when_the_wrong_card_cannot_be_revoked_the_same_request_again_does_it(
    desk_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrong = desk_browser.issue(issue_seed=FIRST)
    body = order_body(issue_seed=SECOND, corrects=wrong["slip_code"])

    def fail(*_: object, **__: object) -> None:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(blocking, "revoke", fail)
        _problem(desk_browser.post("/cards", body), 503, "database_unavailable")
    assert _states() == ["reserved", "reserved"]

    assert desk_browser.post("/cards", body).status_code == 200
    assert _states() == ["reserved", "revoked"]


@pytest.mark.parametrize("code", ["0000-0000-0000-0000-0", "nonsense", ""])
def test_a_slip_of_no_card_makes_nothing(desk_browser: Browser, code: str) -> None:
    _problem(desk_browser.post("/cards", order_body(issue_seed=SECOND, corrects=code)), 409, "cannot_correct")
    assert not Card.objects.exists()


def test_a_card_does_not_replace_itself(desk_browser: Browser) -> None:
    made = desk_browser.issue(issue_seed=FIRST)
    response = desk_browser.post("/cards", order_body(issue_seed=FIRST, corrects=made["slip_code"]))
    _problem(response, 409, "cannot_correct")
    assert _states() == ["reserved"]


def test_a_card_of_an_earlier_week_is_blocked_and_not_corrected(desk_browser: Browser) -> None:
    made = desk_browser.issue(issue_seed=FIRST)
    card = Card.objects.get()
    Card.objects.update(week=card.week - timedelta(days=7))
    response = desk_browser.post("/cards", order_body(issue_seed=SECOND, corrects=made["slip_code"]))
    _problem(response, 409, "cannot_correct")
    assert _states() == ["reserved"]


@pytest.mark.parametrize("state", ["active", "suspended"])
def test_a_card_that_was_handed_out_is_blocked_and_counted_and_not_corrected(desk_browser: Browser, state: str) -> None:
    made = desk_browser.issue(issue_seed=FIRST)
    Card.objects.update(state=state)
    response = desk_browser.post("/cards", order_body(issue_seed=SECOND, corrects=made["slip_code"]))
    _problem(response, 409, "cannot_correct")
    assert _states() == [state]
