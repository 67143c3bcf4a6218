"""Repairs of django-allauth 65: for an empty `default` database, few grants, and secrecy about when people sign in.

allauth opens bare transactions in a few places. With no `default` database these crash; here they run on `staff`.
tests/staff/test_allauth_repairs.py reads the installed allauth and fails when a new one appears.
"""

import datetime
from collections.abc import Callable
from types import ModuleType, SimpleNamespace
from typing import Any

from django.db import transaction

ALIAS = "staff"

REPAIRED = {
    "mfa/totp/internal/flows.py": 2,
    "mfa/recovery_codes/internal/flows.py": 3,
    "mfa/recovery_codes/internal/auth.py": 1,
    "account/managers.py": 1,
}
"""How many bare uses of `transaction` each module of allauth has; all of them run on `staff` after `apply`."""


def _atomic(using: Any = None, *arguments: Any, **options: Any) -> Any:
    if callable(using):
        return transaction.atomic(using=ALIAS)(using)
    return transaction.atomic(using or ALIAS, *arguments, **options)


def _on_commit(function: Callable[[], object], using: str | None = None, robust: bool = False) -> None:
    transaction.on_commit(function, using=using or ALIAS, robust=robust)


ON_STAFF = SimpleNamespace(atomic=_atomic, on_commit=_on_commit)
"""Stands in for the module `django.db.transaction` inside allauth."""


def _rewrap(owner: ModuleType | type, name: str) -> None:
    """Replaces the function `name`, which `@transaction.atomic` bound to `default` at import, by one on `staff`."""
    bare = getattr(owner, name).__wrapped__
    setattr(owner, name, transaction.atomic(using=ALIAS)(bare))


def _mark_code_used(self: Any, code: str) -> bool:
    """Remembers a TOTP code for as long as it is accepted: allauth forgets after one period, accepting three."""
    from allauth.mfa import app_settings
    from django.core.cache import cache

    lifetime = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
    return bool(cache.add(self._get_used_cache_key(code), "y", timeout=lifetime))


def _record_no_usage(self: Any) -> None:
    """allauth stores when a second factor was last used: that is a record of when people come to work."""


def _mark_recovery_code_used(self: Any, index: int) -> None:
    """allauth writes the whole row, which the desk's role may not."""
    self.instance.data["used_mask"] |= 1 << index
    self.instance.save(update_fields=["data"])


def _mark_recovery_codes_viewed(self: Any) -> None:
    """allauth stores when they were shown."""
    self.instance.data["viewed_at"] = True
    self.instance.save(update_fields=["data"])


NO_TIME = datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC)
"""Stands where allauth stores when a second factor was made."""


def apply() -> None:
    """Repairs the imported allauth of this process; called once, when the app is ready."""
    from allauth.account import managers
    from allauth.mfa.models import Authenticator
    from allauth.mfa.recovery_codes.internal import auth as recovery_auth
    from allauth.mfa.recovery_codes.internal import flows as recovery_flows
    from allauth.mfa.totp.internal import auth as totp_auth
    from allauth.mfa.totp.internal import flows as totp_flows

    for module in (managers, recovery_auth, recovery_flows, totp_flows):
        module.transaction = ON_STAFF
    _rewrap(totp_flows, "activate_totp")
    _rewrap(recovery_flows, "generate_recovery_codes")
    _rewrap(recovery_auth.RecoveryCodes, "validate_code")
    totp_auth.TOTP._mark_code_used = _mark_code_used
    recovery_auth.RecoveryCodes._mark_code_used = _mark_recovery_code_used
    recovery_auth.RecoveryCodes.mark_as_viewed = _mark_recovery_codes_viewed
    Authenticator.record_usage = _record_no_usage
    Authenticator._meta.get_field("created_at")._get_default = lambda: NO_TIME
