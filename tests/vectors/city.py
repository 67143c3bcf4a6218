"""An invented city with fixed keys, and its bytes in single steps, so that a vector can break any one of them."""

import hashlib
import zlib
from dataclasses import replace
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from cardservice.credential import base45, cbor, cose, keys, keyset
from cardservice.credential.calendar import DAY, WEEK, monday_of, month_after
from cardservice.credential.claims import Claims
from cardservice.credential.keys import EDDSA, ES256, PrivateKey
from cardservice.credential.keyset import Key, KeySet, State, Use
from cardservice.credential.numbers import card_number

ISSUER = "https://city.example"
REALM = "production"
NOW = 1_795_521_600
"""2026-11-24 12:00 UTC, a Tuesday."""
PHOTO = b"RIFF" + hashlib.shake_256(b"photo").digest(296)

P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
P256_FIELD = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF
SMALL_X, SMALL_Y = 5, 0x459243B9AA581806FE913BCE99817ADE11CA503C64D9A3C533415C083248FBCC
"""A point of P-256 whose x leaves room for x + field in 32 bytes."""


def octets(name: str, length: int) -> bytes:
    """Bytes that look random and are the same for the same name."""
    return hashlib.shake_256(f"cardservice vectors: {name}".encode()).digest(length)


def private_key(name: str, *, alg: int = ES256) -> PrivateKey:
    """The fixed private key called `name`."""
    if alg == EDDSA:
        return ed25519.Ed25519PrivateKey.from_private_bytes(octets(name, 32))
    scalar = int.from_bytes(octets(name, 40)) % (P256_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def public_key(name: str, *, alg: int = ES256) -> keys.PublicKey:
    """The public half of `private_key`."""
    return keys.public_key_of(private_key(name, alg=alg))


def kid(name: str, *, alg: int = ES256) -> bytes:
    """The kid of the key called `name`."""
    return keyset.kid_of(public_key(name, alg=alg))


def cose_key(name: str, *, alg: int = ES256) -> bytes:
    """The COSE_Key of the key called `name`."""
    return cbor.dumps(keys.to_cose_key(public_key(name, alg=alg)))


def claims(who: str, *, list_number: int = 0, index: int = 4711, **changed: Any) -> Claims:
    """The claims of an invented resident; cti and link follow from `who`."""
    content = Claims(
        issuer=ISSUER,
        exp=month_after(NOW, months=36),
        iat=monday_of(NOW),
        cti=octets(f"{who} cti", 16),
        link=octets(f"{who} link", 16),
        number=card_number(list_number=list_number, index=index),
        name="Ada Example",
        list_number=list_number,
        index=index,
        born="19840229",
    )
    return replace(content, **changed)


def sign(payload: bytes, *, key: str = "card", alg: int = ES256, protected: bytes | None = None) -> bytes:
    """A COSE_Sign1 over `payload`, well signed under any protected header."""
    header = cose.protected_header(alg=alg, kid=kid(key, alg=alg)) if protected is None else protected
    message = cose.message_to_sign(protected=header, payload=payload)
    signature = keys.sign(private_key(key, alg=alg), message)
    return cose.assemble(protected=header, payload=payload, signature=signature)


def text(signed: bytes, *, level: int = 9) -> str:
    """The QR text of a COSE_Sign1."""
    return base45.encode(zlib.compress(signed, level))


def card(who: str, *, key: str = "card", **changed: Any) -> str:
    """The QR text of an invented resident's card."""
    return text(sign(claims(who, **changed).encode(), key=key))


def key_entry(name: str, use: Use, *, alg: int = ES256, **changed: Any) -> Key:
    """An entry of the key set, good for half a year on either side of NOW."""
    public = public_key(name, alg=alg)
    entry = Key(
        kid=keyset.kid_of(public),
        use=use,
        public=public,
        not_before=monday_of(NOW) - 26 * WEEK,
        not_after=monday_of(NOW) + 26 * WEEK,
        cap=5000 if use is Use.CARD else 0,
        state=State.ACTIVE,
        realm=REALM,
    )
    return replace(entry, **changed)


def key_set(*entries: Key, **changed: Any) -> KeySet:
    """A key set of the day before NOW with `entries`, good for ninety days."""
    content = KeySet(
        issuer=ISSUER,
        seq=7,
        iat=NOW - DAY,
        exp=NOW + 90 * DAY,
        next_root=keyset.thumbprint(public_key("next root")),
        keys=entries or (key_entry("card", Use.CARD), key_entry("status", Use.STATUS)),
    )
    return replace(content, **changed)


def signed_key_set(payload: bytes, *, key: str = "root") -> bytes:
    """The signed key set with `payload`."""
    return sign(payload, key=key, protected=keyset.signed_header(public_key(key)))
