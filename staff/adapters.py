"""What django-allauth is told about this city: closed doors, where to go after sign-in, sealed secrets."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy

from staff.models import Account
from staff.sealing import seal, unseal

_AT_REST = "second factor at rest"


class StaffAccountAdapter(DefaultAccountAdapter):
    """Password, then second factor; nobody signs up, nothing is sent."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": gettext_lazy(
            "Staff code or password is not right. Check both and type them again."
        ),
        "too_many_login_attempts": gettext_lazy(
            "Too many attempts with this staff code. Wait five minutes, then try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        return False

    def send_notification_mail(self, *arguments: Any, **options: Any) -> None:
        """Nothing: accounts have no address."""

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage", "staff.second_factor.SetUpStage"]

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The account, or None; a closed account is answered like a wrong password."""
        account = super().authenticate(request, **credentials)
        return account if account and account.is_active else None

    def login(self, request: HttpRequest, user: Any) -> None:
        # Rows of sessions that ran out would tell when people stopped working.
        SessionStore.clear_expired()
        super().login(request, user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        codes = Authenticator.objects.filter(user=request.user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
        if codes and not codes.wrap().did_view:
            return reverse("staff_recovery_codes")
        return str(settings.LOGIN_REDIRECT_URL)


class StaffSecondFactorAdapter(DefaultMFAAdapter):
    """Second factors of staff: secrets sealed at rest."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy(
            "This code is not right or was already used. Wait for the next one and type it."
        ),
    }

    def get_totp_label(self, user: Any) -> str:
        account: Account = user
        return account.staff_code

    def encrypt(self, text: str) -> str:
        return seal(text=text, secret_key=settings.SECRET_KEY, purpose=_AT_REST)

    def decrypt(self, encrypted_text: str) -> str:
        """Raises staff.sealing.Unsealable when SECRET_KEY is not the one it was encrypted with."""
        return unseal(sealed=encrypted_text, secret_key=settings.SECRET_KEY, purpose=_AT_REST)
