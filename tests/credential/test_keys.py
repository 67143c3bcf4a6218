"""Signatures against RFC 6979, RFC 8032 and RFC 9052, and public keys that must not be taken."""

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cbor, cose, keys
from cardservice.credential.keys import EDDSA, ES256
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city

P256_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1
P256_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
EDWARDS_FIELD = 2**255 - 19
EDWARDS_D = -121665 * pow(121666, -1, EDWARDS_FIELD) % EDWARDS_FIELD


@pytest.mark.parametrize(
    ("message", "r", "s"),
    [
        (
            b"sample",
            "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
            "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
        ),
        (
            b"test",
            "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367",
            "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083",
        ),
    ],
)
def test_es256_signs_as_rfc_6979_appendix_a_2_5(message, r, s):
    private = ec.derive_private_key(0xC9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721, ec.SECP256R1())
    assert keys.sign(private, message).hex() == r + s
    assert keys.public_key_of(private).verify(bytes.fromhex(r + s), message)


def test_eddsa_signs_as_rfc_8032_section_7_1():
    private = ed25519.Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    signature = (
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555"
        "fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
    )
    assert keys.sign(private, b"").hex() == signature
    assert keys.to_cose_key(keys.public_key_of(private))[-2].hex() == (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    )


def test_it_verifies_the_single_signer_example_of_rfc_9052_appendix_c_2_1():
    key = keys.from_cose_key(
        {
            1: 2,
            3: ES256,
            -1: 1,
            -2: bytes.fromhex("bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"),
            -3: bytes.fromhex("20138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"),
        }
    )
    message = cose.message_to_sign(protected=bytes.fromhex("a10126"), payload=b"This is the content.")
    signature = bytes.fromhex(
        "8eb33e4ca31d1c465ab05aac34cc6b23d58fef5c083106c4d25a91aef0b0117e"
        "2af9a291aa32e14ab834dc56ed2a223444547e01f11d3b0916e5a4c345cacb36"
    )
    assert key.verify(signature, message)
    assert not key.verify(signature, message + b"\0")


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_a_key_reads_back_from_its_cose_form(alg):
    public = keys.public_key_of(keys.generate(alg))
    parameters = keys.to_cose_key(public)
    assert keys.to_cose_key(keys.from_cose_key(cbor.loads(cbor.dumps(parameters)))) == parameters
    assert parameters[3] == public.alg == alg


@pytest.mark.parametrize("alg", [ES256, EDDSA])
@given(message=st.binary(max_size=100))
def test_the_same_message_gives_the_same_signature(alg, message):
    private = city.private_key("card", alg=alg)
    signature = keys.sign(private, message)
    assert len(signature) == 64
    assert signature == keys.sign(private, message)
    assert keys.public_key_of(private).verify(signature, message)


def test_the_numbers_of_an_es256_signature_keep_their_32_bytes_however_small_they_are():
    private = city.private_key("card", alg=ES256)
    deterministic = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
    small = [0, 0]
    for message in (number.to_bytes(2) for number in range(1000)):
        r, s = decode_dss_signature(private.sign(message, deterministic))
        assert keys.sign(private, message) == r.to_bytes(32) + s.to_bytes(32)
        small[0] += r < 2**248
        small[1] += s < 2**248
    assert all(small)


@pytest.mark.parametrize("alg", [ES256, EDDSA])
@given(signature=st.binary(max_size=130))
def test_noise_is_no_signature(alg, signature):
    assert not city.public_key("card", alg=alg).verify(signature, b"message")


@pytest.mark.parametrize("alg", [ES256, EDDSA])
def test_a_lengthened_or_shortened_signature_is_refused(alg):
    signature = keys.sign(city.private_key("card", alg=alg), b"message")
    key = city.public_key("card", alg=alg)
    assert key.verify(signature, b"message")
    for other in (signature + b"\0", signature[:-1], b"\0" + signature, signature[:32] + b"\0" + signature[32:], b""):
        assert not key.verify(other, b"message")


def refused(parameters: dict) -> bool:
    try:
        keys.from_cose_key(parameters)
    except CredentialError as error:
        assert error.reason is Reason.UNSUPPORTED
        return True
    return False


