"""A small invented city: its keys, the documents it publishes, and cards good and bad, all made by the kernel."""

from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from cardservice.credential import cbor, codec, commitmentlist, cose, keys, keyset, statuslist
from cardservice.credential.calendar import DAY, WEEK, monday_of, month_after
from cardservice.credential.claims import Claims
from cardservice.credential.commitment import commitment
from cardservice.credential.keys import ES256, PrivateKey
from cardservice.credential.keyset import Key, KeySet, State, Use
from cardservice.credential.numbers import card_number
from verification.documents import take
from verification.trust import Trust

ISSUER = "https://demo.invalid"
REALM = "demo"
NOW = 1_795_478_400
"""2026-11-24, a Tuesday, 00:00 UTC."""
INDEX = 4711
PHOTO = b"RIFF" + bytes(200)


@cache
def private_key(name: str) -> PrivateKey:
    """The same key for the same name throughout a run."""
    return keys.generate(ES256)


def public(name: str) -> keys.PublicKey:
    return keys.public_key_of(private_key(name))


def kid(name: str) -> bytes:
    return keyset.kid_of(public(name))


def key(name: str, key_use: Use, **changed: Any) -> Key:
    """An entry of the key set, in force for a year around NOW."""
    entry = Key(
        kid=kid(name),
        use=key_use,
        public=public(name),
        not_before=monday_of(NOW) - 26 * WEEK,
        not_after=monday_of(NOW) + 26 * WEEK,
        cap=0,
        state=State.ACTIVE,
        realm=REALM,
    )
    return replace(entry, **changed)


def standard_keys(**changed_card_key: Any) -> tuple[Key, ...]:
    """One key for cards (with changes) and one for lists."""
    return key("card", Use.CARD, **changed_card_key), key("status", Use.STATUS)


def key_set(*, signer: str = "root", entries: tuple[Key, ...] | None = None, **changed: Any) -> bytes:
    """A signed key set, issued a day ago and good for three months."""
    content = KeySet(
        issuer=ISSUER,
        seq=7,
        iat=NOW - DAY,
        exp=NOW + 90 * DAY,
        next_root=bytes(32),
        keys=entries if entries is not None else standard_keys(),
    )
    payload = replace(content, **changed).encode()
    return _signed(keyset.signed_header(public(signer)), payload, signer)


def status_list(
    *, blocked: tuple[int, ...] = (), iat: int = NOW - 60, uri: str = f"{ISSUER}/s/0", signer: str = "status"
) -> bytes:
    """A signed status list (CWT) of 2^20 entries."""
    payload = statuslist.cwt_payload(uri=uri, iat=iat, compressed=statuslist.compress(bits_of(blocked)))
    return _signed(statuslist.cwt_header(alg=ES256, kid=kid(signer)), payload, signer)


def status_list_jwt(*, blocked: tuple[int, ...] = (), iat: int = NOW - 60, signer: str = "status") -> bytes:
    """The same list as JWT."""
    signing_input = statuslist.jwt_signing_input(
        alg=ES256,
        kid=kid(signer),
        uri=f"{ISSUER}/s/0",
        iat=iat,
        compressed=statuslist.compress(bits_of(blocked)),
    )
    return statuslist.jwt(signing_input=signing_input, signature=keys.sign(private_key(signer), signing_input))


def bits_of(blocked: tuple[int, ...]) -> bytes:
    bits = bytearray(2**17)
    for index in blocked:
        bits[index >> 3] |= 1 << (index & 7)
    return bytes(bits)


def commitments_payload(*cards: Claims, iat: int = NOW - 60) -> bytes:
    """What a commitment list of the card key says: these cards were signed before the breach."""
    entries = [commitment(cti=claims.cti, payload=claims.encode()) for claims in cards]
    return commitmentlist.payload(kid=kid("card"), iat=iat, commitments=entries)


def commitments(payload: bytes, *, signer: str = "status") -> bytes:
    """The signed commitment list with `payload`."""
    return _signed(commitmentlist.header(alg=ES256, kid=kid(signer)), payload, signer)


def claims(**changed: Any) -> Claims:
    """What a standard card of an invented person says."""
    content = Claims(
        issuer=ISSUER,
        exp=month_after(NOW, months=36),
        iat=monday_of(NOW),
        cti=bytes(range(16)),
        link=bytes(range(16, 32)),
        number=card_number(list_number=0, index=INDEX),
        name="Ada Example",
        list_number=0,
        index=INDEX,
        born="19840229",
        photo=PHOTO,
    )
    return replace(content, **changed)


def card(*, signer: str = "card", **changed: Any) -> str:
    """The QR text of a card; `changed` claims are signed like all others."""
    return sealed(claims(**changed).encode(), signer=signer)


def sealed(payload: bytes, *, signer: str = "card") -> str:
    """Any payload, signed and sealed as a card."""
    protected = cose.protected_header(alg=ES256, kid=kid(signer))
    signature = keys.sign(private_key(signer), cose.message_to_sign(protected=protected, payload=payload))
    return codec.seal(protected=protected, payload=payload, signature=signature)


def sealed_with_wrong_signature(payload: bytes, *, signer: str) -> str:
    """A payload under a signature that somebody else made in the name of `signer`."""
    protected = cose.protected_header(alg=ES256, kid=kid(signer))
    signature = keys.sign(private_key("forger"), cose.message_to_sign(protected=protected, payload=payload))
    return codec.seal(protected=protected, payload=payload, signature=signature)


def forged_card() -> str:
    """A real signature under a changed name."""
    protected = cose.protected_header(alg=ES256, kid=kid("card"))
    honest = cose.message_to_sign(protected=protected, payload=claims().encode())
    signature = keys.sign(private_key("card"), honest)
    return codec.seal(protected=protected, payload=claims(name="Eve Example").encode(), signature=signature)


def foreign_shape() -> str:
    """A well signed credential with claims that no card has."""
    return sealed(cbor.dumps({1: ISSUER, 4: NOW}))


@dataclass(frozen=True)
class Publication:
    """What lies in a publication directory, by document name."""

    documents: dict[str, bytes] = field(default_factory=lambda: {"key-set": key_set(), "s/0": status_list()})

    def trust(self, *, now: int = NOW) -> Trust:
        """The trust of a gate that has read this and nothing else; every document must be acceptable."""
        trust = Trust(issuer=ISSUER, realm=REALM)
        taken = take(trust=trust, documents=self.documents, root=public("root"), now=now)
        assert taken.refusals == ()
        return taken.trust

    def write(self, directory: Path, *, jwt: bytes | None = None) -> None:
        """Writes the files as the publisher names them."""
        for name in ("s", "commitments"):
            (directory / name).mkdir(parents=True, exist_ok=True)
        for name, octets in self.documents.items():
            ending = "cwt" if name.startswith("s/") else "cose"
            (directory / f"{name}.{ending}").write_bytes(octets)
        if jwt is not None:
            (directory / "s" / "0.jwt").write_bytes(jwt)


def published(*entries: Key, blocked: tuple[int, ...] = (), **more: bytes | None) -> Publication:
    """A key set of `entries` (or the standard ones) and list 0."""
    documents = {"key-set": key_set(entries=entries or None), "s/0": status_list(blocked=blocked)}
    return Publication({**documents, **{name: octets for name, octets in more.items() if octets is not None}})


def _signed(protected: bytes, payload: bytes, signer: str) -> bytes:
    message = cose.message_to_sign(protected=protected, payload=payload)
    return cose.assemble(protected=protected, payload=payload, signature=keys.sign(private_key(signer), message))
