"""Blocking and unblocking over HTTP: who shows what, what is counted, when a second person is needed."""

from typing import Any

import pytest
from django.db import OperationalError

from issuance import blocking, desk
from issuance.models import Card
from privacy.actions import LogUnavailable
from staff.accounts import NewAccount, create_account, create_account_with_second_factor
from staff.models import DailyTally
from tests.issuance.desk_browser import Body, Browser, second_person, signed_in
from tests.issuance.test_card_views import _problem

pytestmark = pytest.mark.django_db(databases=["staff", "issuance"])


@pytest.fixture
def issued(desk_browser: Browser) -> Body:
    made = desk_browser.issue()
    desk_browser.recorded.clear()
    return made


def _tally() -> int:
    return sum(DailyTally.objects.values_list("changes", flat=True))


def _shown(issued: Body, *names: str) -> Body:
    values = {
        "card_number": issued["card_number"],
        "slip_code": issued["slip_code"],
        "qr": issued["faces"][0]["qr"],
    }
    return {name: values[name] for name in names}


@pytest.mark.parametrize(
    ("path", "names", "before", "after"),
    [
        ("suspend", ("card_number",), "active", "suspended"),
        ("suspend", ("slip_code",), "active", "suspended"),
        ("suspend", ("qr",), "reserved", "suspended"),
        ("reinstate", ("qr", "slip_code"), "suspended", "active"),
        ("revoke", ("slip_code",), "suspended", "revoked"),
        ("revoke", ("qr",), "active", "revoked"),
    ],
)
def test_a_change_is_answered_counted_and_recorded(
    desk_browser: Browser, issued: Body, path: str, names: tuple[str, ...], before: str, after: str
) -> None:
    Card.objects.update(state=before)

    response = desk_browser.post(f"/cards/{path}", _shown(issued, *names) | {"purpose": "lost"})

    assert response.status_code == 200
    assert response.json() == {"card_number": issued["card_number"], "state": after}
    assert Card.objects.get().state == after
    assert _tally() == 1
    entry = desk_browser.recorded[0]
    assert (len(desk_browser.recorded), entry["action"], entry["purpose"]) == (1, path, "lost")
    assert entry["actor"].code == desk_browser.account.staff_code


def test_every_entry_has_an_id_of_its_own_that_says_nothing_of_the_card(desk_browser: Browser, issued: Body) -> None:
    for path, names in (("suspend", ("qr",)), ("reinstate", ("qr", "slip_code")), ("suspend", ("qr",))):
        desk_browser.post(f"/cards/{path}", _shown(issued, *names) | {"purpose": "found"})

    entries = [entry["entry_id"] for entry in desk_browser.recorded]
    assert len(set(entries)) == len(entries) == 3
    assert {len(entry) for entry in entries} == {16}


@pytest.mark.parametrize(
    ("path", "names", "state"),
    [
        ("suspend", ("card_number",), "suspended"),
        ("suspend", ("card_number",), "revoked"),
        ("reinstate", ("qr", "slip_code"), "active"),
        ("revoke", ("qr",), "revoked"),
    ],
)
def test_what_changes_nothing_is_answered_but_neither_counted_nor_recorded(
    desk_browser: Browser, issued: Body, path: str, names: tuple[str, ...], state: str
) -> None:
    Card.objects.update(state=state)
    before = desk_browser.state()

    response = desk_browser.post(f"/cards/{path}", _shown(issued, *names) | {"purpose": "lost"})

    assert (response.status_code, response.json()["state"]) == (200, state)
    assert (desk_browser.state(), _tally()) == (before, 0)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("suspend", ()),
        ("suspend", ("card_number", "qr")),
        ("suspend", ("card_number", "slip_code", "qr")),
        ("reinstate", ()),
        ("reinstate", ("card_number",)),
        ("reinstate", ("qr",)),
        ("reinstate", ("slip_code",)),
        ("reinstate", ("card_number", "qr", "slip_code")),
        ("revoke", ()),
        ("revoke", ("card_number",)),
        ("revoke", ("card_number", "qr")),
        ("revoke", ("qr", "slip_code")),
    ],
)
def test_no_more_and_no_less_may_be_shown(
    desk_browser: Browser, issued: Body, path: str, names: tuple[str, ...]
) -> None:
    Card.objects.update(state="suspended")
    before = desk_browser.state()

    response = desk_browser.post(f"/cards/{path}", _shown(issued, *names) | {"purpose": "lost"})

    _problem(response, 400, "invalid_fields")
    assert (desk_browser.state(), _tally()) == (before, 0)


