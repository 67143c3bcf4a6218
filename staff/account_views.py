"""A person's own account: its passkeys, its authenticator, its recovery codes. Changes need a recent sign-in."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from staff import passkeys, second_factor
from staff.forms import SetUpForm
from staff.models import ProviderSubject
from staff.passkey_views import FORM, REFUSED, given, options, site_of, was_refused
from staff.sessions import is_recent
from staff.views import proposal

PAGE = "/account"
KEPT = "kept=1"
"""What the page's address ends with when it is to say that the last factor was not removed."""


def recent_only(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Sends sessions that began too long ago back to the page: who finds a desk open must not make it theirs."""

    @wraps(view)
    def asking(request: HttpRequest, *arguments: Any, **named: Any) -> HttpResponseBase:
        if not is_recent(request=request, now=time.time()):
            return HttpResponseRedirect(PAGE)
        return view(request, *arguments, **named)

    return asking


_recent = method_decorator(recent_only, name="dispatch")


class AccountPage(View):
    """GET /account: what signs this person in, without names and times, since none are kept."""

    def get(self, request: HttpRequest) -> HttpResponse:
        factors = Authenticator.objects.filter(user=request.user.pk)
        codes: Any = factors.filter(type=Authenticator.Type.RECOVERY_CODES).first()
        keys = passkeys.numbered(request.user)
        context = {
            "account": request.user,
            "recent": is_recent(request=request, now=time.time()),
            "passkeys": keys,
            "may_add": len(keys) < passkeys.MOST,
            "totp": factors.filter(type=Authenticator.Type.TOTP).first(),
            "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
            "linked": settings.OPENID is not None and ProviderSubject.objects.filter(account=request.user.pk).exists(),
            "passkey_refused": was_refused(request),
            "kept": "kept" in request.GET,
        }
        return render(request, "staff/account_page.html", context)


@method_decorator(sensitive_post_parameters(*FORM), name="dispatch")
@_recent
class AddPasskey(View):
    """GET gives the options for one more passkey, POST stores it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return options(passkeys.begin_making(account=request.user, site=site_of(request), now=time.time()))

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            passkeys.finish_making(account=request.user, **given(request))
        except passkeys.PasskeyRefused:
            return HttpResponseRedirect(f"{PAGE}?{REFUSED}")
        return HttpResponseRedirect(PAGE)


@method_decorator(sensitive_post_parameters("code", "sealed"), name="dispatch")
@_recent
class NewAuthenticator(FormView):
    """GET shows a new secret, POST has it replace the one before."""

    template_name = "staff/new_authenticator.html"
    form_class = SetUpForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"account": self.request.user}

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        context = super().get_context_data(**extra)
        return context | proposal(context["form"])

    def form_valid(self, form: SetUpForm) -> HttpResponse:
        assert form.secret is not None
        second_factor.activate(account=form.account, secret=form.secret)
        return HttpResponseRedirect(PAGE)


@_recent
class RemoveFactor(View):
    """POST {factor}: removes a passkey or the authenticator, unless nothing would be left to sign in with."""

    def post(self, request: HttpRequest) -> HttpResponse:
        number = request.POST.get("factor", "")
        known = number.isascii() and number.isdecimal() and len(number) < 19
        removed = known and second_factor.remove(account=request.user, factor_id=int(number))
        return HttpResponseRedirect(PAGE if removed else f"{PAGE}?{KEPT}")


@_recent
class NewRecoveryCodes(View):
    """POST: new recovery codes, shown once on the next page."""

    def post(self, request: HttpRequest) -> HttpResponse:
        second_factor.renew_codes(account=request.user)
        return HttpResponseRedirect("/sign-in/recovery-codes")
