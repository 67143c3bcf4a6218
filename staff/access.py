"""What desk views ask of the compartment staff: who is signed in, may they, who is the second person, how often.

Other apps do not import this module; settings name its members (REST_FRAMEWORK, SECOND_PERSON, COUNT_CHANGE).
"""

import time
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cardservice.web.problems import Problem
from staff import in_place, tally
from staff.models import Account, Role
from staff.sessions import is_complete


class StaffSession(SessionAuthentication):
    """Authenticates by a complete session and enforces CSRF; anything else is 401."""

    def authenticate(self, request: Request) -> tuple[Account, None] | None:
        if not is_complete(request=request._request, now=time.time()):
            return None
        self.enforce_csrf(request)
        return request._request.user, None

    def authenticate_header(self, request: Request) -> str:
        return "Session"


class RoleOfView(BasePermission):
    """Lets the roles pass that the view names in its attribute `roles`; a view that names none serves nobody."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return getattr(request.user, "role", None) in getattr(view, "roles", ())


def verify_second_person(*, staff_code: str, password: str, totp: str, not_account: Account) -> Account:
    """The supervisor who vouches for what `not_account` is about to do, authenticated in place during this request.

    The code of the second factor is used up by this. Raises Problem 403 `second_person_refused`, which does not tell
    what was wrong, and 429 `too_many_requests` after five failures in five minutes.
    """
    try:
        person = in_place.authenticate(staff_code=staff_code, password=password, totp=totp).account
    except in_place.NotAuthenticated:
        raise _refused() from None
    if person.role != Role.SUPERVISOR or person.pk == not_account.pk:
        raise _refused()
    return person


def count_change(account: Account) -> int:
    """Counts one more state change by `account` and returns how many that makes today (UTC)."""
    return tally.count(account=account, today=timezone.now().date())


def _refused() -> Problem:
    return Problem(
        status=403,
        code="second_person_refused",
        title=gettext("The second person was not accepted"),
        detail=gettext("A supervisor other than you types staff code, password and a code that was not used yet."),
    )
