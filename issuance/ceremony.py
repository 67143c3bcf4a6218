"""The root ceremony: makes keys for twelve months and the key set that the root signs over them."""

import secrets
from dataclasses import dataclass, field

from cardservice.credential import cbor, cose, keys, keyset
from cardservice.credential.calendar import DAY, monday_of
from cardservice.credential.keys import EDDSA, ES256, PrivateKey
from cardservice.credential.keyset import Key, KeySet, State, Use, kid_of

CARD_KEYS = 12
STATUS_KEYS = 2
CARDS_A_KEY = 5_000
VALIDITY = 400 * DAY
"""Twelve months of use and a month to hold the next ceremony in."""


@dataclass(frozen=True)
class Ceremony:
    """What a ceremony leaves behind, private keys by kid.

    `root` and `next_root` go offline, `private_keys` to the signer, `log_keys` to the archivist, `services_keys` to the
    publisher.
    """

    root: PrivateKey = field(repr=False)
    next_root: PrivateKey = field(repr=False)
    private_keys: dict[str, PrivateKey] = field(repr=False)
    log_keys: dict[str, PrivateKey] = field(repr=False)
    services_keys: dict[str, PrivateKey] = field(repr=False)
    key_set: bytes

    @property
    def root_public(self) -> bytes:
        """The trust anchor: the root's COSE_Key."""
        return cbor.dumps(keys.to_cose_key(keys.public_key_of(self.root)))


def hold(*, issuer: str, realm: str, now: int) -> Ceremony:
    """A first ceremony: fresh root, next root, twelve card keys, status, log and services keys; sequence 1.

    Windows start on the Monday of this week because cards carry the Monday of their week as `iat`.
    """
    root, next_root = keys.generate(ES256), keys.generate(ES256)
    private_keys: dict[str, PrivateKey] = {}
    log_keys: dict[str, PrivateKey] = {}
    services_keys: dict[str, PrivateKey] = {}
    entries = []
    # Log checkpoints are signed notes, whose logs and witnesses sign with Ed25519.
    for use, alg, count, cap, holder in (
        (Use.CARD, ES256, CARD_KEYS, CARDS_A_KEY, private_keys),
        (Use.STATUS, ES256, STATUS_KEYS, 0, private_keys),
        (Use.LOG, EDDSA, 1, 0, log_keys),
        (Use.SERVICES, ES256, 1, 0, services_keys),
    ):
        for _ in range(count):
            private = keys.generate(alg)
            public = keys.public_key_of(private)
            kid = kid_of(public)
            holder[kid.hex()] = private
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
    key_set = KeySet(
        issuer=issuer,
        seq=1,
        iat=now,
        exp=now + VALIDITY,
        next_root=keyset.thumbprint(keys.public_key_of(next_root)),
        keys=tuple(entries),
    )
    return Ceremony(
        root=root,
        next_root=next_root,
        private_keys=private_keys,
        log_keys=log_keys,
        services_keys=services_keys,
        key_set=sign_key_set(key_set, root=root),
    )


def sign_key_set(key_set: KeySet, *, root: PrivateKey) -> bytes:
    """The key set as the root publishes it."""
    header, payload = keyset.signed_header(keys.public_key_of(root)), key_set.encode()
    signature = keys.sign(root, cose.message_to_sign(protected=header, payload=payload))
    return cose.assemble(protected=header, payload=payload, signature=signature)
