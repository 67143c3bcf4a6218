"""Using and making passkeys while signing in: GET gives the options, POST takes the form that a small script fills."""

import time
from dataclasses import asdict
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import get_pending_stage
from allauth.account.models import Login
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters

from staff import passkeys, second_factor

FORM = ("sealed", "answer")
REFUSED = "passkey=refused"
"""What an address ends with when the page behind it is to say that a passkey was not accepted."""

_quiet = method_decorator(sensitive_post_parameters(*FORM), name="dispatch")


def site_of(request: HttpRequest) -> passkeys.Site:
    """The site as this request's browser names it; Django has compared it with the allowed hosts."""
    return passkeys.Site(host=request.get_host(), name=settings.CITY_NAME, secret_key=settings.SECRET_KEY)


def given(request: HttpRequest) -> dict[str, Any]:
    """The arguments of a passkey ceremony's end that come with a request."""
    sealed, answer = (request.POST.get(name, "") for name in FORM)
    return {"sealed": sealed, "answer": answer, "site": site_of(request), "now": time.time()}


def options(ceremony: passkeys.Ceremony) -> JsonResponse:
    """The answer with which a ceremony begins."""
    return JsonResponse(asdict(ceremony))


def was_refused(request: HttpRequest) -> bool:
    """Whether the page is to say that a passkey was not accepted."""
    return request.GET.get("passkey") == "refused"


@_quiet
class UsePasskey(View):
    """The second factor of somebody whose password was right, or, of anybody else, password and factor at once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        account = stage.login.user if (stage := _second_step(request)) else None
        return options(passkeys.begin_using(account=account, site=site_of(request), now=time.time()))

    def post(self, request: HttpRequest) -> HttpResponse:
        stage = _second_step(request)
        try:
            used = passkeys.finish_using(account=stage.login.user if stage else None, **given(request))
        except passkeys.PasskeyRefused:
            return HttpResponseRedirect(f"/sign-in{'/code' if stage else ''}?{REFUSED}")
        if stage:
            record_authentication(request, used.user, "mfa", id=used.pk, type=used.type)
            return stage.exit()  # type: ignore[no-any-return]
        request.session.flush()
        record_authentication(request, used.user, "mfa", id=used.pk, type=used.type, passwordless=True)
        return perform_login(request, Login(user=used.user))  # type: ignore[no-any-return]


@_quiet
@method_decorator(
    login_stage_required(stage=second_factor.SetUpStage.key, redirect_urlname="account_login"), name="dispatch"
)
class SetUpPasskey(View):
    """The first second factor of an account, a passkey; then the recovery codes."""

    def get(self, request: HttpRequest) -> HttpResponse:
        account = request._login_stage.login.user  # type: ignore[attr-defined]
        return options(passkeys.begin_making(account=account, site=site_of(request), now=time.time()))

    def post(self, request: HttpRequest) -> HttpResponse:
        stage = request._login_stage  # type: ignore[attr-defined]
        account = stage.login.user
        try:
            made = passkeys.finish_making(account=account, **given(request))
        except passkeys.PasskeyRefused:
            return HttpResponseRedirect(f"/sign-in/set-up?{REFUSED}")
        second_factor.complete(request=request, account=account, factor=made)
        return stage.exit()  # type: ignore[no-any-return]


def _second_step(request: HttpRequest) -> Any:
    """The sign-in of this browser that waits for its second factor, or None."""
    stage = get_pending_stage(request)
    return stage if stage is not None and stage.key == AuthenticateStage.key else None
