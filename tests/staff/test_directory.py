"""Inviting, listing, resetting and closing accounts."""

import pytest
from allauth.mfa.models import Authenticator

from staff import directory
from staff.accounts import create_account, create_account_with_second_factor
from staff.models import Account, DailyTally, Invitation
from tests.staff.conftest import SignedIn, sign_in

pytestmark = pytest.mark.django_db(databases=["staff"])

NOW = 1_790_000_000


def states() -> dict[str, str]:
    return {listed.staff_code: listed.state for listed in directory.list_accounts()}


def is_signed_in(browser) -> bool:
    return browser.post("/cards/ack", {}, content_type="application/json").status_code != 401


def test_an_invited_account_is_listed_with_role_and_district_and_opens_to_no_password():
    made = directory.invite(role="auditor", district="WEST2", now=NOW)
    assert directory.list_accounts() == [directory.Listed(made.staff_code, "auditor", "WEST2", "invited")]
    assert not Account.objects.get().has_usable_password()


def test_the_list_tells_the_states_apart():
    invited = directory.invite(role="clerk", district="", now=NOW).staff_code
    half = create_account(role="clerk").staff_code
    whole = create_account_with_second_factor(role="clerk").staff_code
    gone = create_account_with_second_factor(role="clerk").staff_code
    assert directory.disable(staff_code=gone.lower()) == gone
    expected = {invited: "invited", half: "no second factor", whole: "active", gone: "disabled"}
    assert states() == expected
    assert list(states()) == sorted(expected)


@pytest.mark.parametrize("wrong", [{"role": "janitor"}, {"district": "West 2"}, {"district": "TOOLONGER"}])
def test_bad_input_makes_no_account(wrong):
    with pytest.raises(directory.DirectoryRefused):
        directory.invite(**({"role": "clerk", "district": "", "now": NOW} | wrong))
    assert not Account.objects.exists()


def test_disabling_ends_sessions_at_once_and_takes_all_that_signs_in(signed_in: SignedIn):
    DailyTally.objects.create(account=Account.objects.get(), day="2026-11-23", changes=3)
    assert is_signed_in(signed_in.browser)
    directory.disable(staff_code=signed_in.account.staff_code)
    assert not is_signed_in(signed_in.browser)
    account = Account.objects.get()
    assert not account.has_usable_password()
    assert not Authenticator.objects.exists() and not DailyTally.objects.exists()


def test_a_reset_ends_sessions_password_and_factors_and_invites_anew(signed_in: SignedIn):
    made = directory.reset(staff_code=signed_in.account.staff_code, now=NOW)
    assert made.staff_code == signed_in.account.staff_code
    assert not is_signed_in(signed_in.browser)
    assert sign_in(signed_in.browser, signed_in.account).status_code == 302
    assert not is_signed_in(signed_in.browser), "the old password and code sign nobody in"
    assert not Authenticator.objects.exists()
    assert Invitation.objects.count() == 1


def test_the_last_coordinator_who_can_sign_in_cannot_be_disabled():
    last = create_account_with_second_factor(role="coordinator").staff_code
    directory.invite(role="coordinator", district="", now=NOW)
    closed = create_account_with_second_factor(role="coordinator").staff_code
    directory.disable(staff_code=closed)
    with pytest.raises(directory.DirectoryRefused, match="last coordinator"):
        directory.disable(staff_code=last)
    assert states()[last] == "active"
    create_account_with_second_factor(role="coordinator")
    directory.disable(staff_code=last)
    assert states()[last] == "disabled"


def test_a_disabled_account_is_not_reset():
    gone = create_account(role="clerk").staff_code
    directory.disable(staff_code=gone)
    with pytest.raises(directory.DirectoryRefused, match="is disabled"):
        directory.reset(staff_code=gone, now=NOW)
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("act", [lambda code: directory.disable(staff_code=code),
                                 lambda code: directory.reset(staff_code=code, now=NOW)])  # fmt: skip
def test_an_unknown_staff_code_is_named(act):
    with pytest.raises(directory.DirectoryRefused, match="no account 'ZZZZZZ'"):
        act("ZZZZZZ")