BROKEN: dict[str, Body] = {
    "no purpose": {"purpose": None},
    "another purpose": {"purpose": "MARKED"},
    "a list of purposes": {"purpose": ["lost"]},
    "a long purpose": {"purpose": "MARKED" * 10},
    "an unknown field": {"reason": "MARKED"},
    "a number for a card": {"card_number": 5},
    "no card": {"card_number": None},
    "a long number": {"card_number": "MARKED" * 10},
    "a mistyped number": {"card_number": "MAR-KED0"},
    "a number beyond ASCII": {"card_number": "ſſſ-ſſſſ"},
    "a second person in words": {"second_person": "MARKED"},
    "no second person": {"second_person": {}},
    "half a second person": {"second_person": {"staff_code": "MARKED", "password": "x"}},
    "more than a second person": {
        "second_person": {"staff_code": "MARKED", "password": "x", "totp": "1", "role": "supervisor"}
    },
    "a second person of numbers": {"second_person": {"staff_code": 1, "password": 2, "totp": 3}},
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_change_changes_nothing(desk_browser: Browser, issued: Body, case: str) -> None:
    body = _shown(issued, "card_number") | {"purpose": "lost"} | BROKEN[case]
    before = desk_browser.state()

    response = desk_browser.post("/cards/suspend", body)

    _problem(response, 400, "invalid_fields")
    assert b"MARKED" not in response.content
    assert (desk_browser.state(), _tally()) == (before, 0)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("suspend", {"qr": "HELLO"}),
        ("suspend", {"qr": "é"}),
        ("suspend", {"slip_code": "0000-0000-0000-0000-0"}),
        ("revoke", {"qr": ""}),
        ("reinstate", {"qr": "HELLO", "slip_code": "0000-0000-0000-0000-0"}),
    ],
)
def test_what_belongs_to_no_card_is_not_found(desk_browser: Browser, issued: Body, path: str, shown: Body) -> None:
    before = desk_browser.state()

    _problem(desk_browser.post(f"/cards/{path}", shown | {"purpose": "lost"}), 404, "no_such_card")
    assert (desk_browser.state(), _tally()) == (before, 0)


def test_card_and_slip_must_be_of_the_same_card(desk_browser: Browser, issued: Body) -> None:
    other = desk_browser.issue()
    Card.objects.update(state="suspended")
    before = desk_browser.state()

    shown = _shown(issued, "qr") | _shown(other, "slip_code")
    response = desk_browser.post("/cards/reinstate", shown | {"purpose": "found"})

    assert _problem(response, 404, "no_such_card")["errors"].keys() == {"slip_code"}
    assert (desk_browser.state(), _tally()) == (before, 0)


def test_revoking_is_final(desk_browser: Browser, issued: Body) -> None:
    desk_browser.post("/cards/revoke", _shown(issued, "slip_code") | {"purpose": "stolen"})
    before, counted = desk_browser.state(), _tally()

    response = desk_browser.post("/cards/reinstate", _shown(issued, "qr", "slip_code") | {"purpose": "found"})

    _problem(response, 409, "card_revoked")
    assert (desk_browser.state(), _tally()) == (before, counted)


