"""Signature keys and their COSE form: ES256 and Ed25519, deterministic signing, the algorithm pinned to the key."""

import hashlib
from dataclasses import dataclass
from typing import Any, TypeGuard, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed

from cardservice.credential.reasons import CredentialError, Reason

ES256 = -7
EDDSA = -8
ACCEPTED_ALGORITHMS = {ES256: (ES256, -9), EDDSA: (EDDSA, -19)}
"""Per pinned algorithm the header values accepted with it: RFC 9053's own and RFC 9864's fully specified one."""

KID_BYTES = 8
SIGNATURE_BYTES = 64
# The parameter objects hold nothing per signature; making one anew costs a microsecond.
_ECDSA_OF_DIGEST = ec.ECDSA(Prehashed(hashes.SHA256()))
_DETERMINISTIC = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@dataclass(frozen=True)
class PublicKey:
    """A key that verifies: `alg` is -7 (P-256 with SHA-256) or -8 (Ed25519)."""

    alg: int
    key: ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` (64 bytes: r||s or Ed25519) fits `message`; False for any other length."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        try:
            if self.alg == ES256:
                digest = hashlib.sha256(message).digest()
                cast(ec.EllipticCurvePublicKey, self.key).verify(_der(signature), digest, _ECDSA_OF_DIGEST)
            else:
                cast(ed25519.Ed25519PublicKey, self.key).verify(signature, message)
        except InvalidSignature:
            return False
        return True


def _der(signature: bytes) -> bytes:
    """r||s as the library wants it: a DER sequence of two integers (RFC 3279 section 2.2.3)."""
    r, s = signature[:32].lstrip(b"\0"), signature[32:].lstrip(b"\0")
    # An integer is signed, and zero is one byte.
    r, s = (b"\0" + r if r[:1] > b"\x7f" or not r else r), (b"\0" + s if s[:1] > b"\x7f" or not s else s)
    return b"0%c\2%c%b\2%c%b" % (len(r) + len(s) + 4, len(r), r, len(s), s)


def _raw(der: bytes) -> bytes:
    """r||s of the library's own DER sequence, which is short enough that each length is one byte."""
    middle = 4 + der[3]
    return der[4:middle][-32:].rjust(32, b"\0") + der[middle + 2 :][-32:].rjust(32, b"\0")


def generate(alg: int) -> PrivateKey:
    """A fresh private key for `alg`."""
    return ec.generate_private_key(ec.SECP256R1()) if alg == ES256 else ed25519.Ed25519PrivateKey.generate()


def public_key_of(private: PrivateKey) -> PublicKey:
    """The verifying half."""
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return PublicKey(alg=ES256, key=private.public_key())
    return PublicKey(alg=EDDSA, key=private.public_key())


def sign(private: PrivateKey, message: bytes) -> bytes:
    """64 signature bytes; the same for the same message (RFC 6979, RFC 8032)."""
    if isinstance(private, ec.EllipticCurvePrivateKey):
        return _raw(private.sign(message, _DETERMINISTIC))
    return private.sign(message)


def to_cose_key(public: PublicKey) -> dict[int, Any]:
    """The COSE_Key parameters (RFC 9052 section 7, RFC 9053 section 7) without `kid`."""
    if isinstance(public.key, ec.EllipticCurvePublicKey):
        point = public.key.public_numbers()
        return {1: 2, 3: ES256, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
    return {1: 1, 3: EDDSA, -1: 6, -2: public.key.public_bytes_raw()}


def from_cose_key(parameters: dict[Any, Any]) -> PublicKey:
    """The key that `to_cose_key` describes.

    Raises CredentialError(unsupported) for another kind or curve, for a point that is not on the curve, for one that is
    written with a coordinate beyond the field, and on edwards25519 for one of small order.
    """
    x, y = parameters.get(-2), parameters.get(-3)
    shape = (parameters.get(1), parameters.get(3), parameters.get(-1))
    try:
        if shape == (2, ES256, 1) and _is_32(x) and _is_32(y):
            numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x), int.from_bytes(y), ec.SECP256R1())
            public = numbers.public_key()
            # OpenSSL takes coordinates modulo the field: a second way to write the same key.
            if public.public_numbers() == numbers:
                return PublicKey(alg=ES256, key=public)
        if shape == (1, EDDSA, 6) and _is_32(x) and y is None and _is_edwards_point(x):
            return PublicKey(alg=EDDSA, key=ed25519.Ed25519PublicKey.from_public_bytes(x))
    except ValueError:
        pass
    raise CredentialError(Reason.UNSUPPORTED)


def _is_32(value: Any) -> TypeGuard[bytes]:
    return type(value) is bytes and len(value) == 32


# edwards25519 (RFC 8032 section 5.1). The library takes any 32 bytes and only fails when it verifies.
_P = 2**255 - 19
_D = -121665 * pow(121666, -1, _P) % _P
_ORDER_8_Y = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_SMALL_ORDER_Y = frozenset({0, 1, _P - 1, _ORDER_8_Y, _P - _ORDER_8_Y})


def _is_edwards_point(octets: bytes) -> bool:
    """Whether `octets` are the canonical encoding of a point that is not one of the eight of small order."""
    y = int.from_bytes(octets, "little") & (2**255 - 1)
    if y >= _P or y in _SMALL_ORDER_Y:
        return False
    # x^2 = (y^2 - 1) / (d y^2 + 1) must be a square: Euler's criterion, with the quotient written as a product.
    square = (y * y - 1) * (_D * y * y + 1)
    return pow(square, (_P - 1) // 2, _P) == 1
