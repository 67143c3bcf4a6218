"""Numbers of writers: what a day's lines tell about lines that are not there."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from privacy.numbering import Finding, judge
from privacy.staging import Staged, sign
from tests.privacy.archive import MONDAY, line

DESK = Ed25519PrivateKey.from_private_bytes(bytes(32))
OTHER_DESK = Ed25519PrivateKey.from_private_bytes(bytes([1] * 32))
WRITER = DESK.public_key().public_bytes_raw()


def staged(number: int, *, entry: int | None = None, key: Ed25519PrivateKey = DESK, actor: str = "K7M2Q9") -> Staged:
    return sign(line(actor), number=number, entry_id=(entry or number).to_bytes(16), key=key)


def judged(*lines: Staged, expected: int = 1, known: frozenset[bytes] = frozenset()):
    return judge(lines, next_numbers={WRITER: expected}, known_entries=known)


@given(st.permutations([staged(number) for number in range(1, 9)]))
def test_lines_without_a_hole_are_taken_whatever_their_order(lines):
    outcome = judged(*lines)
    assert len(outcome.lines) == 8
    assert not outcome.findings
    assert outcome.next_numbers == {WRITER: 9}


@pytest.mark.parametrize(
    ("numbers", "missing"), [((2,), 1), ((1, 2, 4), 1), ((1, 5, 9), 6), ((3, 4), 2), ((1, 2**40), 2**40 - 2)]
)
def test_a_hole_is_a_finding_that_counts_what_is_missing(numbers, missing):
    outcome = judged(*map(staged, numbers))
    assert outcome.findings == {Finding.MISSING_ENTRIES: missing}
    assert len(outcome.lines) == len(numbers)
    (found,) = outcome.finding_lines(week=MONDAY)
    assert (found.actor, found.action, found.purpose) == ("archivist", "finding", "missing_entries")
    assert found.count == min(missing, 2**31 - 1)


def test_lines_deleted_at_the_end_of_a_day_are_missed_on_the_next():
    first = judged(staged(1))
    second = judge([staged(4)], next_numbers=first.next_numbers, known_entries=first.entry_ids)
    assert second.findings == {Finding.MISSING_ENTRIES: 2}


def test_a_new_writer_is_a_finding_and_starts_at_one():
    outcome = judged(staged(1), staged(1, entry=7, key=OTHER_DESK), staged(2, entry=8, key=OTHER_DESK))
    assert outcome.findings == {Finding.NEW_WRITER: 1}
    assert len(outcome.lines) == 3
    later = judged(staged(3, key=OTHER_DESK))
    assert later.findings == {Finding.NEW_WRITER: 1, Finding.MISSING_ENTRIES: 2}


@pytest.mark.parametrize(
    "change",
    [
        {"number": 2},
        {"entry_id": bytes(16)},
        {"line": line("OTHER9")},
        {"line": line(action="revoke")},
        {"signature": bytes(64)},
        {"signature": b""},
        {"writer": OTHER_DESK.public_key().public_bytes_raw()},
        {"writer": b"short"},
        {"number": -1},
        {"number": 2**64},
    ],
)
def test_a_line_that_its_writer_never_signed_is_a_finding_and_not_taken(change):
    outcome = judged(replace(staged(1), **change))
    assert outcome.findings == {Finding.FORGED_ENTRIES: 1}
    assert (outcome.lines, outcome.next_numbers) == ([], {WRITER: 1})


def test_an_edited_line_leaves_a_hole_too():
    outcome = judged(staged(1), replace(staged(2), line=line("OTHER9")), staged(3))
    assert outcome.findings == {Finding.FORGED_ENTRIES: 1, Finding.MISSING_ENTRIES: 1}
    assert len(outcome.lines) == 2


def test_a_request_sent_again_is_one_line():
    outcome = judged(staged(1, entry=5), staged(2, entry=5), staged(3, entry=6))
    assert (len(outcome.lines), dict(outcome.findings)) == (2, {})
    assert judged(staged(4, entry=5), expected=4, known=frozenset(outcome.entry_ids)).lines == []


def test_a_line_handed_in_again_after_its_batch_is_dropped():
    first = judged(staged(1), staged(2))
    again = judge([staged(2)], next_numbers=first.next_numbers, known_entries=first.entry_ids)
    assert (again.lines, dict(again.findings), again.next_numbers) == ([], {}, {WRITER: 3})


def test_a_counter_set_back_loses_no_line_and_is_a_finding():
    outcome = judged(staged(1), staged(2), staged(2, entry=9, actor="OTHER9"))
    assert outcome.findings == {Finding.NUMBER_REUSED: 1}
    assert len(outcome.lines) == 3


def test_the_id_of_a_row_is_that_of_its_content():
    one = staged(1)
    assert one.row_id == staged(1).row_id
    assert len({one.row_id, staged(2).row_id, staged(1, entry=2).row_id, staged(1, actor="A").row_id}) == 4
