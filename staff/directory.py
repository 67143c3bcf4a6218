"""The directory of accounts: who is invited, listed, reset and closed, by the words of the command line."""

import re
from dataclasses import dataclass

from allauth.mfa.models import Authenticator
from django.db import transaction

from staff import invitations
from staff.models import Account, DailyTally, Invitation, ProviderSubject, Role
from staff.second_factor import FACTORS
from staff.staff_codes import as_stored, new_staff_code

_DISTRICT = re.compile(r"[A-Z0-9]{1,8}")


class DirectoryRefused(Exception):
    """It cannot be done; the text is one sentence that says what to do instead. Nothing was changed."""


@dataclass(frozen=True)
class Invited:
    """A new or reset account and the code that opens it, which is handed over once."""

    staff_code: str
    role: str
    code: str


@dataclass(frozen=True)
class Listed:
    """One account as the directory shows it. `state`: invited, no second factor, active, disabled."""

    staff_code: str
    role: str
    district: str
    state: str


def invite(*, role: str, district: str, now: int) -> Invited:
    """Makes an account that only its invitation opens. `now` in seconds since 1970. Raises DirectoryRefused."""
    if role not in Role.values:
        raise DirectoryRefused(f"{role!r} is no role: use one of {', '.join(Role.values)}.")
    if district and not _DISTRICT.fullmatch(district):
        raise DirectoryRefused(f"{district!r} is no code of a district: use up to 8 capital letters and digits.")
    account = Account(staff_code=new_staff_code(), role=role, district=district)
    account.set_unusable_password()
    with transaction.atomic(using="staff"):
        account.save(force_insert=True)
        code = invitations.invite(account=account, now=now)
    return Invited(account.staff_code, account.role, code)


def list_accounts() -> list[Listed]:
    """All accounts in the order of their staff codes, which is no order of hiring."""
    waiting = set(Invitation.objects.values_list("account_id", flat=True))
    complete = set(Authenticator.objects.filter(type__in=FACTORS).values_list("user_id", flat=True))
    return [
        Listed(account.staff_code, account.role, account.district, _state(account, waiting=waiting, complete=complete))
        for account in Account.objects.order_by("staff_code")
    ]


def disable(*, staff_code: str) -> str:
    """Closes an account for good and ends its sessions; its staff code, returned, stays: the action log names it.

    Raises DirectoryRefused, also for the last coordinator who can sign in.
    """
    with transaction.atomic(using="staff"):
        # One writer at a time, so that the last two coordinators cannot close each other.
        accounts = list(Account.objects.select_for_update().order_by("pk"))
        account = _found(staff_code, accounts)
        complete = set(Authenticator.objects.filter(type__in=FACTORS).values_list("user_id", flat=True))
        others = [it for it in accounts if it.role == Role.COORDINATOR and it.pk in complete and it.pk != account.pk]
        if account.role == Role.COORDINATOR and account.pk in complete and not any(it.is_active for it in others):
            raise DirectoryRefused(
                f"{account.staff_code} is the last coordinator who can sign in: invite another one first, and let them"
                " set up their second factor."
            )
        account.is_active = False
        _take_all(account)
        return account.staff_code


def reset(*, staff_code: str, now: int) -> Invited:
    """Ends password, second factors and sessions of an account and invites its person anew. Raises DirectoryRefused."""
    with transaction.atomic(using="staff"):
        account = _found(staff_code, list(Account.objects.select_for_update().order_by("pk")))
        if not account.is_active:
            raise DirectoryRefused(f"{account.staff_code} is disabled: invite the person again, to a new account.")
        _take_all(account)
        return Invited(account.staff_code, account.role, invitations.invite(account=account, now=now))


def _take_all(account: Account) -> None:
    """Takes what signs in. Sessions end too: each holds a hash of the password it began with."""
    Authenticator.objects.filter(user=account).delete()
    Invitation.objects.filter(account=account).delete()
    DailyTally.objects.filter(account=account).delete()
    ProviderSubject.objects.filter(account=account).delete()
    account.set_unusable_password()
    account.save(update_fields=["password", "is_active"])


def _found(staff_code: str, accounts: list[Account]) -> Account:
    for account in accounts:
        if account.staff_code == as_stored(staff_code):
            return account
    raise DirectoryRefused(f"There is no account {staff_code!r}: see `cardservice staff list`.")


def _state(account: Account, *, waiting: set[int], complete: set[int]) -> str:
    if not account.is_active:
        return "disabled"
    if account.pk in waiting:
        return "invited"
    return "active" if account.pk in complete else "no second factor"
