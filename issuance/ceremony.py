"""What the root does at its ceremonies: makes keys, signs key sets over them, names the root that may follow it."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from cardservice.credential import cbor, cose, keys, keyset
from cardservice.credential.calendar import DAY, monday_of
from cardservice.credential.keys import EDDSA, ES256, PrivateKey, PublicKey
from cardservice.credential.keyset import Key, KeySet, State, Use, kid_of

CARD_KEYS = 12
STATUS_KEYS = 2
CARDS_A_KEY = 5_000
VALIDITY = 400 * DAY
"""Twelve months of use and a month to hold the next ceremony in."""

LONGEST_CARD = 1_200 * DAY
"""No card signed at the end of a key's window lives longer: 36 months, the rest of the last one, and some days."""


@dataclass(frozen=True)
class NewKeys:
    """Keys made at a ceremony, private ones by kid, and their entries of the key set.

    `private_keys` (cards, lists) go to the signer, `log_keys` to the archivist, `services_keys` to the publisher.
    """

    entries: tuple[Key, ...]
    private_keys: dict[str, PrivateKey] = field(repr=False)
    log_keys: dict[str, PrivateKey] = field(repr=False)
    services_keys: dict[str, PrivateKey] = field(repr=False)

    @property
    def by_holder(self) -> dict[str, dict[str, PrivateKey]]:
        """The private keys under the directory that their process reads them from."""
        return {"keys": self.private_keys, "log-keys": self.log_keys, "services-keys": self.services_keys}


@dataclass(frozen=True)
class Ceremony:
    """What a first ceremony leaves behind.

    `root` and `next_root` never come near a server.
    """

    root: PrivateKey = field(repr=False)
    next_root: PrivateKey = field(repr=False)
    made: NewKeys
    key_set: bytes

    @property
    def root_public(self) -> bytes:
        """The trust anchor: the root's COSE_Key."""
        return cbor.dumps(keys.to_cose_key(keys.public_key_of(self.root)))


def hold(*, issuer: str, realm: str, now: int, on_device: Sequence[PublicKey] = ()) -> Ceremony:
    """A first ceremony: fresh root, next root, twelve card keys, status, log and services keys; sequence 1."""
    root, next_root = new_root(), new_root()
    made = new_keys(realm=realm, now=now, on_device=on_device)
    key_set = KeySet(
        issuer=issuer,
        seq=1,
        iat=now,
        exp=now + VALIDITY,
        next_root=keyset.thumbprint(keys.public_key_of(next_root)),
        keys=made.entries,
    )
    return Ceremony(
        root=root,
        next_root=next_root,
        made=made,
        key_set=sign_key_set(key_set, root=root),
    )


def new_root() -> PrivateKey:
    """A fresh root key."""
    return keys.generate(ES256)


def new_keys(*, realm: str, now: int, on_device: Sequence[PublicKey] = ()) -> NewKeys:
    """Keys for twelve months, in an order that does not tell their use.

    `on_device`: public halves of all twelve card keys, when the signer's device made these and keeps the private ones.
    Windows start on the Monday of this week because cards carry the Monday of their week as `iat`.
    """
    assert len(on_device) in (0, CARD_KEYS)
    made = NewKeys(entries=(), private_keys={}, log_keys={}, services_keys={})
    outside = iter(on_device)
    entries = []
    # Log checkpoints are signed notes, whose logs and witnesses sign with Ed25519.
    for use, alg, count, cap, holder in (
        (Use.CARD, ES256, CARD_KEYS, CARDS_A_KEY, made.private_keys),
        (Use.STATUS, ES256, STATUS_KEYS, 0, made.private_keys),
        (Use.LOG, EDDSA, 1, 0, made.log_keys),
        (Use.SERVICES, ES256, 1, 0, made.services_keys),
    ):
        for _ in range(count):
            public = next(outside, None) if use is Use.CARD else None
            if public is None:
                private = keys.generate(alg)
                public = keys.public_key_of(private)
                holder[kid_of(public).hex()] = private
            kid = kid_of(public)
            entries.append(
                Key(
                    kid=kid,
                    use=use,
                    public=public,
                    not_before=monday_of(now),
                    not_after=monday_of(now) + VALIDITY,
                    cap=cap,
                    state=State.PLANNED,
                    realm=realm,
                )
            )
    secrets.SystemRandom().shuffle(entries)
    return replace(made, entries=tuple(entries))


def renewed(held: KeySet, *, made: NewKeys, now: int) -> KeySet:
    """`held` with the keys of another twelve months beside those that may still matter; to be signed by its root.

    A key stays in the set for as long as a card that it signed can live; one whose window has ended is retired.
    """
    kept = [key for key in held.keys if now < key.not_after + (LONGEST_CARD if key.use is Use.CARD else VALIDITY)]
    entries = [_retired_at_its_end(key, now=now) for key in kept] + list(made.entries)
    secrets.SystemRandom().shuffle(entries)
    return _following(replace(held, keys=tuple(entries)), now=now)


def with_compromised(held: KeySet, *, kid: bytes, commitments: bytes | None, now: int) -> KeySet:
    """`held` with key `kid` compromised, naming the digest of its commitment list; to be signed by its root."""
    entries = tuple(
        replace(key, state=State.COMPROMISED, commitments=commitments) if key.kid == kid else key for key in held.keys
    )
    return _following(replace(held, keys=entries), now=now)


def under_next_root(held: KeySet, *, next_root: PrivateKey, after_next: PrivateKey, now: int) -> KeySet:
    """`held` as `next_root` says it, which it carries, naming the root after it; to be signed by `next_root`."""
    public = keys.public_key_of(next_root)
    following = keyset.thumbprint(keys.public_key_of(after_next))
    return _following(replace(held, root=public, next_root=following), now=now)


def sign_key_set(key_set: KeySet, *, root: PrivateKey) -> bytes:
    """The key set as the root publishes it."""
    header, payload = keyset.signed_header(keys.public_key_of(root)), key_set.encode()
    signature = keys.sign(root, cose.message_to_sign(protected=header, payload=payload))
    return cose.assemble(protected=header, payload=payload, signature=signature)


def _following(key_set: KeySet, *, now: int) -> KeySet:
    # Later than the one before even when the offline machine's clock is behind.
    iat = max(now, key_set.iat + 1)
    return replace(key_set, seq=key_set.seq + 1, iat=iat, exp=iat + VALIDITY)


def _retired_at_its_end(key: Key, *, now: int) -> Key:
    ended = now >= key.not_after and key.state is not State.COMPROMISED
    return replace(key, state=State.RETIRED) if ended else key
