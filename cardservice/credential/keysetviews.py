"""A key set in forms for people and for JOSE libraries; only the COSE form is signed by the root."""

from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from cardservice.credential.calendar import timestamp
from cardservice.credential.keys import EDDSA, PublicKey
from cardservice.credential.keyset import Key, KeySet, State
from cardservice.credential.statuslist import base64url


def readable(key_set: KeySet) -> dict[str, Any]:
    """The key set as JSON for people: times as RFC 3339, kids and digests as hexadecimal."""
    return {
        "issuer": key_set.issuer,
        "seq": key_set.seq,
        "issued_at": timestamp(key_set.iat),
        "expires_at": timestamp(key_set.exp),
        "next_root": key_set.next_root.hex(),
        "keys": [_readable_key(key) for key in key_set.keys],
    }


def jwks(key_set: KeySet) -> dict[str, Any]:
    """The keys as a JWK Set (RFC 7517); compromised ones are left out because JOSE has no word for them."""
    return {"keys": [_jwk(key) for key in key_set.keys if key.state is not State.COMPROMISED]}


def _readable_key(key: Key) -> dict[str, Any]:
    return {
        "kid": key.kid.hex(),
        "use": key.use.value,
        "alg": _algorithm(key.public),
        "state": key.state.value,
        "realm": key.realm,
        "not_before": timestamp(key.not_before),
        "not_after": timestamp(key.not_after),
        "cap": key.cap,
        "commitments": key.commitments.hex() if key.commitments else None,
    }


def _jwk(key: Key) -> dict[str, Any]:
    common = {"kid": base64url(key.kid), "use": "sig", "alg": _algorithm(key.public)}
    if isinstance(key.public.key, ec.EllipticCurvePublicKey):
        point = key.public.key.public_numbers()
        x, y = (base64url(number.to_bytes(32)) for number in (point.x, point.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y, **common}
    return {"kty": "OKP", "crv": "Ed25519", "x": base64url(key.public.key.public_bytes_raw()), **common}


def _algorithm(public: PublicKey) -> str:
    return "EdDSA" if public.alg == EDDSA else "ES256"
