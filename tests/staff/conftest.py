"""Fixtures of the tests of staff: signing in as the browser does."""

import time
from dataclasses import dataclass
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client

from staff.accounts import NewAccount, create_account_with_second_factor


def code_of(secret: str, *, periods_later: int = 0) -> str:
    """The six digits an authenticator shows."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods_later))


@dataclass
class SignedIn:
    """A browser whose session is complete, and the account it belongs to."""

    browser: Client
    account: NewAccount


def sign_in(browser: Client, account: NewAccount, **code: Any) -> Any:
    """Password, then code; the answer to the last request."""
    browser.post("/sign-in", {"login": account.staff_code, "password": account.password})
    assert account.totp_secret is not None
    return browser.post("/sign-in/code", {"code": code_of(account.totp_secret, **code)})


@pytest.fixture
def clerk() -> NewAccount:
    return create_account_with_second_factor(role="clerk")


@pytest.fixture
def signed_in(clerk: NewAccount) -> SignedIn:
    browser = Client()
    assert sign_in(browser, clerk).status_code == 302
    return SignedIn(browser, clerk)
