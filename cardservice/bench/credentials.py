"""Rows of the credential kernel: one check and one card against one bare operation each, and against the Rust peer."""

import time
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cardservice.bench.rows import Row
from cardservice.bench.timing import microseconds
from cardservice.credential import base45, cbor, claims, codec, cose, keys
from cardservice.home import Home
from verification.documents import load_offline
from verification.trust import Trust
from verification.verifier import verify

PEER = "claim169"
"""The Rust implementation on PyPI; its rows are there when it is installed, as it is for the tests."""


def credential_rows(home: Home, qr: str) -> list[Row]:
    """Checking one QR text in full, its parts, and making one; the peer's check of the same claims, all in one run."""
    trust, now = _trust(home), int(time.time())
    signed, content = codec.open_text(qr)
    assert trust.key_set is not None
    pinned = trust.key_set.by_kid[signed.kid].public
    public = pinned.key
    assert isinstance(public, ec.EllipticCurvePublicKey)
    r, s = int.from_bytes(signed.signature[:32]), int.from_bytes(signed.signature[32:])
    der, algorithm = encode_dss_signature(r, s), ec.ECDSA(hashes.SHA256())
    private = ec.generate_private_key(ec.SECP256R1())
    deterministic = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    header = cose.protected_header(alg=keys.ES256, kid=signed.kid)
    octets = cose.assemble(protected=header, payload=signed.payload, signature=signed.signature)

    def make() -> str:
        payload = content.encode()
        signature = keys.sign(private, cose.message_to_sign(protected=header, payload=payload))
        return codec.seal(protected=header, payload=payload, signature=signature)

    parts: dict[str, Callable[[], object]] = {
        "... of which base45": lambda: base45.decode(qr),
        "... of which COSE": lambda: cose.parse(octets),
        "... of which claims": lambda: claims.decode(signed.payload),
        "... of which the signature": lambda: signed.verified_by(pinned),
    }
    peers = _peer_checks(signed.payload, kid=signed.kid)
    check, bare_check, making, bare_sign, *others = microseconds(
        lambda: verify(text=qr, trust=trust, now=now, sector=None),
        lambda: public.verify(der, signed.message, algorithm),
        make,
        lambda: private.sign(signed.message, deterministic),
        *parts.values(),
        *peers.values(),
    )
    named = dict(zip([*parts, *peers], others, strict=True))
    return [
        Row("check one QR text", check, "us", check / bare_check, "one bare P-256 verification"),
        *(Row(name, named[name], "us", named[name] / bare_check, "one bare P-256 verification") for name in parts),
        *(Row(name, named[name], "us", named[name] / check, "our check of one QR text") for name in peers),
        Row("encode and sign one face", making, "us", making / bare_sign, "one bare P-256 signature"),
    ]


def _trust(home: Home) -> Trust:
    return load_offline(
        published=home.published,
        root=keys.from_cose_key(cbor.loads(home.root_public.read_bytes())),
        issuer=home.issuer,
        realm=home.realm,
        now=int(time.time()),
    )


def _peer_checks(payload: bytes, *, kid: bytes) -> dict[str, Callable[[], object]]:
    """The peer's check of these claims under either algorithm; it judges neither key set nor status list."""
    if find_spec(PEER) is None:
        return {}
    peer = import_module(PEER)
    p256, edwards = keys.generate(keys.ES256), keys.generate(keys.EDDSA)
    assert isinstance(p256, ec.EllipticCurvePrivateKey) and isinstance(edwards, ed25519.Ed25519PrivateKey)
    point = p256.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    edwards_point = edwards.public_key().public_bytes_raw()
    p256_text, edwards_text = _signed(payload, p256, kid=kid), _signed(payload, edwards, kid=kid)
    return {
        f"{PEER} (Rust) checks a text, ES256": lambda: peer.decode(p256_text, verify_with_ecdsa_p256=point),
        f"{PEER} (Rust) checks a text, Ed25519": lambda: peer.decode(edwards_text, verify_with_ed25519=edwards_point),
    }


def _signed(payload: bytes, private: keys.PrivateKey, *, kid: bytes) -> str:
    header = cose.protected_header(alg=keys.public_key_of(private).alg, kid=kid)
    signature = keys.sign(private, cose.message_to_sign(protected=header, payload=payload))
    return codec.seal(protected=header, payload=payload, signature=signature)
