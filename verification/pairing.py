"""Pairing a scanner with an agreement: a short-lived code, used once, for what a check without network needs."""

import hashlib
import secrets
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext

from cardservice.credential import crockford
from verification.agreements import (
    AgreementRefused,
    Recorded,
    Terms,
    existing_agreement,
    terms_of_agreement,
    unrecorded,
)
from verification.models import Agreement, PairingCode

_ALIAS = "verification"
_SYMBOLS = 15
_GROUPS = (4, 4, 4, 4)
CODE_SECONDS = 15 * 60
"""For how long a code may be used: time to walk to the scanner, not to lose a paper."""


class CodeRefused(ValueError):
    """The code is mistyped, unknown, used or too old; which of these is told to nobody."""


@dataclass(frozen=True)
class NewCode:
    """A pairing code in the only moment it is known. `expires`: UTC seconds."""

    provider_id: str
    code: str = field(repr=False)
    expires: int


def make_code(*, provider_id: str, now: int, recorded: Recorded = unrecorded) -> NewCode:
    """A code for one scanner of an active agreement; codes that nobody used go.

    Raises AgreementRefused, and what `recorded` raises.
    """
    code = crockford.with_check(crockford.encode(secrets.randbits(5 * _SYMBOLS), _SYMBOLS))
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        if agreement.state != Agreement.State.ACTIVE:
            raise AgreementRefused(
                gettext("This agreement is %(state)s: only an active one can have scanners.")
                % {"state": agreement.state}
            )
        recorded()
        PairingCode.objects.filter(expires__lte=now).delete()
        expires = now + CODE_SECONDS
        PairingCode.objects.create(hash=_hash_of(code), agreement=agreement, expires=expires)
    return NewCode(provider_id=agreement.provider_id, code=crockford.grouped(code, _GROUPS), expires=expires)


def redeem(*, code: str, now: int) -> Terms:
    """The terms that a code stands for; whoever comes first uses it up. Raises CodeRefused."""
    try:
        number = crockford.decode_checked(code, _SYMBOLS)
    except crockford.Mistyped:
        raise CodeRefused from None
    hashed = _hash_of(crockford.with_check(crockford.encode(number, _SYMBOLS)))
    with transaction.atomic(using=_ALIAS):
        made = PairingCode.objects.select_related("agreement").filter(hash=hashed).first()
        # Two scanners may have read the row: the one that deletes it has the code.
        if made is None or not PairingCode.objects.filter(hash=hashed).delete()[0]:
            raise CodeRefused
        terms = terms_of_agreement(made.agreement)
    if made.expires <= now:
        raise CodeRefused
    return terms


def _hash_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
