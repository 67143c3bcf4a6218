"""Authenticates a person within one request: staff code, password and code of the second factor, all at once."""

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.models import Authenticator
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext

from cardservice.web.problems import Problem
from staff.models import Account
from staff.sealing import Unsealable
from staff.staff_codes import as_stored


class NotAuthenticated(Exception):
    """Something about the three is not right; nobody is told what."""


@dataclass(frozen=True)
class Authenticated:
    """An open account and the second factor it just used."""

    account: Account
    factor: Authenticator


def authenticate(*, staff_code: str, password: str, totp: str) -> Authenticated:
    """Who typed these three; the code is used up by this.

    Raises NotAuthenticated, and Problem 429 `too_many_requests` after five failures in five minutes.
    """
    try:
        account = get_adapter().authenticate(context.request, username=as_stored(staff_code), password=password)
        if account is None:
            raise NotAuthenticated
        attempts_over = check_rate_limit(account)
    except ValidationError:
        raise Problem(
            status=429,
            code="too_many_requests",
            title=gettext("Too many attempts with this staff code"),
            detail=gettext("Wait five minutes, then try again."),
            headers={"Retry-After": "300"},
        ) from None
    factor = Authenticator.objects.filter(user=account.pk, type=Authenticator.Type.TOTP).first()
    try:
        if factor is None or not factor.wrap().validate_code(totp):
            raise NotAuthenticated
    except Unsealable:  # the desk's key was replaced: as good as lost
        raise NotAuthenticated from None
    attempts_over()
    return Authenticated(account=account, factor=factor)


def begin_session(*, request: HttpRequest, person: Authenticated) -> None:
    """Begins a new, complete session; what an ended one held, its eight hours too, is gone."""
    request.session.flush()
    get_adapter().login(request, person.account)
    record_authentication(request, person.account, "mfa", id=person.factor.pk, type=person.factor.type)
