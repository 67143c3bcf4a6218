"""HKDF outputs as fixed values and against RFC 5869 written out."""

import hashlib
import hmac

import pytest

from cardservice.credential import crockford, derive

SEED = bytes(range(32))


def hkdf(*, key: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    """RFC 5869 sections 2.2 and 2.3."""
    pseudorandom = hmac.new(salt, key, hashlib.sha256).digest()
    block, output = b"", b""
    while len(output) < length:
        block = hmac.new(pseudorandom, block + info + bytes([len(output) // 32 + 1]), hashlib.sha256).digest()
        output += block
    return output[:length]


def test_the_reference_is_the_rfc():
    # RFC 5869 appendix A.1
    made = hkdf(key=b"\x0b" * 22, salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA)), length=42)
    assert made.hex() == ("3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865")


def test_a_seed_gives_all_secrets():
    secrets = derive.secrets_of(seed=SEED, credentials=2)
    zero = bytes(32)
    for made, info, length in (
        (secrets.row_key, b"cardservice/row-key/1", 16),
        (secrets.entry_id, b"cardservice/entry-id/1", 16),
        (secrets.slip_code, b"cardservice/slip-code/1", 10),
        (secrets.ctis[0], b"cardservice/cti/1/0", 16),
        (secrets.ctis[1], b"cardservice/cti/1/1", 16),
        (secrets.links[0], b"cardservice/link/1/0", 16),
        (secrets.links[1], b"cardservice/link/1/1", 16),
    ):
        assert made == hkdf(key=SEED, salt=zero, info=info, length=length)
    assert secrets.row_key.hex() == "31fe99c5a4c11da61044fe1ae3751359"


def test_no_two_secrets_of_a_seed_share_bytes():
    secrets = derive.secrets_of(seed=SEED, credentials=7)
    parts = [secrets.row_key, secrets.entry_id, secrets.slip_code, *secrets.ctis, *secrets.links]
    assert len({part[:8] for part in parts}) == len(parts) == 17


def test_the_first_secrets_do_not_depend_on_how_many_follow():
    one, seven = derive.secrets_of(seed=SEED, credentials=1), derive.secrets_of(seed=SEED, credentials=7)
    assert (one.row_key, one.ctis, one.links) == (seven.row_key, seven.ctis[:1], seven.links[:1])


def test_a_provider_number_is_fifty_bits_of_hkdf_with_the_provider_key_as_salt():
    link, key = bytes(range(16)), bytes(range(100, 132))
    octets = hkdf(key=link, salt=key, info=b"cardservice/provider-number/1", length=7)
    symbols = crockford.with_check(crockford.encode(int.from_bytes(octets) >> 6, 10))
    number = derive.provider_number(link=link, provider_key=key)
    assert number.replace("-", "") == symbols
    assert number == "GT3Y3-PJS7K-K"


def test_two_providers_get_numbers_that_do_not_join():
    links = [bytes([n]) * 16 for n in range(100)]
    one = {derive.provider_number(link=link, provider_key=b"\1" * 32) for link in links}
    other = {derive.provider_number(link=link, provider_key=b"\2" * 32) for link in links}
    assert len(one) == len(other) == 100
    assert not one & other


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_keys_of_another_length_are_refused(length):
    with pytest.raises(ValueError, match="32 bytes"):
        derive.secrets_of(seed=bytes(length), credentials=1)
    with pytest.raises(ValueError, match="32 bytes"):
        derive.provider_number(link=bytes(16), provider_key=bytes(length))


def test_rows_of_a_batch_have_seeds_of_their_own_that_follow_from_its_seed_alone():
    seeds = [derive.seed_of_row(batch_seed=SEED, row=row) for row in (2, 3, 23)]
    assert seeds == [
        hkdf(key=SEED, salt=bytes(32), info=b"cardservice/batch-row/1/%d" % row, length=32) for row in (2, 3, 23)
    ]
    assert len(set(seeds)) == 3
    with pytest.raises(ValueError, match="32 bytes"):
        derive.seed_of_row(batch_seed=SEED[1:], row=2)
