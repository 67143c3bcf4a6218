"""Makes accounts of staff members."""

import secrets
from dataclasses import dataclass

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from staff.models import Account, Role
from staff.staff_codes import new_staff_code


@dataclass(frozen=True)
class NewAccount:
    """What the new member of staff is handed, once; `totp_secret` (base32) is None when it is set up at sign-in."""

    staff_code: str
    password: str
    totp_secret: str | None


def create_account(
    *, role: str, password: str | None = None, totp_secret: str | None = None, district: str | None = None
) -> NewAccount:
    """Creates an account with a random staff code, and a random password unless one is given.

    Without `totp_secret` the second factor is set up at the first sign-in, before anything else. Raises ValueError for
    an unknown role.
    """
    account = Account(staff_code=new_staff_code(), role=Role(role), district=district or "")
    password = password or secrets.token_urlsafe(15)
    account.set_password(password)
    with transaction.atomic(using="staff"):
        account.save(force_insert=True)
        if totp_secret:
            TOTP.activate(account, totp_secret)
    return NewAccount(staff_code=account.staff_code, password=password, totp_secret=totp_secret)


def create_account_with_second_factor(*, role: str, district: str | None = None) -> NewAccount:
    """Creates an account whose password and TOTP secret are both made here (demo staff and tests)."""
    return create_account(role=role, totp_secret=generate_totp_secret(), district=district)
