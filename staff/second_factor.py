"""Setting up the second factor, as a step of signing in: before it is done, nobody is signed in."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.stages import LoginStage
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse

from staff.models import Account
from staff.sealing import seal, unseal


class SetUpStage(LoginStage):
    """Sends an account without TOTP to the set-up page; comes after the stage that asks others for their code."""

    key = "staff_set_up"
    urlname = "staff_set_up"

    def handle(self) -> tuple[HttpResponseRedirect | None, bool]:
        if is_mfa_enabled(self.login.user, [Authenticator.Type.TOTP]):
            return None, True
        return HttpResponseRedirect(reverse(self.urlname)), True


def propose(*, account: Account) -> tuple[str, str]:
    """A new TOTP secret (base32), and the same sealed for this account, to be sent back by the set-up form.

    The form carries it, so that neither the session nor any table holds a secret that is not in use.
    """
    secret = generate_totp_secret()
    return secret, seal(text=secret, secret_key=settings.SECRET_KEY, purpose=_purpose(account))


def proposed(*, account: Account, sealed: str) -> str:
    """The secret that `propose` sealed for this account. Raises staff.sealing.Unsealable."""
    return unseal(sealed=sealed, secret_key=settings.SECRET_KEY, purpose=_purpose(account))


def activate(*, request: HttpRequest, account: Account, secret: str) -> None:
    """Stores the second factor and new recovery codes, and records in the session that it was used just now."""
    with transaction.atomic(using="staff"):
        factor = TOTP.activate(account, secret).instance
        RecoveryCodes.activate(account)
    record_authentication(request, account, "mfa", id=factor.pk, type=factor.type)


def codes_to_show(*, account: Account) -> list[str] | None:
    """The recovery codes, the first time they are asked for; None ever after."""
    with transaction.atomic(using="staff"):
        factor = (
            Authenticator.objects.select_for_update()
            .filter(user=account.pk, type=Authenticator.Type.RECOVERY_CODES)
            .first()
        )
        codes: Any = factor.wrap() if factor else None
        if codes is None or codes.did_view:
            return None
        codes.mark_as_viewed()
    return list(codes.get_unused_codes())


def _purpose(account: Account) -> str:
    return f"second factor proposed to {account.staff_code}"
