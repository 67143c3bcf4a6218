"""Agreements with providers: writing, activating, suspending, ending, changing keys, and the terms a key stands for."""

import hashlib
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from cardservice.credential import crockford
from cardservice.credential.calendar import day_of
from cardservice.credential.derive import PROVIDER_KEY_BYTES
from cardservice.credential.profiles import FIELDS, SECTORS
from cardservice.credential.services import is_plain
from verification.models import PROVIDER_ID_SYMBOLS, STAFF_CODE, Agreement, ApiKey
from verification.reporting_duty import Barred, barred_as
from verification.texts import one_line

_ALIAS = "verification"
_KEY_BYTES = 32
_KEY_FORM = re.compile(rf"cs_[{crockford.ALPHABET}]{{{PROVIDER_ID_SYMBOLS}}}_[A-Za-z0-9_-]{{43}}")


Recorded = Callable[[], None]
"""Called before something changes, and only then: what it raises stops the change."""


def unrecorded() -> None:
    """Nothing is recorded: for words of the command line, whose process has no log."""


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
    public: bool = False

    def active(self, now: int) -> bool:
        """Whether the agreement gives access at `now` (UTC seconds)."""
        return self.state == Agreement.State.ACTIVE and self.starts <= day_of(now) <= self.ends


@dataclass(frozen=True)
class NewKey:
    """An API key in the only moment it is known."""

    provider_id: str
    api_key: str = field(repr=False)


def draft_agreement(
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
    public: bool = False,
    provider_id: str | None = None,
    recorded: Recorded = unrecorded,
) -> str:
    """Writes a draft, which gives no access before a second person has activated it; its provider id.

    `by`: staff code. `duties_signed`: whether the paper with the duty not to share and the right to audit is signed.
    `public`: whether the public list names it. `provider_id`: one made by `new_provider_id`, so that a form sent twice
    writes one draft. Raises AgreementRefused, and what `recorded` raises.
    """
    _require_staff_code(by)
    if body := barred_as(provider, barred=barred):
        raise AgreementRefused(
            gettext("%(body)s can have no agreement: %(why)s, and would have to use what it sees.")
            % {"body": body.names[0], "why": body.why}
        )
    texts = {"provider": (provider, 120), "purpose": (purpose, 200), "contact": (contact, 120)}
    lines = {name: one_line(text) for name, (text, _) in texts.items()}
    for name, (_, most) in texts.items():
        if not is_plain(lines[name], most=most):
            raise AgreementRefused(
                gettext("The %(name)s must be one line of 1 to %(most)s characters, none of them special.")
                % {"name": name, "most": most}
            )
    if sector not in SECTORS:
        raise AgreementRefused(f"There is no sector {sector!r}: choose one of {', '.join(SECTORS)}.")
    if unknown := set(fields) - set(FIELDS):
        raise AgreementRefused(f"No agreement can have {', '.join(sorted(unknown))}: choose from {', '.join(FIELDS)}.")
    if face not in Agreement.Face.values:
        raise AgreementRefused(f"There is no face {face!r}: choose any or portrait.")
    if ends < starts:
        raise AgreementRefused(gettext("The agreement ends before it starts: choose a later last day."))
    with transaction.atomic(using=_ALIAS):
        if provider_id and Agreement.objects.filter(provider_id=provider_id).exists():
            return provider_id
        recorded()
        return Agreement.objects.create(
            provider_id=provider_id or new_provider_id(),
            sector=sector,
            fields=",".join(name for name in FIELDS if name in fields),
            face=face,
            starts=starts,
            ends=ends,
            duties_signed=duties_signed,
            public=public,
            proposed_by=by,
            provider_key=secrets.token_bytes(PROVIDER_KEY_BYTES),
            **lines,
        ).provider_id


def new_provider_id() -> str:
    """A random provider id that no agreement has."""
    return crockford.encode(secrets.randbits(5 * PROVIDER_ID_SYMBOLS), PROVIDER_ID_SYMBOLS)


