"""Signing keys as the register sees them: taken over from the root-signed key set, active one at a time."""

from django.db import transaction

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


def active_key(use: Use) -> SigningKey:
    """The active key of `use`, locked; one that reached its cap is retired and the next planned one activated.

    Must run inside a transaction. Raises NoActiveKey.
    """
    active = SigningKey.objects.select_for_update().filter(use=use, state=SigningKey.State.ACTIVE).first()
    if active is not None:
        if is_open(active):
            return active
        active.state = SigningKey.State.RETIRED
        active.save(update_fields=["state"])
    # The kid is a hash, so this order is as good as random and the same for everybody who asks.
    following = SigningKey.objects.select_for_update().filter(use=use, state=SigningKey.State.PLANNED)
    next_key = following.order_by("kid").first()
    if next_key is None:
        raise NoActiveKey(use.value)
    next_key.state = SigningKey.State.ACTIVE
    next_key.save(update_fields=["state"])
    return next_key


def public_key(key: SigningKey) -> PublicKey:
    """The verifying half of a signing key."""
    return keys.from_cose_key(cbor.loads(bytes(key.public)))
