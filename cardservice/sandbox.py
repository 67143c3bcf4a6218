"""The sandbox's city: sample cards with the answer each must get, and the documents to judge them by."""

import secrets
from dataclasses import dataclass, field, replace

from cardservice.cli.portrait import draw_portrait
from cardservice.credential import cbor, codec, cose, keys, keyset, statuslist
from cardservice.credential.calendar import WEEK, monday_of, month_after
from cardservice.credential.claims import STATUS_PATH, Claims
from cardservice.credential.keys import ES256, PrivateKey
from cardservice.credential.keyset import Key, KeySet, State, Use
from cardservice.credential.numbers import LIST_SIZE, card_number
from issuance.render.photo import compress_photo

ISSUER = "https://sandbox.invalid"
"""An address that cannot exist (RFC 2606), and that no city has: every gate but a sandbox says `unknown_issuer`."""

REALM = "demo"
SECTOR, OTHER_SECTOR = "culture", "health"
_BLOCKED = 4711


@dataclass(frozen=True)
class Sample:
    """One sample card: the text of its QR code, and what a gate of the sandbox answers. `reason`: None when valid."""

    name: str
    qr: str
    verdict: str
    reason: str | None


@dataclass(frozen=True)
class Sandbox:
    """What a sandbox publishes, by name of the file, its root public key, and its sample cards."""

    root_public: bytes
    documents: dict[str, bytes] = field(repr=False)
    samples: tuple[Sample, ...] = field(repr=False)


def make(*, now: int, issuer: str = ISSUER) -> Sandbox:
    """A new sandbox with keys of its own, which nobody keeps: it is good for the week of its status list.

    `now`: UTC seconds.
    """
    root, card_key, status_key = (keys.generate(ES256) for _ in range(3))
    entries = (_entry(card_key, Use.CARD, now=now), _entry(status_key, Use.STATUS, now=now))
    key_set = KeySet(
        issuer=issuer,
        seq=1,
        iat=now,
        exp=now + statuslist.VALIDITY,
        next_root=secrets.token_bytes(32),
        keys=entries,
    )
    return Sandbox(
        root_public=cbor.dumps(keys.to_cose_key(keys.public_key_of(root))),
        documents={
            "key-set.cose": _signed(
                key_set.encode(), header=keyset.signed_header(keys.public_key_of(root)), private=root
            ),
            "s/0.cwt": _status_list(issuer, private=status_key, kid=entries[1].kid, now=now),
        },
        samples=_samples(issuer, private=card_key, kid=entries[0].kid, now=now),
    )


def _samples(issuer: str, *, private: PrivateKey, kid: bytes, now: int) -> tuple[Sample, ...]:
    photo, _ = compress_photo(draw_portrait(7))
    good = _claims(issuer, index=1, now=now)
    portrait = replace(good, born="19900228", photo=photo)
    expired = replace(
        _claims(issuer, index=2, now=now), iat=monday_of(now) - 170 * WEEK, exp=month_after(now, months=-2)
    )
    blocked = _claims(issuer, index=_BLOCKED, now=now)
    elsewhere = replace(_claims(issuer, index=3, now=now), sector=OTHER_SECTOR)
    other_city = _claims("https://other-city.invalid", index=4, now=now)

    def text(claims: Claims, *, by: PrivateKey = private) -> str:
        header, payload = cose.protected_header(alg=ES256, kid=kid), claims.encode()
        signature = keys.sign(by, cose.message_to_sign(protected=header, payload=payload))
        return codec.seal(protected=header, payload=payload, signature=signature)

    return (
        Sample("valid", text(good), "valid", None),
        Sample("valid, the side with the photo", text(portrait), "valid", None),
        Sample("expired", text(expired), "refused", "expired"),
        Sample("blocked", text(blocked), "refused", "blocked"),
        Sample("forged", text(good, by=keys.generate(ES256)), "refused", "bad_signature"),
        Sample("of another sector", text(elsewhere), "refused", "wrong_sector"),
        Sample("of another city", text(other_city), "refused", "unknown_issuer"),
        Sample("badly read", text(good)[:-6], "refused", "malformed"),
    )


def _claims(issuer: str, *, index: int, now: int) -> Claims:
    return Claims(
        issuer=issuer,
        exp=month_after(now, months=36),
        iat=monday_of(now),
        cti=secrets.token_bytes(16),
        link=secrets.token_bytes(16),
        number=card_number(list_number=0, index=index),
        name="Sam Sample",
        list_number=0,
        index=index,
    )


def _entry(private: PrivateKey, use: Use, *, now: int) -> Key:
    public = keys.public_key_of(private)
    return Key(
        kid=keyset.kid_of(public),
        use=use,
        public=public,
        # Cards that have expired were signed years ago.
        not_before=monday_of(now) - 200 * WEEK,
        not_after=now + 2 * WEEK,
        cap=0,
        state=State.ACTIVE,
        realm=REALM,
    )


def _status_list(issuer: str, *, private: PrivateKey, kid: bytes, now: int) -> bytes:
    bits = bytearray(LIST_SIZE // 8)
    bits[_BLOCKED >> 3] |= 1 << (_BLOCKED & 7)
    payload = statuslist.cwt_payload(
        uri=f"{issuer}{STATUS_PATH}0", iat=now, compressed=statuslist.compress(bytes(bits))
    )
    return _signed(payload, header=statuslist.cwt_header(alg=ES256, kid=kid), private=private)


def _signed(payload: bytes, *, header: bytes, private: PrivateKey) -> bytes:
    signature = keys.sign(private, cose.message_to_sign(protected=header, payload=payload))
    return cose.assemble(protected=header, payload=payload, signature=signature)
