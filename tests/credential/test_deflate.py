"""What is compressed comes back, in streams of which no block is stored."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import deflate
from tests.vectors import city

STORED = 0


def block_type(stream: bytes) -> int:
    """BTYPE of the first block: RFC 1951 section 3.2.3."""
    return stream[2] >> 1 & 3


@given(st.binary(max_size=700), st.binary(max_size=40), st.integers(0, 20))
def test_what_is_compressed_is_inflated_and_never_stored(noise, repeated, times):
    octets = noise + repeated * times + noise[:30]
    stream = deflate.compress(octets)
    assert zlib.decompress(stream) == octets
    assert block_type(stream) != STORED


@pytest.mark.parametrize("size", [1, 3, 4, 5, 100, 599, 2000])
def test_noise_that_zlib_would_store_grows_by_a_sixteenth_at_most(size):
    octets = city.octets("noise", size)
    assert size < 100 or block_type(zlib.compress(octets, 9)) == STORED
    stream = deflate.compress(octets)
    assert zlib.decompress(stream) == octets
    assert len(stream) <= size * 17 / 16 + 9


@pytest.mark.parametrize("distance", [*range(1, 70), 96, 97, 128, 129, 511, 512, 513, 1024, 1025, 4096, 4097, 8191])
def test_every_distance_is_written_as_readers_count_it(distance):
    earlier = city.octets("before", distance)
    octets = (earlier * 40)[: distance + 40]
    assert _smallest(octets) < distance * 17 / 16 + 8


@pytest.mark.parametrize("length", [*range(4, 70), 127, 128, 129, 130, 131, 255, 256, 257, 258, 259, 600])
def test_every_length_is_written_as_readers_count_it(length):
    earlier = city.octets("before", length)
    octets = earlier + city.octets("between", 3) + earlier
    assert _smallest(octets) < (length + 3) * 17 / 16 + 16


def _smallest(octets: bytes) -> int:
    block = deflate._fixed_block(octets)
    assert zlib.decompress(block, -15) == octets
    return len(block)


def test_a_text_that_compresses_is_left_to_zlib():
    octets = city.sign(city.claims("x").encode())
    assert deflate.compress(octets) == zlib.compress(octets, 9)
