"""Signing in again in place, from a page whose session ended."""

import pytest
from django.test import Client

from staff.accounts import NewAccount, create_account, create_account_with_second_factor
from tests.staff.conftest import SignedIn, code_of, sign_in

pytestmark = pytest.mark.django_db(databases=["staff"])


def three(account: NewAccount, *, periods_later: int = 1, **changed: str):
    """Staff code, password and a code that the sign-in before did not use."""
    given = {"staff_code": account.staff_code, "password": account.password}
    given |= {"totp": code_of(account.totp_secret, periods_later=periods_later) if account.totp_secret else "000000"}
    return given | changed


def again(browser: Client, body, **headers: str):
    return browser.post("/sign-in/again", body, content_type="application/json", headers=headers)


def is_signed_in(browser: Client) -> bool:
    return browser.post("/cards/ack", {}, content_type="application/json").status_code != 401


def test_a_session_that_was_idle_too_long_is_followed_by_a_complete_one(clerk, time_machine):
    time_machine.move_to("2026-11-23T08:00:00Z", tick=False)
    browser = Client()
    sign_in(browser, clerk)
    time_machine.move_to("2026-11-23T08:10:01Z", tick=False)
    assert not is_signed_in(browser)
    assert again(browser, three(clerk)).json() == {"staff_code": clerk.staff_code, "role": "clerk"}
    assert is_signed_in(browser)


def test_eight_hours_end_a_busy_session_and_signing_in_again_begins_new_ones(clerk, time_machine):
    time_machine.move_to("2026-11-23T08:00:00Z", tick=False)
    browser = Client()
    sign_in(browser, clerk)
    for minute in range(9, 480, 9):
        time_machine.move_to(f"2026-11-23T{8 + minute // 60:02}:{minute % 60:02}:00Z", tick=False)
        assert is_signed_in(browser)
    # The session's row is still there, since it was never idle; only its age ends it.
    time_machine.move_to("2026-11-23T16:00:01Z", tick=False)
    assert again(browser, three(clerk)).status_code == 200
    assert is_signed_in(browser)


@pytest.mark.parametrize("wrong", [{"password": "not it"}, {"totp": "000000"}, {"staff_code": "ZZZZZZ"}])
def test_whatever_is_wrong_is_answered_alike_and_signs_nobody_in(clerk, wrong):
    browser = Client()
    answer = again(browser, three(clerk, **wrong))
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_refused")
    assert not is_signed_in(browser)


def test_an_account_without_second_factor_is_not_signed_in():
    browser = Client()
    assert again(browser, three(create_account(role="clerk"))).status_code == 403
    assert not is_signed_in(browser)


def test_a_code_signs_in_once(signed_in: SignedIn):
    assert again(signed_in.browser, three(signed_in.account, periods_later=0)).status_code == 403


def test_five_wrong_passwords_lock_the_account_for_a_while(clerk):
    browser = Client()
    for _ in range(5):
        assert again(browser, three(clerk, password="not it")).status_code == 403
    assert again(browser, three(clerk)).status_code == 429
    assert not is_signed_in(browser)


def test_another_person_gets_a_session_of_their_own(signed_in: SignedIn):
    other = create_account_with_second_factor(role="supervisor")
    before = signed_in.browser.cookies["desk_session"].value
    assert again(signed_in.browser, three(other)).json()["role"] == "supervisor"
    assert signed_in.browser.cookies["desk_session"].value != before


def test_a_page_of_another_site_signs_nobody_in(clerk):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/sign-in")
    assert again(browser, three(clerk)).status_code == 403
    token = browser.cookies["csrftoken"].value
    assert again(browser, three(clerk), **{"X-CSRFToken": token}).status_code == 200


@pytest.mark.parametrize("broken", [{}, {"staff_code": 5, "password": "x", "totp": "1"}, {"password": "x" * 5000}])
def test_a_broken_request_is_answered_400(broken):
    assert again(Client(), broken).status_code == 400
