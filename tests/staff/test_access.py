"""What desk views get from the compartment staff."""

import json

import pytest
from allauth.core import context
from django.conf import settings
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import path
from django.utils.module_loading import import_string
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.web.problems import Problem
from staff.access import count_change, verify_second_person
from staff.accounts import create_account, create_account_with_second_factor
from staff.models import Account
from tests.staff.conftest import SignedIn, code_of, sign_in

pytestmark = [pytest.mark.django_db(databases=["staff"]), pytest.mark.urls("tests.staff.test_access")]


class ForClerks(APIView):
    roles = ("clerk",)

    def post(self, request):
        return Response({"role": request.user.role, "staff_code": request.user.staff_code})


class ForNobody(APIView):
    def post(self, request):
        return Response({})


def page(request):
    return HttpResponse("a page that forgot to ask who is there")


urlpatterns = [
    path("for-clerks", ForClerks.as_view()),
    path("for-nobody", ForNobody.as_view()),
    path("page", page),
]
urlpatterns += import_string("staff.urls.urlpatterns")


def post(browser: Client, address: str, **headers: str):
    return browser.post(address, {}, content_type="application/json", headers=headers)


def test_a_view_knows_role_and_code_of_who_is_signed_in(signed_in: SignedIn):
    answer = post(signed_in.browser, "/for-clerks")
    assert answer.json() == {"role": "clerk", "staff_code": signed_in.account.staff_code}


def test_without_session_it_answers_401_as_problem():
    answer = post(Client(), "/for-clerks")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "not_authenticated"


def test_a_page_that_asks_nothing_is_closed_all_the_same(signed_in: SignedIn):
    assert Client().get("/page", headers={"Accept": "text/html"})["Location"] == "/sign-in"
    assert Client().get("/page").status_code == 401
    assert signed_in.browser.get("/page").status_code == 200


def test_a_password_alone_opens_nothing(clerk):
    browser = Client()
    browser.post("/sign-in", {"login": clerk.staff_code, "password": clerk.password})
    assert post(browser, "/for-clerks").status_code == 401


def test_a_session_that_django_began_without_second_factor_opens_nothing(clerk):
    browser = Client()
    browser.force_login(Account.objects.get(staff_code=clerk.staff_code))
    assert post(browser, "/for-clerks").status_code == 401


def test_another_role_is_refused():
    browser = Client()
    sign_in(browser, create_account_with_second_factor(role="auditor"))
    assert (answer := post(browser, "/for-clerks")).status_code == 403
    assert answer.json()["code"] == "not_allowed"


def test_a_view_that_names_no_roles_serves_nobody(signed_in: SignedIn):
    assert post(signed_in.browser, "/for-nobody").status_code == 403


def test_a_request_without_csrf_token_is_refused(clerk):
    browser = Client(enforce_csrf_checks=True)
    browser.get("/sign-in")
    for address, form in (
        ("/sign-in", {"login": clerk.staff_code, "password": clerk.password}),
        ("/sign-in/code", {"code": code_of(clerk.totp_secret)}),
    ):
        browser.post(address, form, headers={"X-CSRFToken": browser.cookies["csrftoken"].value})
    assert post(browser, "/for-clerks").status_code == 403
    assert post(browser, "/for-clerks", **{"X-CSRFToken": browser.cookies["csrftoken"].value}).status_code == 200


def test_a_session_ends_after_ten_minutes_of_idleness(clerk, time_machine):
    time_machine.move_to("2026-11-23T08:00:00Z", tick=False)
    browser = Client()
    sign_in(browser, clerk)
    time_machine.move_to("2026-11-23T08:09:59Z", tick=False)
    assert post(browser, "/for-clerks").status_code == 200
    time_machine.move_to("2026-11-23T08:19:58Z", tick=False)
    assert post(browser, "/for-clerks").status_code == 200
    time_machine.move_to("2026-11-23T08:29:59Z", tick=False)
    assert post(browser, "/for-clerks").status_code == 401


