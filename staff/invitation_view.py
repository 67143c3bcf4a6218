"""The page behind an invitation's link: a person chooses the password of the account that waits for them."""

import time
from typing import Any

from allauth.account.internal.flows.login import perform_password_login
from allauth.account.models import Login
from django import forms
from django.contrib.auth import password_validation
from django.http import HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from staff import invitations

_NEW_PASSWORD = {"autocomplete": "new-password"}


class InvitationForm(forms.Form):
    """The invitation's code and a new password, twice."""

    code = forms.CharField(
        label=gettext_lazy("Code of the invitation"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=gettext_lazy("New password"), max_length=200, strip=False, widget=forms.PasswordInput(attrs=_NEW_PASSWORD)
    )
    again = forms.CharField(
        label=gettext_lazy("The same password again"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs=_NEW_PASSWORD),
    )

    def clean_code(self) -> str:
        try:
            invitations.invited(code=self.cleaned_data["code"], now=int(time.time()))
        except invitations.InvitationRefused:
            raise refusal() from None
        return str(self.cleaned_data["code"])

    def clean_password(self) -> str:
        password_validation.validate_password(self.cleaned_data["password"])
        return str(self.cleaned_data["password"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if "password" in cleaned and cleaned.get("again") not in (None, cleaned["password"]):
            self.add_error("again", gettext("The two passwords differ. Type the same one twice."))
        return cleaned


def refusal() -> forms.ValidationError:
    """What is said of a code that opens nothing; it does not tell whether it was used, lapsed or never existed."""
    return forms.ValidationError(
        gettext("This invitation does not work, or not any more. Ask your coordinator for a new one.")
    )


@method_decorator(sensitive_post_parameters("code", "password", "again"), name="dispatch")
class Invitation(FormView):
    """GET shows the form, which a small script fills with the code; POST sets the password and goes on to sign-in."""

    template_name = "staff/invitation.html"
    form_class = InvitationForm

    def form_valid(self, form: InvitationForm) -> HttpResponse:
        try:
            account = invitations.accept(
                code=form.cleaned_data["code"], password=form.cleaned_data["password"], now=int(time.time())
            )
        except invitations.InvitationRefused:
            form.add_error("code", refusal())
            return self.form_invalid(form)
        # Whoever was signed in with this browser is so no more.
        self.request.session.flush()
        self.request.user = account
        return perform_password_login(self.request, {"username": account.staff_code}, Login(user=account))  # type: ignore[no-any-return]
