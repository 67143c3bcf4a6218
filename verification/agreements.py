"""Agreements with providers: writing, activating, suspending, ending, changing keys, and the terms a key stands for."""

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from cardservice.credential import crockford
from cardservice.credential.calendar import day_of
from cardservice.credential.derive import PROVIDER_KEY_BYTES
from cardservice.credential.profiles import FIELDS, SECTORS
from verification.models import PROVIDER_ID_SYMBOLS, STAFF_CODE, Agreement, ApiKey
from verification.reporting_duty import Barred, barred_as

_ALIAS = "verification"
_KEY_BYTES = 32
_KEY_FORM = re.compile(rf"cs_[{crockford.ALPHABET}]{{{PROVIDER_ID_SYMBOLS}}}_[A-Za-z0-9_-]{{43}}")


class AgreementRefused(ValueError):
    """The agreement cannot be added or changed; the text says why and what to do."""


@dataclass(frozen=True)
class Terms:
    """What the holder of an API key may check and see. `starts` and `ends` are days in UTC, both included."""

    provider_id: str
    provider: str
    sector: str
    purpose: str
    fields: tuple[str, ...]
    face: str
    starts: date
    ends: date
    state: str
    provider_key: bytes = field(repr=False)

    def active(self, now: int) -> bool:
        """Whether the agreement gives access at `now` (UTC seconds)."""
        return self.state == Agreement.State.ACTIVE and self.starts <= day_of(now) <= self.ends


@dataclass(frozen=True)
class NewKey:
    """An API key in the only moment it is known."""

    provider_id: str
    api_key: str = field(repr=False)


def add_agreement(
    *,
    provider: str,
    sector: str,
    purpose: str,
    fields: Sequence[str],
    face: str,
    starts: date,
    ends: date,
    contact: str,
    duties_signed: bool,
    by: str,
    barred: Sequence[Barred],
) -> NewKey:
    """Adds a draft and its first key, which gives no access before a second person has activated it.

    `by`: staff code. `duties_signed`: whether the paper with the duty not to share and the right to audit is signed.
    Raises AgreementRefused.
    """
    _require_staff_code(by)
    if body := barred_as(provider, barred=barred):
        raise AgreementRefused(
            f"{body.names[0]} can have no agreement: {body.why}, and would have to use what it sees."
        )
    texts = {"provider": (provider, 120), "purpose": (purpose, 200), "contact": (contact, 120)}
    for name, (text, most) in texts.items():
        if not 1 <= len(text.strip()) <= most:
            raise AgreementRefused(f"The {name} must have 1 to {most} characters.")
    if sector not in SECTORS:
        raise AgreementRefused(f"There is no sector {sector!r}: choose one of {', '.join(SECTORS)}.")
    if unknown := set(fields) - set(FIELDS):
        raise AgreementRefused(f"No agreement can have {', '.join(sorted(unknown))}: choose from {', '.join(FIELDS)}.")
    if face not in Agreement.Face.values:
        raise AgreementRefused(f"There is no face {face!r}: choose any or portrait.")
    if ends < starts:
        raise AgreementRefused("The agreement ends before it starts: choose a later last day.")
    provider_id = crockford.encode(secrets.randbits(5 * PROVIDER_ID_SYMBOLS), PROVIDER_ID_SYMBOLS)
    with transaction.atomic(using=_ALIAS):
        agreement = Agreement.objects.create(
            provider_id=provider_id,
            provider=provider.strip(),
            sector=sector,
            purpose=purpose.strip(),
            fields=",".join(name for name in FIELDS if name in fields),
            face=face,
            starts=starts,
            ends=ends,
            contact=contact.strip(),
            duties_signed=duties_signed,
            proposed_by=by,
            provider_key=secrets.token_bytes(PROVIDER_KEY_BYTES),
        )
        return _new_key(agreement)


def list_agreements() -> list[Terms]:
    """All agreements, by name of the provider."""
    return [terms_of_agreement(agreement) for agreement in Agreement.objects.order_by("provider", "provider_id")]


