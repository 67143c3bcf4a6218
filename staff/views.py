"""Sign-in pages: password, second factor, its set-up, recovery codes, sign-out."""

import base64
from typing import Any

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.logout import logout
from allauth.account.views import LoginView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from staff import second_factor
from staff.forms import CodeForm, SetUpForm, SignInForm
from staff.passkey_views import was_refused
from staff.passkeys import numbered


def proposal(form: SetUpForm) -> dict[str, Any]:
    """What a page shows of the secret that a new authenticator is to get, as context of its template."""
    secret, sealed = form.secret, form.data.get("sealed")
    if not secret:
        # A page that cannot be trusted any more starts over, keeping its message.
        secret, sealed = second_factor.propose(account=form.account)
    picture = get_adapter().build_totp_svg(get_adapter().build_totp_url(form.account, secret))
    return {
        "account": form.account,
        "sealed": sealed,
        "secret": " ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(picture.encode()).decode()}",
    }


class SignIn(LoginView):
    """First page: staff code and password."""

    template_name = "staff/sign_in.html"
    form_class = SignInForm

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        return super().get_context_data(**extra) | {"passkey_refused": was_refused(self.request)}

    def get_next_url(self) -> None:
        """None: sign-in always leads to the desk, never to an address somebody was sent."""


@method_decorator(sensitive_post_parameters("code"), name="dispatch")
class Code(AuthenticateView):
    """Second page: a code of the second factor, or a passkey (staff.passkey_views)."""

    template_name = "staff/code.html"

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        return super().get_context_data(**extra) | {
            "passkey_refused": was_refused(self.request),
            "has_passkey": bool(numbered(self.stage.login.user)),
        }

    def get_form_class(self) -> type[CodeForm]:
        return CodeForm


@method_decorator(sensitive_post_parameters("code", "sealed"), name="dispatch")
@method_decorator(
    login_stage_required(stage=second_factor.SetUpStage.key, redirect_urlname="account_login"), name="dispatch"
)
class SetUp(FormView):
    """Second page of an account without second factor: a passkey, or scan a picture and type the first code."""

    template_name = "staff/set_up.html"
    form_class = SetUpForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"account": self.request._login_stage.login.user}

    def get_context_data(self, **extra: Any) -> dict[str, Any]:
        context = super().get_context_data(**extra)
        return context | proposal(context["form"]) | {"passkey_refused": was_refused(self.request)}

    def form_valid(self, form: SetUpForm) -> HttpResponse:
        assert form.secret is not None
        factor = second_factor.activate(account=form.account, secret=form.secret)
        second_factor.complete(request=self.request, account=form.account, factor=factor)
        return self.request._login_stage.exit()  # type: ignore[no-any-return]


class RecoveryCodes(View):
    """Shows the recovery codes, once."""

    def get(self, request: HttpRequest) -> HttpResponse:
        codes = second_factor.codes_to_show(account=request.user)
        if codes is None:
            return HttpResponseRedirect(reverse("account_login"))
        return render(request, "staff/recovery_codes.html", {"codes": codes, "account": request.user})


class SignOut(View):
    """Ends the session and tells the browser to forget everything it kept of the desk."""

    def post(self, request: HttpRequest) -> HttpResponse:
        logout(request)
        response = HttpResponseRedirect(reverse("account_login"))
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response
