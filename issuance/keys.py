"""Signing keys as the register sees them: taken over from the root-signed key set, active one at a time."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet

from cardservice.credential import cbor, keys
from cardservice.credential.keys import PublicKey
from cardservice.credential.keyset import KeySet, State, Use
from issuance.models import SigningKey


class NoActiveKey(Exception):
    """No key of that use is active or planned: a new key set from the root is needed."""


def take_over(key_set: KeySet, *, realm: str) -> None:
    """Enters the keys of `key_set` that are new here; known ones keep their count and place. Safe to repeat.

    A key that the root calls retired or compromised is so here too; any other starts as planned.
    """
    with transaction.atomic(using="issuance"):
        for key in key_set.keys:
            if key.realm != realm:
                continue
            known, _ = SigningKey.objects.get_or_create(
                kid=key.kid.hex(),
                defaults={
                    "use": key.use.value,
                    "alg": key.public.alg,
                    "public": cbor.dumps(keys.to_cose_key(key.public)),
                    "cap": key.cap,
                },
            )
            # Which planned key is active is decided here, but the root has the last word on which are no longer used.
            if key.state in (State.RETIRED, State.COMPROMISED) and known.state != State.COMPROMISED:
                SigningKey.objects.filter(kid=known.kid).update(state=key.state.value)


def is_open(key: SigningKey) -> bool:
    """Whether new cards may be signed with this key."""
    return key.state == SigningKey.State.ACTIVE and (not key.cap or key.issued < key.cap)


def active_key(use: Use, *, week: date | None = None) -> SigningKey:
    """The active key of `use`, locked; one that reached its cap is retired and the next planned one activated.

    Where `week` (a Monday) is given, so is one that became active in a week of another month, as long as another one is
    planned: when the keys of a year are used up early, issuing goes on with the last. Must run inside a transaction.
    Raises NoActiveKey.
    """
    active = SigningKey.objects.select_for_update().filter(use=use, state=SigningKey.State.ACTIVE).first()
    if active is not None and is_open(active):
        if week is None or _same_month(active.since, week):
            return active
        if active.since is None or not _planned(use).exists():
            return _activated(active, since=week)
    return _replaced(active, use=use, since=week)


def rotate(*, week: date) -> SigningKey:
    """Retires the active card key and activates the next planned one, which it gives back.

    Raises NoActiveKey when none is planned; nothing is changed then.
    """
    with transaction.atomic(using="issuance"):
        active = SigningKey.objects.select_for_update().filter(use=Use.CARD, state=SigningKey.State.ACTIVE).first()
        return _replaced(active, use=Use.CARD, since=week)


def _planned(use: Use) -> QuerySet[SigningKey]:
    return SigningKey.objects.filter(use=use, state=SigningKey.State.PLANNED)


def _replaced(active: SigningKey | None, *, use: Use, since: date | None) -> SigningKey:
    # The kid is a hash, so this order is as good as random and the same for everybody who asks.
    following = _planned(use).select_for_update().order_by("kid").first()
    if following is None:
        raise NoActiveKey(use.value)
    if active is not None:
        active.state = SigningKey.State.RETIRED
        active.save(update_fields=["state"])
    return _activated(following, since=since)


def _activated(key: SigningKey, *, since: date | None) -> SigningKey:
    key.state = SigningKey.State.ACTIVE
    if since is not None:
        # What the signer activates are status keys, which have no week: it may not write any.
        key.since = since
    key.save(update_fields=["state"] if since is None else ["state", "since"])
    return key


def _same_month(one: date | None, other: date) -> bool:
    return one is not None and (one.year, one.month) == (other.year, other.month)


def public_key(key: SigningKey) -> PublicKey:
    """The verifying half of a signing key."""
    return keys.from_cose_key(cbor.loads(bytes(key.public)))
