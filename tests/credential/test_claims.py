"""Claims: what is written is read back, and nothing else is read."""

import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cbor, claims
from cardservice.credential.calendar import monday_of, month_after
from cardservice.credential.claims import Claims
from cardservice.credential.numbers import LIST_SIZE, MAX_LISTS, card_number
from cardservice.credential.reasons import CredentialError, Reason
from tests.vectors import city

TIMES = st.integers(min_value=4 * 86_400, max_value=10**11)
NAMES = st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80)


@st.composite
def contents(draw) -> Claims:
    list_number, index = draw(st.integers(0, MAX_LISTS - 1)), draw(st.integers(0, LIST_SIZE - 1))
    return Claims(
        issuer=draw(NAMES),
        exp=month_after(draw(TIMES), months=36),
        iat=max(monday_of(draw(TIMES)), 345_600),
        cti=draw(st.binary(min_size=16, max_size=16)),
        link=draw(st.binary(min_size=16, max_size=16)),
        number=card_number(list_number=list_number, index=index),
        name=draw(NAMES),
        list_number=list_number,
        index=index,
        sector=draw(st.none() | st.text(alphabet="abc-", min_size=1, max_size=32)),
        born=draw(st.none() | st.dates().map(lambda day: day.strftime("%Y%m%d").rjust(8, "0"))),
        photo=draw(st.none() | st.binary(min_size=1, max_size=400)),
    )


def reason_of(payload: bytes) -> Reason | None:
    try:
        claims.decode(payload)
    except CredentialError as error:
        return error.reason
    return None


@given(contents())
def test_what_is_encoded_is_decoded(content):
    assert claims.decode(content.encode()) == content


@given(
    st.recursive(
        st.integers(-(2**64), 2**64 - 1)
        | st.text(max_size=5)
        | st.binary(max_size=20)
        | st.booleans()
        | st.none()
        | st.floats(),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from([0, 1, 2, 4, "idx", "uri"]), inner, max_size=3)
        ),
        max_leaves=4,
    ),
    st.sampled_from([1, 3, 4, 6, 7, -65538, 169, 65535]),
)
def test_any_value_under_any_claim_gives_claims_or_a_reason(value, key):
    content = cbor.loads(city.claims("x").encode())
    payload = cbor.dumps(content | {key: value})
    if reason_of(payload) is None:
        assert claims.decode(payload).encode() == payload


def test_a_changed_byte_gives_a_reason_or_the_one_encoding():
    rng = random.Random(8392)
    good = city.claims("x", sector="health", photo=b"photo").encode()
    for _ in range(20_000):
        octets = bytearray(good)
        octets[rng.randrange(len(octets))] = rng.randrange(256)
        if reason_of(bytes(octets)) is None:
            assert claims.decode(bytes(octets)).encode() == octets


@given(contents(), st.data())
def test_a_spliced_payload_gives_a_reason_or_the_one_encoding(content, data):
    octets = content.encode()
    start = data.draw(st.integers(0, len(octets)))
    end = data.draw(st.integers(start, min(start + 4, len(octets))))
    spliced = octets[:start] + data.draw(st.binary(max_size=4)) + octets[end:]
    if reason_of(spliced) is None:
        assert claims.decode(spliced).encode() == spliced
        assert cbor.dumps(cbor.loads(spliced)) == spliced


def test_no_cut_payload_is_read():
    octets = city.claims("x", sector="health", photo=b"photo").encode()
    for length in range(len(octets)):
        assert reason_of(octets[:length]) is Reason.MALFORMED


def test_times_that_no_calendar_has_are_refused_quietly():
    for exp in (253_402_300_800, 1_099_510_156_800, 2**40, 2**63, 2**64 - 1, -1, -(2**64)):
        payload = cbor.dumps(cbor.loads(city.claims("x").encode()) | {claims.EXP: exp, claims.IAT: exp})
        assert reason_of(payload) is Reason.UNSUPPORTED


def test_the_number_is_that_of_the_status_reference():
    content = city.claims("x")
    assert reason_of(content.encode()) is None
    assert reason_of(replace(content, index=content.index + 1).encode()) is Reason.UNSUPPORTED
    assert reason_of(replace(content, list_number=1).encode()) is Reason.UNSUPPORTED


def test_an_integer_is_never_a_boolean():
    good = cbor.loads(city.claims("x", index=1, photo=b"x").encode())
    for path, value in (((65535, "status_list", "idx"), True), ((169, 62, 0, 1), False)):
        content = cbor.loads(cbor.dumps(good))
        place = content
        for step in path[:-1]:
            place = place[step]
        assert place[path[-1]] == value
        place[path[-1]] = value
        assert reason_of(cbor.dumps(content)) is Reason.UNSUPPORTED
