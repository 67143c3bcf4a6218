"""Signing in: password and second factor, closed doors, nothing kept about when and from where."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import get_resolver

from staff.accounts import create_account
from staff.models import Account
from staff.sessions import OPEN_TO_ALL
from tests.staff.conftest import SignedIn, code_of, sign_in

pytestmark = pytest.mark.django_db(databases=["staff"])


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_it_takes_password_and_code(clerk):
    browser = Client()
    assert browser.get("/sign-in").status_code == 200
    answer = browser.post("/sign-in", {"login": clerk.staff_code, "password": clerk.password})
    assert answer["Location"] == "/sign-in/code"
    assert not is_signed_in(browser)
    assert browser.post("/sign-in/code", {"code": code_of(clerk.totp_secret)})["Location"] == "/"
    assert is_signed_in(browser)


def test_it_takes_a_staff_code_typed_in_lower_case_with_spaces(clerk):
    typed = " ".join(clerk.staff_code.lower())
    answer = Client().post("/sign-in", {"login": typed, "password": clerk.password})
    assert answer["Location"] == "/sign-in/code"


def test_it_refuses_a_wrong_password_and_an_unknown_code_with_the_same_words(clerk):
    wrong = Client().post("/sign-in", {"login": clerk.staff_code, "password": "not it"})
    unknown = Client().post("/sign-in", {"login": "ZZZZZZ", "password": "not it"})
    said = [re.findall(r'alert--error" role="alert">(.*?)<', answer.content.decode()) for answer in (wrong, unknown)]
    assert said[0] == said[1] == ["Staff code or password is not right. Check both and type them again."]


def test_it_refuses_a_closed_account_like_a_wrong_password(clerk):
    Account.objects.filter(staff_code=clerk.staff_code).update(is_active=False)
    answer = Client().post("/sign-in", {"login": clerk.staff_code, "password": clerk.password})
    assert answer.status_code == 200
    assert "not right" in answer.content.decode()


def test_it_ends_the_session_of_an_account_that_is_closed(signed_in: SignedIn):
    Account.objects.update(is_active=False)
    assert signed_in.browser.get("/sign-in/recovery-codes").status_code == 401


def test_it_refuses_a_wrong_code(clerk):
    browser = Client()
    browser.post("/sign-in", {"login": clerk.staff_code, "password": clerk.password})
    answer = browser.post("/sign-in/code", {"code": "000000"})
    assert "not right or was already used" in answer.content.decode()
    assert not is_signed_in(browser)


def test_it_refuses_codes_of_factors_that_another_desk_key_sealed(clerk, settings):
    settings.SECRET_KEY = "another-key-" + "0" * 40
    browser = Client()
    assert "not right or was already used" in sign_in(browser, clerk).content.decode()
    three = {"staff_code": clerk.staff_code, "password": clerk.password, "totp": code_of(clerk.totp_secret)}
    assert browser.post("/sign-in/again", three, content_type="application/json").status_code == 403


def test_it_refuses_a_code_that_was_used_before(clerk):
    assert sign_in(Client(), clerk)["Location"] == "/"
    assert sign_in(Client(), clerk).status_code == 200


def test_it_locks_an_account_after_five_wrong_passwords_also_for_the_right_one(clerk):
    for _ in range(5):
        Client().post("/sign-in", {"login": clerk.staff_code, "password": "not it"})
    answer = Client().post("/sign-in", {"login": clerk.staff_code, "password": clerk.password})
    assert "Too many attempts" in answer.content.decode()


def test_it_locks_an_account_after_five_wrong_codes(clerk):
    browser = Client()
    browser.post("/sign-in", {"login": clerk.staff_code, "password": clerk.password})
    for _ in range(5):
        browser.post("/sign-in/code", {"code": "000000"})
    browser.post("/sign-in/code", {"code": code_of(clerk.totp_secret)})
    assert not is_signed_in(browser)


def test_it_has_an_account_without_second_factor_set_it_up_before_it_is_signed_in():
    new = create_account(role="clerk")
    browser = Client()
    answer = browser.post("/sign-in", {"login": new.staff_code, "password": new.password})
    assert answer["Location"] == "/sign-in/set-up"
    assert not is_signed_in(browser)
    page = browser.get("/sign-in/set-up").content.decode()
    secret = "".join(re.findall(r'class="secret">([A-Z2-7 ]+)<', page)[0].split())
    sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]

    refused = browser.post("/sign-in/set-up", {"code": "000000", "sealed": sealed})
    assert sealed in refused.content.decode(), "the picture stays the same, so that nobody scans twice"
    done = browser.post("/sign-in/set-up", {"code": code_of(secret), "sealed": sealed})

    assert done["Location"] == "/sign-in/recovery-codes"
    assert is_signed_in(browser)
    shown = re.findall(r'codes__code">(\d{10})<', browser.get("/sign-in/recovery-codes").content.decode())
    assert len(set(shown)) == 10
    assert browser.get("/sign-in/recovery-codes").status_code == 302, "they are shown once"

    again = Client()
    again.post("/sign-in", {"login": new.staff_code, "password": new.password})
    assert again.post("/sign-in/code", {"code": shown[3]})["Location"] == "/"
    once_more = Client()
    once_more.post("/sign-in", {"login": new.staff_code, "password": new.password})
    assert once_more.post("/sign-in/code", {"code": shown[3]}).status_code == 200, "a recovery code works once"


def test_it_refuses_a_set_up_secret_that_was_sealed_for_another_account():
    one, other = create_account(role="clerk"), create_account(role="clerk")
    pages = {}
    for account in (one, other):
        browser = Client()
        browser.post("/sign-in", {"login": account.staff_code, "password": account.password})
        pages[account] = browser, browser.get("/sign-in/set-up").content.decode()
    page = pages[one][1]
    secret = "".join(re.findall(r'class="secret">([A-Z2-7 ]+)<', page)[0].split())
    sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
    answer = pages[other][0].post("/sign-in/set-up", {"code": code_of(secret), "sealed": sealed})
    assert "too old" in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_it_never_leads_away_from_the_desk(clerk):
    browser = Client()
    browser.post("/sign-in?next=https://elsewhere.invalid/", {"login": clerk.staff_code, "password": clerk.password})
    assert browser.post("/sign-in/code", {"code": code_of(clerk.totp_secret)})["Location"] == "/"


def test_it_signs_out_and_tells_the_browser_to_forget(signed_in: SignedIn):
    answer = signed_in.browser.post("/sign-out")
    assert answer["Clear-Site-Data"] == '"cache", "cookies", "storage"'
    assert not Session.objects.exists()
    assert signed_in.browser.get("/sign-out").status_code == 405


def test_it_refuses_a_form_without_csrf_token_in_words(clerk):
    answer = Client(enforce_csrf_checks=True).post("/sign-in", {"login": clerk.staff_code, "password": clerk.password})
    assert answer.status_code == 403
    assert "start again" in answer.content.decode()


def test_its_cookies_are_for_this_site_only(clerk):
    browser = Client()
    browser.get("/sign-in")
    sign_in(browser, clerk)
    session, csrf = browser.cookies["desk_session"], browser.cookies["csrftoken"]
    assert session["httponly"] and session["samesite"] == csrf["samesite"] == "Strict"
    assert session["max-age"] == csrf["max-age"] == "", "both end with the browser"


def test_the_session_holds_the_account_and_how_it_signed_in_and_nothing_else(signed_in: SignedIn):
    session = Session.objects.get().get_decoded()
    records = session.pop("account_authentication_methods")
    assert set(session) == {
        "_auth_user_id",
        "_auth_user_backend",
        "_auth_user_hash",
        "_session_expiry",
        "account_authentication_methods_user",
    }
    assert [set(record) for record in records] == [{"method", "at", "username"}, {"method", "at", "id", "type"}]
    assert records[0]["username"] == signed_in.account.staff_code


def test_no_table_says_when_or_from_where_somebody_signed_in(signed_in: SignedIn):
    assert not EmailAddress.objects.exists()
    assert [field.name for field in Account._meta.concrete_fields] == [
        "id", "password", "staff_code", "role", "district", "is_active",
    ]  # fmt: skip
    assert Authenticator.objects.get().last_used_at is None


def test_the_totp_secret_is_sealed_at_rest(clerk):
    stored = str(Authenticator.objects.get().data)
    assert clerk.totp_secret not in stored


def test_nothing_of_allauth_is_reachable_but_the_pages_of_this_app():
    assert {str(pattern.pattern) for pattern in get_resolver("staff.urls").url_patterns} == {
        "sign-in",
        "sign-in/again",
        "sign-in/again/passkey",
        "sign-in/passkey",
        "sign-in/code",
        "sign-in/set-up",
        "sign-in/set-up/passkey",
        "sign-in/provider",
        "sign-in/provider/return",
        "account/provider",
        "account/provider/remove",
        "sign-in/recovery-codes",
        "invitation",
        "account",
        "account/passkeys",
        "account/authenticator",
        "account/factors/remove",
        "account/recovery-codes",
        "sign-out",
    }


def test_every_desk_address_but_the_named_ones_is_closed_without_a_session():
    def addresses(patterns, prefix=""):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                yield from addresses(pattern.url_patterns, prefix + str(pattern.pattern))
            else:
                yield "/" + prefix + str(pattern.pattern)

    listed = set(addresses(get_resolver("cardservice.urls.desk").url_patterns))
    assert listed >= OPEN_TO_ALL
    for address in listed - OPEN_TO_ALL:
        assert Client().get(address).status_code == 401, address
        assert Client().get(address, headers={"Accept": "text/html"})["Location"] == "/sign-in", address
        assert Client().post(address, {}, content_type="application/json").status_code == 401, address
