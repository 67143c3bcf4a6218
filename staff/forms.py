"""Forms of the sign-in pages."""

from typing import Any

from allauth.account.forms import LoginForm
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm
from allauth.mfa.base.internal.flows import check_rate_limit
from allauth.mfa.totp.internal.auth import validate_totp_code
from django import forms
from django.utils.translation import gettext, gettext_lazy

from staff import second_factor
from staff.models import Account
from staff.sealing import Unsealable
from staff.staff_codes import as_stored

_STAFF_CODE = {"autocomplete": "username", "autocapitalize": "characters", "spellcheck": "false", "autofocus": True}
_ONE_TIME_CODE = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "autofocus": True}


class SignInForm(LoginForm):
    """Staff code and password."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        # allauth allows the stored length only; people type spaces and hyphens too.
        self.fields["login"] = forms.CharField(
            label=gettext_lazy("Staff code"), max_length=20, widget=forms.TextInput(attrs=_STAFF_CODE)
        )
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}
        self.fields["password"].help_text = ""

    def clean_login(self) -> str:
        return as_stored(self.cleaned_data["login"])


class CodeForm(AuthenticateForm):
    """A code of the second factor, or one of the recovery codes."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["code"].label = gettext_lazy("Code")
        self.fields["code"].widget.attrs = dict(_ONE_TIME_CODE)

    def clean_code(self) -> str:
        try:
            return str(super().clean_code())
        except Unsealable:  # the desk's key was replaced: as good as lost
            raise get_adapter().validation_error("incorrect_code") from None


class SetUpForm(forms.Form):
    """The first code of a newly set-up authenticator, and the secret it was made from, sealed."""

    code = forms.CharField(label=gettext_lazy("Code"), max_length=12, widget=forms.TextInput(attrs=_ONE_TIME_CODE))
    sealed = forms.CharField(max_length=400, widget=forms.HiddenInput)

    def __init__(self, *arguments: Any, account: Account, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.account = account
        self.secret: str | None = None

    def clean_sealed(self) -> str:
        try:
            self.secret = second_factor.proposed(account=self.account, sealed=self.cleaned_data["sealed"])
        except Unsealable:
            raise forms.ValidationError(gettext("This page is too old. Scan the new picture below.")) from None
        return str(self.cleaned_data["sealed"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.secret and "code" in cleaned:
            attempts_over = check_rate_limit(self.account)
            if not validate_totp_code(self.secret, cleaned["code"]):
                self.add_error("code", get_adapter().validation_error("incorrect_code"))
            else:
                attempts_over()
        return cleaned
