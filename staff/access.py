"""What desk views ask of the compartment staff: who is signed in, may they, who is the second person, how often.

Other apps do not import this module; settings name its members (REST_FRAMEWORK, SECOND_PERSON, COUNT_CHANGE).
"""

import time
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from cardservice.web.problems import Problem
from staff import tally
from staff.models import Account, Role
from staff.sessions import is_complete
from staff.staff_codes import as_stored


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
        person = get_adapter().authenticate(context.request, username=as_stored(staff_code), password=password)
        if person is None or person.role != Role.SUPERVISOR or person.pk == not_account.pk:
            raise _refused()
        attempts_over = check_rate_limit(person)
    except ValidationError:
        raise Problem(
            status=429,
            code="too_many_requests",
            title=gettext("Too many attempts with this staff code"),
            detail=gettext("Wait five minutes, then try again."),
            headers={"Retry-After": "300"},
        ) from None
    factor = Authenticator.objects.filter(user=person.pk, type=Authenticator.Type.TOTP).first()
    if factor is None or not factor.wrap().validate_code(totp):
        raise _refused()
    attempts_over()
    return person  # type: ignore[no-any-return]


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