def test_points_that_are_not_on_p256_are_refused():
    good = keys.to_cose_key(city.public_key("card"))
    x, y = (int.from_bytes(good[name]) for name in (-2, -3))
    assert not refused(good)
    assert not refused(good | {-3: (P256_FIELD - y).to_bytes(32)})
    for point in ((x, y ^ 1), (y, x), (0, 0), (x, 0), (0, y), (1, 1), (2**256 - 1, 2**256 - 1)):
        assert refused(good | {-2: point[0].to_bytes(32), -3: point[1].to_bytes(32)}), point


def test_a_p256_coordinate_beyond_the_field_is_refused():
    good = keys.to_cose_key(city.public_key("card"))
    x = 5
    y = pow(x**3 - 3 * x + P256_B, (P256_FIELD + 1) // 4, P256_FIELD)
    assert not refused(good | {-2: x.to_bytes(32), -3: y.to_bytes(32)})
    assert refused(good | {-2: (x + P256_FIELD).to_bytes(32), -3: y.to_bytes(32)})


def edwards_point(y: int) -> tuple[int, int] | None:
    """RFC 8032 section 5.1.3: the point with that y and the even x, None off the curve."""
    square = (y * y - 1) * pow(EDWARDS_D * y * y + 1, -1, EDWARDS_FIELD) % EDWARDS_FIELD
    x = pow(square, (EDWARDS_FIELD + 3) // 8, EDWARDS_FIELD)
    if x * x % EDWARDS_FIELD != square:
        x = x * pow(2, (EDWARDS_FIELD - 1) // 4, EDWARDS_FIELD) % EDWARDS_FIELD
    return (min(x, EDWARDS_FIELD - x), y) if x * x % EDWARDS_FIELD == square else None


def edwards_sum(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """RFC 8032 section 5.1.4, in affine coordinates."""
    (x1, y1), (x2, y2) = one, other
    product = EDWARDS_D * x1 * x2 * y1 * y2
    return (
        (x1 * y2 + x2 * y1) * pow(1 + product, -1, EDWARDS_FIELD) % EDWARDS_FIELD,
        (y1 * y2 + x1 * x2) * pow(1 - product, -1, EDWARDS_FIELD) % EDWARDS_FIELD,
    )


def edwards_times(count: int, point: tuple[int, int]) -> tuple[int, int]:
    total = (0, 1)
    while count:
        if count & 1:
            total = edwards_sum(total, point)
        point = edwards_sum(point, point)
        count >>= 1
    return total


def small_order_ys() -> set[int]:
    """The y of every point whose order divides 8: the group order times any point falls into that subgroup."""
    prime = 2**252 + 27742317777372353535851937790883648493
    found = set()
    for y in range(2, 60):
        point = edwards_point(y)
        torsion = edwards_times(prime, point) if point else None
        while torsion is not None and torsion[1] not in found:
            found.add(torsion[1])
            torsion = edwards_sum(torsion, torsion)
    return found


def test_no_ed25519_point_of_small_order_is_taken():
    good = keys.to_cose_key(city.public_key("card", alg=EDDSA))
    ys = small_order_ys()
    assert len(ys) == 5
    assert not refused(good)
    for y in ys:
        assert edwards_times(8, edwards_point(y)) == (0, 1)
        for sign in (0, 1 << 255):
            assert refused(good | {-2: (y | sign).to_bytes(32, "little")}), hex(y)
            if y + EDWARDS_FIELD < 2**255:
                assert refused(good | {-2: (y + EDWARDS_FIELD | sign).to_bytes(32, "little")}), hex(y)


def test_ed25519_bytes_are_taken_only_as_the_canonical_form_of_a_point():
    good = keys.to_cose_key(city.public_key("card", alg=EDDSA))
    for y in range(2, 60):
        assert refused(good | {-2: y.to_bytes(32, "little")}) == (edwards_point(y) is None), y
    for y in range(EDWARDS_FIELD, 2**255):
        assert refused(good | {-2: y.to_bytes(32, "little")})


@given(st.dictionaries(st.integers(-4, 5), st.integers() | st.text() | st.binary() | st.none() | st.booleans()))
def test_noise_is_no_key(parameters):
    assert refused(parameters)


@pytest.mark.parametrize(
    "changed",
    [
        {1: 1},
        {1: True},
        {3: EDDSA},
        {3: -9},
        {3: "ES256"},
        {-1: 2},
        {-2: "x" * 32},
        {-2: bytes(31)},
        {-3: None},
        {-3: True},
    ],
)
def test_another_kind_of_key_is_refused(changed):
    assert refused(keys.to_cose_key(city.public_key("card")) | changed)
