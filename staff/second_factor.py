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

FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
"""What signs in beside a password; recovery codes only stand in for one of them."""


class SetUpStage(LoginStage):
    """Sends an account without second factor to the set-up page; comes after the stage that asks others for it."""

    key = "staff_set_up"
    urlname = "staff_set_up"

    def handle(self) -> tuple[HttpResponseRedirect | None, bool]:
        if is_mfa_enabled(self.login.user, FACTORS):
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


def activate(*, account: Account, secret: str) -> Authenticator:
    """Stores time-based codes from `secret` as second factor of an account, instead of those it had."""
    with transaction.atomic(using="staff"):
        Authenticator.objects.filter(user=account, type=Authenticator.Type.TOTP).delete()
        factor: Authenticator = TOTP.activate(account, secret).instance
    return factor


def complete(*, request: HttpRequest, account: Account, factor: Authenticator) -> None:
    """Gives an account with its first second factor recovery codes, and records in the session that it was used."""
    RecoveryCodes.activate(account)
    record_authentication(request, account, "mfa", id=factor.pk, type=factor.type)


def remove(*, account: Account, factor_id: int) -> bool:
    """Removes one second factor of an account; False when it has no such one, or no other that signs in."""
    with transaction.atomic(using="staff"):
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        factors = Authenticator.objects.filter(user=account, type__in=FACTORS)
        if not factors.exclude(pk=factor_id).exists():
            return False
        removed, _ = factors.filter(pk=factor_id).delete()
    return bool(removed)


def renew_codes(*, account: Account) -> None:
    """Gives an account new recovery codes, to be shown once; the old ones end."""
    with transaction.atomic(using="staff"):
        Authenticator.objects.filter(user=account, type=Authenticator.Type.RECOVERY_CODES).delete()
        RecoveryCodes.activate(account)


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
