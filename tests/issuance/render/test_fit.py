"""Fitting: names shrink, wrap at spaces and hyphens, and are never cut."""

import pytest

from issuance.render.fit import NameTooLong, name_block, one_line, paragraph
from issuance.render.fonts import BOLD
from issuance.render.text import shape
from tests.issuance.render.specimens import LONG_NAME

SIZES = (15, 12, 10, 8, 6)


def test_a_short_name_stands_on_one_line_at_the_largest_size():
    block = name_block("Amina Example", width=60, height=20, sizes=SIZES)
    assert (len(block.lines), block.points) == (1, 15)


def test_a_longer_name_is_made_smaller_before_it_is_broken():
    block = name_block("Amina Example", width=36, height=20, sizes=SIZES)
    assert (len(block.lines), block.points) == (1, 12)


def test_a_long_name_is_wrapped_and_stays_in_its_box():
    block = name_block(LONG_NAME, width=44, height=11, sizes=SIZES)
    assert len(block.lines) > 1
    assert block.height <= 11
    assert all(line.width(block.points) <= 44 for line in block.lines)


def test_no_letter_of_a_name_is_lost_by_wrapping():
    block = name_block(LONG_NAME, width=44, height=11, sizes=SIZES)
    drawn = sum(len(line.glyphs) for line in block.lines)
    spaces_at_breaks = len(block.lines) - 1
    assert len(shape(LONG_NAME, weight=BOLD).glyphs) - drawn <= spaces_at_breaks


def test_a_word_is_broken_only_when_no_size_keeps_it_whole():
    assert len(name_block("X" * 80, width=40, height=30, sizes=SIZES).lines) > 1
    whole = name_block("Xxxxxxxxxxxxxxxxxxxx Yyyyyyyyyyyy", width=40, height=30, sizes=SIZES)
    assert len(whole.lines) == 2


def test_a_name_that_fits_no_size_is_refused_and_not_repeated():
    with pytest.raises(NameTooLong) as refusal:
        name_block("Amina Example", width=5, height=2, sizes=SIZES)
    assert "Amina" not in str(refusal.value)


def test_one_line_is_made_as_wide_as_its_room_at_most():
    assert one_line("Safe reporting of crime", width=10, points=9).lines[0].width(
        one_line("Safe reporting of crime", width=10, points=9).points
    ) == pytest.approx(10)


def test_a_paragraph_keeps_its_size_and_its_direction():
    block = paragraph("أمينة " * 30, width=50, points=9)
    assert block.points == 9
    assert len(block.lines) > 2
    assert all(line.right_to_left for line in block.lines)


def test_a_balanced_paragraph_has_as_many_lines_and_a_fuller_last_one():
    text = "Found? Please bring it to any city desk."
    plain = paragraph(text, width=29, points=6.6)
    even = paragraph(text, width=29, points=6.6, balance=0.5)
    assert len(even.lines) == len(plain.lines) == 2
    assert even.lines[-1].units > plain.lines[-1].units


def test_a_name_takes_the_fewest_lines_that_are_easy_to_read():
    block = name_block("Jean-Baptiste de la Très-Longue-Maison", width=45, height=40, sizes=(20, 16, 14, 12, 8))
    assert (len(block.lines), block.points) == (2, 12)


def test_a_name_on_several_lines_does_not_shout():
    assert name_block(LONG_NAME, width=45, height=90, sizes=(20, 16, 14, 6)).points == 14