def test_a_session_ends_after_eight_hours_of_work(clerk, time_machine):
    time_machine.move_to("2026-11-23T08:00:00Z", tick=False)
    browser = Client()
    sign_in(browser, clerk)
    for minute in range(9, 480, 9):
        time_machine.move_to(f"2026-11-23T{8 + minute // 60:02}:{minute % 60:02}:00Z", tick=False)
        assert post(browser, "/for-clerks").status_code == 200, minute
    time_machine.move_to("2026-11-23T16:00:00Z", tick=False)
    assert post(browser, "/for-clerks").status_code == 401


@pytest.fixture
def at_work(clerk):
    """The clerk's account, within a request as allauth's middleware sets it up."""
    with context.request_context(RequestFactory().post("/cards/revoke")):
        yield Account.objects.get(staff_code=clerk.staff_code)


def vouch(person, clerk_account, **changed):
    given = {"staff_code": person.staff_code, "password": person.password}
    given |= {"totp": code_of(person.totp_secret) if person.totp_secret else "000000"}
    return verify_second_person(**(given | changed), not_account=clerk_account)


def test_a_supervisor_with_password_and_code_is_a_second_person(at_work):
    supervisor = create_account_with_second_factor(role="supervisor")
    assert vouch(supervisor, at_work, staff_code=supervisor.staff_code.lower()).staff_code == supervisor.staff_code


def test_nobody_is_their_own_second_person():
    supervisor = create_account_with_second_factor(role="supervisor")
    with context.request_context(RequestFactory().post("/")), pytest.raises(Problem) as refusal:
        vouch(supervisor, Account.objects.get())
    assert refusal.value.body["code"] == "second_person_refused"


@pytest.mark.parametrize("role", ["clerk", "coordinator", "auditor"])
def test_other_roles_are_no_second_person(at_work, role):
    with pytest.raises(Problem):
        vouch(create_account_with_second_factor(role=role), at_work)


@pytest.mark.parametrize("wrong", [{"password": "not it"}, {"totp": "000000"}, {"staff_code": "ZZZZZZ"}])
def test_whatever_is_wrong_about_a_second_person_is_answered_alike(at_work, wrong):
    with pytest.raises(Problem) as refusal:
        vouch(create_account_with_second_factor(role="supervisor"), at_work, **wrong)
    assert json.loads(refusal.value.as_response().content) == {
        "type": "about:blank",
        "title": "The second person was not accepted",
        "status": 403,
        "code": "second_person_refused",
        "detail": "A supervisor other than you types staff code, password and a code that was not used yet.",
    }


def test_a_supervisor_without_second_factor_is_no_second_person(at_work):
    with pytest.raises(Problem):
        vouch(create_account(role="supervisor"), at_work)


def test_a_code_vouches_once(at_work):
    supervisor = create_account_with_second_factor(role="supervisor")
    vouch(supervisor, at_work)
    with pytest.raises(Problem):
        vouch(supervisor, at_work)


def test_five_wrong_second_persons_lock_the_account(at_work):
    supervisor = create_account_with_second_factor(role="supervisor")
    for _ in range(5):
        with pytest.raises(Problem):
            vouch(supervisor, at_work, password="not it")
    with pytest.raises(Problem) as refusal:
        vouch(supervisor, at_work)
    assert refusal.value.status_code == 429


def test_changes_are_counted_per_account_and_day(clerk, time_machine):
    account = Account.objects.get()
    other = Account.objects.get(staff_code=create_account(role="clerk").staff_code)
    time_machine.move_to("2026-11-23T10:00:00Z", tick=False)
    assert [count_change(account) for _ in range(3)] == [1, 2, 3]
    assert count_change(other) == 1
    time_machine.move_to("2026-11-24T10:00:00Z", tick=False)
    assert count_change(account) == 1


def test_the_settings_name_what_issuance_may_ask():
    assert import_string(settings.SECOND_PERSON) is verify_second_person
    assert import_string(settings.COUNT_CHANGE) is count_change
