"""Invitations: a code that opens one account once, within 72 hours, and of which only a hash is stored."""

import re
import time

import pytest
from django.db import connections
from django.test import Client

from staff import directory, invitations
from staff.models import Account, Invitation

pytestmark = pytest.mark.django_db(databases=["staff"])

NOW = 1_790_000_000
PASSWORD = "seven quiet herons"


def invite(role: str = "clerk", now: int = NOW) -> directory.Invited:
    return directory.invite(role=role, district="", now=now)


def test_a_code_opens_its_account_until_72_hours_have_passed():
    made = invite()
    assert invitations.invited(code=made.code, now=NOW + 72 * 3600 - 1).staff_code == made.staff_code
    with pytest.raises(invitations.InvitationRefused):
        invitations.invited(code=made.code, now=NOW + 72 * 3600)


def test_a_code_with_a_later_end_written_into_it_opens_nothing():
    code = invite().code
    with pytest.raises(invitations.InvitationRefused):
        invitations.invited(code="3ZZZZZ" + code[6:], now=NOW)


def test_a_code_is_read_as_people_type_it():
    made = invite()
    typed = "-".join(made.code.lower()[at : at + 8] for at in range(0, 32, 8))
    assert invitations.invited(code=typed, now=NOW).staff_code == made.staff_code


def test_a_code_works_once():
    code = invite().code
    account = invitations.accept(code=code, password=PASSWORD, now=NOW)
    assert Account.objects.get(pk=account.pk).check_password(PASSWORD)
    with pytest.raises(invitations.InvitationRefused):
        invitations.accept(code=code, password="another long one", now=NOW)
    assert Account.objects.get(pk=account.pk).check_password(PASSWORD)


def test_a_new_invitation_ends_the_one_before():
    first = invite()
    second = directory.reset(staff_code=first.staff_code, now=NOW)
    with pytest.raises(invitations.InvitationRefused):
        invitations.invited(code=first.code, now=NOW)
    assert invitations.invited(code=second.code, now=NOW).staff_code == first.staff_code


def test_an_account_that_was_closed_meanwhile_is_not_opened():
    made = invite()
    Account.objects.filter(staff_code=made.staff_code).update(is_active=False)
    with pytest.raises(invitations.InvitationRefused):
        invitations.invited(code=made.code, now=NOW)


def test_the_database_knows_neither_the_code_nor_when_it_lapses():
    code = invite().code
    with connections["staff"].cursor() as cursor:
        cursor.execute("SELECT * FROM staff_invitation")
        stored = [str(value) for value in cursor.fetchall()[0]]
    assert [field.name for field in Invitation._meta.concrete_fields] == ["account", "digest"]
    assert code not in stored and len(stored) == 2


@pytest.fixture
def today(time_machine) -> int:
    time_machine.move_to("2026-11-23T08:00:00Z", tick=False)
    return int(time.time())


def post(browser: Client, code: str, password: str = PASSWORD, again: str | None = None):
    form = {"code": code, "password": password, "again": password if again is None else again}
    return browser.post("/invitation", form)


def errors(answer) -> list[str]:
    return re.findall(r'form-field__error" id="\w+">(.*?)<', answer.content.decode())


def test_the_page_leads_from_the_password_to_the_second_factor(today):
    made, browser = invite(now=today), Client()
    assert browser.get("/invitation").status_code == 200
    assert post(browser, made.code)["Location"] == "/sign-in/set-up"
    assert browser.get("/sign-in/set-up").status_code == 200
    assert browser.post("/cards/ack", {}, content_type="application/json").status_code == 401, "nobody is signed in yet"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"password": "short"}, "at least 12 characters"),
        ({"password": "qwerty123456"}, "too common"),
        ({"again": "seven quiet heron"}, "differ"),
        ({"code": "0" * 32}, "Ask your coordinator"),
        ({"code": "é" * 32}, "Ask your coordinator"),
    ],
)
def test_bad_input_is_named_beside_its_field_and_uses_nothing_up(today, given, said):
    made = invite(now=today)
    answer = post(Client(), **({"code": made.code} | given))
    assert [said in text for text in errors(answer)] == [True]
    assert given.get("code", made.code) in answer.content.decode(), "the code stays in the form"
    assert post(Client(), made.code).status_code == 302


def test_a_lapsed_code_is_refused_on_the_page(today, time_machine):
    made = invite(now=today)
    time_machine.move_to("2026-11-26T08:00:00Z", tick=False)
    assert len(errors(post(Client(), made.code))) == 1


def test_whoever_was_signed_in_with_this_browser_is_so_no_more(today, signed_in):
    made = invite(now=today)
    assert post(signed_in.browser, made.code)["Location"] == "/sign-in/set-up"
    assert signed_in.browser.post("/cards/ack", {}, content_type="application/json").status_code == 401