def activate_agreement(*, provider_id: str, by: str) -> Terms:
    """Gives access to a draft, or back to a suspended provider; never by who wrote it. Raises AgreementRefused."""
    _require_staff_code(by)
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        if agreement.state not in (Agreement.State.DRAFT, Agreement.State.SUSPENDED):
            raise AgreementRefused(f"This agreement is {agreement.state}; there is nothing to activate.")
        if agreement.proposed_by == by:
            raise AgreementRefused("Who wrote an agreement cannot activate it: ask a second person.")
        if not agreement.duties_signed:
            raise AgreementRefused(
                "The duty not to share and the right to audit are not signed: add the agreement again when they are."
            )
        agreement.state, agreement.activated_by = Agreement.State.ACTIVE, by
        agreement.save(update_fields=["state", "activated_by"])
        return terms_of_agreement(agreement)


def suspend_agreement(*, provider_id: str) -> Terms:
    """Takes away the access of a provider until further notice. Raises AgreementRefused."""
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        if agreement.state not in (Agreement.State.ACTIVE, Agreement.State.SUSPENDED):
            raise AgreementRefused(f"This agreement is {agreement.state}; there is nothing to suspend.")
        agreement.state = Agreement.State.SUSPENDED
        agreement.save(update_fields=["state"])
        return terms_of_agreement(agreement)


def end_agreement(*, provider_id: str) -> Terms:
    """Ends an agreement for good: its keys and pairing codes go with it. Raises AgreementRefused."""
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        agreement.state = Agreement.State.ENDED
        agreement.save(update_fields=["state"])
        agreement.keys.all().delete()
        agreement.pairing_codes.all().delete()
        return terms_of_agreement(agreement)


def rotate_key(*, provider_id: str) -> NewKey:
    """Gives the provider a new key; the one before stays valid until the next rotation. Raises AgreementRefused."""
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        if agreement.state == Agreement.State.ENDED:
            raise AgreementRefused("This agreement has ended; add a new one instead of a new key.")
        agreement.keys.filter(place=2).delete()
        agreement.keys.filter(place=1).update(place=2)
        return _new_key(agreement)


def terms_by_key() -> dict[str, Terms]:
    """The terms of every valid API key, by the hash of the key; one query."""
    return {key.hash: terms_of_agreement(key.agreement) for key in ApiKey.objects.select_related("agreement")}


def hash_of(api_key: str) -> str | None:
    """The hash under which `api_key` is kept; None when it does not look like an API key at all."""
    return hashlib.sha256(api_key.encode()).hexdigest() if _KEY_FORM.fullmatch(api_key) else None


def _require_staff_code(by: str) -> None:
    if not re.fullmatch(STAFF_CODE, by):
        raise AgreementRefused("Say who does this: the six symbols of a staff code.")


def _new_key(agreement: Agreement) -> NewKey:
    api_key = f"cs_{agreement.provider_id}_{secrets.token_urlsafe(_KEY_BYTES)}"
    ApiKey.objects.create(hash=hash_of(api_key), agreement=agreement, place=1)
    return NewKey(provider_id=agreement.provider_id, api_key=api_key)


def existing_agreement(provider_id: str) -> Agreement:
    """The agreement of a provider, locked until the end of the transaction. Raises AgreementRefused."""
    agreement = Agreement.objects.select_for_update().filter(provider_id=provider_id.strip().upper()).first()
    if agreement is None:
        raise AgreementRefused("There is no agreement with this provider id: see `cardservice agreement list`.")
    return agreement


def terms_of_agreement(agreement: Agreement) -> Terms:
    """What an agreement gives, as a value that outlives the connection."""
    return Terms(
        provider_id=agreement.provider_id,
        provider=agreement.provider,
        sector=agreement.sector,
        purpose=agreement.purpose,
        fields=tuple(name for name in agreement.fields.split(",") if name),
        face=agreement.face,
        starts=agreement.starts,
        ends=agreement.ends,
        state=agreement.state,
        provider_key=bytes(agreement.provider_key),
    )
