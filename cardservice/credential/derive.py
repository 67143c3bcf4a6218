"""Everything random on a card, derived from one issue seed, and the number a provider may keep (HKDF, RFC 5869)."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from cardservice.credential import crockford
from cardservice.credential.numbers import SLIP_BYTES

SEED_BYTES = 32
PROVIDER_KEY_BYTES = 32
_PROVIDER_SYMBOLS = 10


@dataclass(frozen=True)
class Secrets:
    """What one issue seed gives: `row_key` finds the register row again, `entry_id` the staged log entry."""

    row_key: bytes
    entry_id: bytes
    slip_code: bytes
    ctis: tuple[bytes, ...]
    links: tuple[bytes, ...]


def _hkdf(*, key: bytes, info: str, length: int, salt: bytes | None = None) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=salt, info=info.encode()).derive(key)


def secrets_of(*, seed: bytes, credentials: int) -> Secrets:
    """Derives the secrets of a card with `credentials` credentials from its 32-byte seed."""
    if len(seed) != SEED_BYTES:
        raise ValueError("an issue seed has 32 bytes")
    return Secrets(
        row_key=_hkdf(key=seed, info="cardservice/row-key/1", length=16),
        entry_id=_hkdf(key=seed, info="cardservice/entry-id/1", length=16),
        slip_code=_hkdf(key=seed, info="cardservice/slip-code/1", length=SLIP_BYTES),
        ctis=tuple(_hkdf(key=seed, info=f"cardservice/cti/1/{n}", length=16) for n in range(credentials)),
        links=tuple(_hkdf(key=seed, info=f"cardservice/link/1/{n}", length=16) for n in range(credentials)),
    )


@dataclass(frozen=True)
class Renewal:
    """Of a card that renews another: `row_key` finds its row, `entry_id` the log entry of revoking the old card."""

    row_key: bytes
    entry_id: bytes


def renewal_of(*, seed: bytes, old: int) -> Renewal:
    """What stands in for row key and a further entry id when the card of `seed` renews that at status reference `old`.

    Whoever has only one of the two finds nothing: no store holds which card renewed which.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError("an issue seed has 32 bytes")
    return Renewal(
        row_key=_hkdf(key=seed, info=f"cardservice/renewal-row-key/1/{old}", length=16),
        entry_id=_hkdf(key=seed, info=f"cardservice/renewal-entry-id/1/{old}", length=16),
    )


def seed_of_row(*, batch_seed: bytes, row: int) -> bytes:
    """The issue seed of a row of a batch: from the batch's 32 random bytes and the number of the row."""
    if len(batch_seed) != SEED_BYTES:
        raise ValueError("a batch seed has 32 bytes")
    return _hkdf(key=batch_seed, info=f"cardservice/batch-row/1/{row}", length=SEED_BYTES)


def provider_number(*, link: bytes, provider_key: bytes) -> str:
    """The number under which one provider may know a card: ten symbols and a check symbol, XXXXX-XXXXX-C.

    Stable over renewals because `link` is; nobody without `provider_key` can compute it or join it with another's.
    """
    # A missing key would be HKDF's default salt, and every provider's number the same.
    if len(provider_key) != PROVIDER_KEY_BYTES:
        raise ValueError("a provider key has 32 bytes")
    octets = _hkdf(key=link, salt=provider_key, info="cardservice/provider-number/1", length=7)
    value = int.from_bytes(octets) >> (56 - 5 * _PROVIDER_SYMBOLS)
    return crockford.grouped(crockford.with_check(crockford.encode(value, _PROVIDER_SYMBOLS)), (5, 5, 1))