def add_agreement(**written: Any) -> NewKey:
    """Writes a draft as `draft_agreement` does, and makes its first key. Raises AgreementRefused."""
    with transaction.atomic(using=_ALIAS):
        return rotate_key(provider_id=draft_agreement(**written))


def list_agreements() -> list[Terms]:
    """All agreements, by name of the provider."""
    return [terms_of_agreement(agreement) for agreement in Agreement.objects.order_by("provider", "provider_id")]


def activate_agreement(*, provider_id: str, by: str, recorded: Recorded = unrecorded) -> Terms:
    """Gives access to a draft, or back to a suspended provider; never by who wrote it. Raises AgreementRefused."""
    _require_staff_code(by)
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        if agreement.state not in (Agreement.State.DRAFT, Agreement.State.SUSPENDED):
            raise AgreementRefused(
                gettext("This agreement is %(state)s; there is nothing to activate.") % {"state": agreement.state}
            )
        if agreement.proposed_by == by:
            raise AgreementRefused(gettext("Who wrote an agreement cannot activate it: ask a second person."))
        if not agreement.duties_signed:
            raise AgreementRefused(
                gettext("Duty not to share and right to audit are not signed: write the agreement again when they are.")
            )
        recorded()
        agreement.state, agreement.activated_by = Agreement.State.ACTIVE, by
        agreement.save(update_fields=["state", "activated_by"])
        return terms_of_agreement(agreement)


def suspend_agreement(*, provider_id: str, recorded: Recorded = unrecorded) -> Terms:
    """Takes away the access of a provider until further notice. Raises AgreementRefused."""
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        if agreement.state not in (Agreement.State.ACTIVE, Agreement.State.SUSPENDED):
            raise AgreementRefused(
                gettext("This agreement is %(state)s; there is nothing to suspend.") % {"state": agreement.state}
            )
        if agreement.state == Agreement.State.SUSPENDED:
            return terms_of_agreement(agreement)
        recorded()
        agreement.state = Agreement.State.SUSPENDED
        agreement.save(update_fields=["state"])
        return terms_of_agreement(agreement)


def end_agreement(*, provider_id: str, recorded: Recorded = unrecorded) -> Terms:
    """Ends an agreement for good: its keys and pairing codes go with it. Raises AgreementRefused."""
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        if agreement.state == Agreement.State.ENDED:
            return terms_of_agreement(agreement)
        recorded()
        agreement.state = Agreement.State.ENDED
        agreement.save(update_fields=["state"])
        agreement.keys.all().delete()
        agreement.pairing_codes.all().delete()
        return terms_of_agreement(agreement)


def rotate_key(*, provider_id: str, after: str | None = None, recorded: Recorded = unrecorded) -> NewKey:
    """Gives the provider a new key; the one before stays valid until the next rotation.

    `after`: mark of the newest key (`key_mark`) that the asker has seen; a request sent twice then makes one key, not
    two, which would end the one in use. Raises AgreementRefused, and what `recorded` raises.
    """
    with transaction.atomic(using=_ALIAS):
        agreement = existing_agreement(provider_id)
        if agreement.state == Agreement.State.ENDED:
            raise AgreementRefused(gettext("This agreement has ended; add a new one instead of a new key."))
        if after is not None and after != key_mark(agreement):
            raise AgreementRefused(
                gettext("A key was made meanwhile, and it is not shown again: make another one if nobody has it.")
            )
        recorded()
        agreement.keys.filter(place=2).delete()
        agreement.keys.filter(place=1).update(place=2)
        return _new_key(agreement)


def key_mark(agreement: Agreement) -> str:
    """Tells the newest key of an agreement from any other, and nothing of the key; empty when there is none."""
    newest = agreement.keys.filter(place=1).first()
    return newest.hash[:8] if newest else ""


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
        public=agreement.public,
    )
