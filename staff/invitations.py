"""Invitations: a one-time code with which a person makes an account their own."""

import hashlib
import secrets

from django.db import transaction

from cardservice.credential import crockford
from staff.models import Account, Invitation

LIFETIME = 72 * 60 * 60
"""Seconds from making an invitation to its lapse."""

_RANDOM_BITS = 128
_SYMBOLS = 32


class InvitationRefused(Exception):
    """This code opens no account: mistyped, used before, lapsed, withdrawn. Nobody is told which."""


def invite(*, account: Account, now: int) -> str:
    """A new code for `account`; the one before, if any, ends. `now` in seconds since 1970.

    32 Crockford symbols: the second at which it lapses (32 bits), then 128 random bits. Only its hash is stored.
    """
    code = crockford.encode((now + LIFETIME) << _RANDOM_BITS | secrets.randbits(_RANDOM_BITS), _SYMBOLS)
    with transaction.atomic(using="staff"):
        Invitation.objects.filter(account=account).delete()
        Invitation.objects.create(account=account, digest=_digest(code))
    return code


def invited(*, code: str, now: int) -> Account:
    """The account that a code as people type it opens. Raises InvitationRefused."""
    read = as_made(code)
    invitation = Invitation.objects.select_related("account").filter(digest=_digest(read)).first()
    if invitation is None or _lapses(read) <= now or not invitation.account.is_active:
        raise InvitationRefused
    return invitation.account


def accept(*, code: str, password: str, now: int) -> Account:
    """Gives the invited account its password and uses the code up. Raises InvitationRefused."""
    with transaction.atomic(using="staff"):
        account = invited(code=code, now=now)
        # Who deletes the row has accepted: a second page with the same code comes too late.
        used, _ = Invitation.objects.filter(account=account, digest=_digest(as_made(code))).delete()
        if not used:
            raise InvitationRefused
        account.set_password(password)
        account.save(update_fields=["password"])
    return account


def as_made(typed: str) -> str:
    """A code as it was made, from what somebody typed or pasted: no spaces and hyphens, O as 0, I and L as 1."""
    return typed.upper().translate({ord(" "): None, ord("-"): None, ord("O"): "0", ord("I"): "1", ord("L"): "1"})


def _digest(code: str) -> str:
    return hashlib.sha256(b"invitation/1" + code.encode()).hexdigest()


def _lapses(code: str) -> int:
    """The second at which a code lapses; asked only of codes whose hash was found, so that nobody can move it."""
    number = 0
    for symbol in code:
        number = number << 5 | crockford.ALPHABET.index(symbol)
    return number >> _RANDOM_BITS
