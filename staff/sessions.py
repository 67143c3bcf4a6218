"""Who may pass: every page of the desk but those that sign in needs a session whose second factor was used."""

import time
from collections.abc import Callable
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from cardservice.web.problems import plain_problem

LONGEST = 8 * 60 * 60
"""Seconds after which a session ends, however busy it was."""

RECENT = 10 * 60
"""Seconds after signing in within which a person may change what signs them in."""

OPEN_TO_ALL = frozenset(
    {
        "/sign-in",
        "/sign-in/again",
        "/sign-in/again/passkey",
        "/sign-in/code",
        "/sign-in/passkey",
        "/sign-in/provider",
        "/sign-in/provider/return",
        "/sign-in/set-up",
        "/sign-in/set-up/passkey",
        "/invitation",
        "/sign-out",
        "/healthz",
    }
)
"""Addresses that answer without a session. Every other is closed, also one that somebody adds and forgets to close."""


def is_complete(*, request: HttpRequest, now: float) -> bool:
    """Whether this session belongs to an open account that used its second factor in it, at most LONGEST ago.

    `now` is in seconds since 1970.
    """
    used = _factor_used_at(request)
    return used is not None and now - used < LONGEST


def is_recent(*, request: HttpRequest, now: float) -> bool:
    """Whether this session began, by its second factor, less than RECENT ago."""
    used = _factor_used_at(request)
    return used is not None and now - used < RECENT


def _factor_used_at(request: HttpRequest) -> float | None:
    if not request.user.is_authenticated:
        return None
    used = [r["at"] for r in get_authentication_records(request, request.user) if r.get("method") == "mfa"]
    return min(used, default=None)


class CompleteSessionsOnly:
    """Middleware that answers everything else without a complete session: pages by sign-in, the rest by 401."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponseBase | None:
        if request.path in OPEN_TO_ALL or is_complete(request=request, now=time.time()):
            return None
        if request.user.is_authenticated:
            logout(request)
        if request.method in ("GET", "HEAD") and "text/html" in request.headers.get("Accept", ""):
            return HttpResponseRedirect(reverse("account_login"))
        return plain_problem(401, headers={"WWW-Authenticate": "Session"}).as_response()
