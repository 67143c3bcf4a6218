"""The bytes of log lines."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential import cbor
from privacy.leaf import Line, encode, new_nonce

NONCE = bytes(range(16))
LINE = Line(actor="K7M2Q9", district="north", action="issue", purpose="new_card", week=date(2026, 11, 23))
CODES = st.from_regex(r"[A-Za-z0-9_.-]*", fullmatch=True)


def test_a_leaf_is_these_bytes():
    assert encode(LINE, nonce=NONCE).hex() == (
        "a8 0001 0150 000102030405060708090a0b0c0d0e0f 0266 4b374d325139 0365 6e6f727468 0465 6973737565"
        "0568 6e65775f63617264 066a 323032362d31312d3233 0701"
    ).replace(" ", "")
    assert encode(None, nonce=NONCE).hex() == "a2000101" + "50" + NONCE.hex()


@given(
    actor=CODES.map(lambda t: t[:12]),
    district=st.text(max_size=16).filter(str.isprintable),
    purpose=CODES.map(lambda t: t[:20]),
    count=st.integers(1, 2**31 - 1),
    week=st.dates(date(2000, 1, 1), date(2100, 1, 1)).map(lambda d: date.fromisocalendar(*d.isocalendar()[:2], 1)),
)
def test_a_leaf_is_deterministic_cbor_of_all_fields(actor, district, purpose, count, week):
    line = Line(actor=actor, district=district, action="revoke", purpose=purpose, week=week, count=count)
    assert cbor.loads(encode(line, nonce=NONCE)) == {
        0: 1,
        1: NONCE,
        2: actor,
        3: district,
        4: "revoke",
        5: purpose,
        6: week.isoformat(),
        7: count,
    }
    assert cbor.loads(encode(None, nonce=NONCE)) == {0: 1, 1: NONCE}


def test_equal_lines_have_different_leaves():
    assert encode(LINE, nonce=new_nonce()) != encode(LINE, nonce=new_nonce())


@pytest.mark.parametrize(
    "wrong",
    [
        {"actor": "A" * 13},
        {"district": "d" * 17},
        {"district": "two\nlines"},
        {"district": "\ud800"},
        {"action": "a" * 17},
        {"purpose": "p" * 21},
        {"purpose": "free text of a clerk"},
        {"week": date(2026, 11, 24)},
        {"count": 0},
        {"count": 2**31},
        {"count": True},
    ],
)
def test_it_refuses_what_no_line_may_say(wrong):
    with pytest.raises(ValueError, match=r"is no|out of range"):
        Line(**({"actor": "A", "district": "", "action": "issue", "purpose": "x", "week": LINE.week} | wrong))