def test_a_log_that_fails_stops_the_change(
    desk_browser: Browser, issued: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(**entry: Any) -> None:
        raise LogUnavailable

    monkeypatch.setattr(desk, "record", away)
    before = desk_browser.state()

    response = desk_browser.post("/cards/suspend", _shown(issued, "card_number") | {"purpose": "lost"})

    _problem(response, 503, "log_unavailable")
    assert desk_browser.state() == before


def test_a_register_away_is_waited_for(desk_browser: Browser, issued: Body, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(*about: Any, **more: Any) -> Card:
        raise OperationalError("database is locked: MARKED")

    monkeypatch.setattr(blocking, "suspend", locked)
    response = desk_browser.post("/cards/suspend", _shown(issued, "card_number") | {"purpose": "lost"})

    _problem(response, 503, "database_unavailable")
    assert b"MARKED" not in response.content


@pytest.fixture
def busy(desk_browser: Browser, issued: Body) -> Body:
    """A card that this clerk suspended and reinstated ten times today."""
    for turn in range(20):
        assert _turn(desk_browser, issued, turn).status_code == 200
    assert _tally() == len(desk_browser.recorded) == 20
    return issued


def _turn(desk_browser: Browser, issued: Body, turn: int, **more: Any) -> Any:
    path, names = (("suspend", ("qr",)), ("reinstate", ("qr", "slip_code")))[turn % 2]
    return desk_browser.post(f"/cards/{path}", _shown(issued, *names) | {"purpose": "lost"} | more)


def test_the_twenty_first_change_of_a_day_needs_a_second_person(desk_browser: Browser, busy: Body) -> None:
    supervisor = create_account_with_second_factor(role="supervisor")
    before = desk_browser.state()

    problem = _problem(_turn(desk_browser, busy, 20), 403, "second_person_needed")
    assert "supervisor" in problem["detail"]
    assert desk_browser.state() == before

    # What changes nothing needs nobody; another clerk is at the start of their day.
    assert _turn(desk_browser, busy, 21).json()["state"] == "active"
    assert desk_browser.state() == before

    response = _turn(desk_browser, busy, 20, second_person=second_person(supervisor))
    assert (response.status_code, response.json()["state"]) == (200, "suspended")
    assert len(desk_browser.recorded) == 21
    assert desk_browser.recorded[-1]["actor"].code == desk_browser.account.staff_code


def test_a_code_vouches_for_one_change_only(desk_browser: Browser, busy: Body) -> None:
    supervisor = create_account_with_second_factor(role="supervisor")
    typed = second_person(supervisor)
    assert _turn(desk_browser, busy, 20, second_person=typed).status_code == 200
    before = desk_browser.state()

    _problem(_turn(desk_browser, busy, 21, second_person=typed), 403, "second_person_refused")
    assert desk_browser.state() == before

    later = second_person(supervisor, periods_later=1)
    assert _turn(desk_browser, busy, 21, second_person=later).status_code == 200


def _accounts(desk_browser: Browser) -> dict[str, NewAccount]:
    return {
        "another clerk": create_account_with_second_factor(role="clerk"),
        "an auditor": create_account_with_second_factor(role="auditor"),
        "the clerk again": desk_browser.account,
    }


@pytest.mark.parametrize("who", ["another clerk", "an auditor", "the clerk again"])
def test_only_a_supervisor_other_than_the_clerk_vouches(desk_browser: Browser, busy: Body, who: str) -> None:
    before = desk_browser.state()

    typed = second_person(_accounts(desk_browser)[who], periods_later=1)
    _problem(_turn(desk_browser, busy, 20, second_person=typed), 403, "second_person_refused")
    assert desk_browser.state() == before


@pytest.mark.parametrize("wrong", [{"password": "no"}, {"totp": "000000"}, {"totp": ""}, {"staff_code": "ZZZZZZ"}])
def test_a_second_person_proves_who_they_are(desk_browser: Browser, busy: Body, wrong: Body) -> None:
    typed = second_person(create_account_with_second_factor(role="supervisor")) | wrong
    before = desk_browser.state()

    _problem(_turn(desk_browser, busy, 20, second_person=typed), 403, "second_person_refused")
    assert desk_browser.state() == before


def test_a_supervisor_without_a_second_factor_does_not_vouch(desk_browser: Browser, busy: Body) -> None:
    account = create_account(role="supervisor")
    typed = {"staff_code": account.staff_code, "password": account.password, "totp": "000000"}

    _problem(_turn(desk_browser, busy, 20, second_person=typed), 403, "second_person_refused")


def test_a_supervisor_does_not_vouch_for_themselves(desk_browser: Browser, issued: Body) -> None:
    desk_browser.client, desk_browser.account = signed_in("supervisor")
    for turn in range(20):
        assert _turn(desk_browser, issued, turn).status_code == 200

    typed = second_person(desk_browser.account, periods_later=1)
    _problem(_turn(desk_browser, issued, 20, second_person=typed), 403, "second_person_refused")


def test_a_second_person_is_not_asked_before_they_are_needed(desk_browser: Browser, issued: Body) -> None:
    supervisor = create_account_with_second_factor(role="supervisor")
    typed = second_person(supervisor)
    assert _turn(desk_browser, issued, 0, second_person=typed | {"password": "wrong"}).status_code == 200


def test_mistakes_do_not_use_up_the_day(desk_browser: Browser, issued: Body) -> None:
    for _ in range(25):
        desk_browser.post("/cards/suspend", {"card_number": "000-0000", "purpose": "lost"})
        desk_browser.post("/cards/suspend", {"qr": "HELLO", "purpose": "lost"})

    assert _tally() == 0
    assert _turn(desk_browser, issued, 0).status_code == 200
