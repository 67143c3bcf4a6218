"""Weeks of issue and months of expiry at their edges."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cardservice.credential.calendar import (
    DAY,
    WEEK,
    day_of,
    is_monday,
    is_month_start,
    last_valid_month,
    monday_of,
    month_after,
)

TIMES = st.integers(min_value=0, max_value=2**37 - 1)


def at(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("moment", "monday"),
    [
        (at(2026, 11, 23), at(2026, 11, 23)),
        (at(2026, 11, 22, 23, 59, 59), at(2026, 11, 16)),
        (at(2026, 11, 29, 23, 59, 59), at(2026, 11, 23)),
        (at(2027, 1, 1), at(2026, 12, 28)),
        (at(2028, 2, 29, 12), at(2028, 2, 28)),
        (at(1970, 1, 5), at(1970, 1, 5)),
    ],
)
def test_a_week_starts_on_monday_at_midnight(moment, monday):
    assert monday_of(moment) == monday


@pytest.mark.parametrize(
    ("now", "months", "end"),
    [
        (at(2026, 11, 1), 0, at(2026, 12, 1)),
        (at(2026, 11, 30, 23, 59, 59), 0, at(2026, 12, 1)),
        (at(2026, 12, 1), 0, at(2027, 1, 1)),
        (at(2026, 12, 31, 23, 59, 59), 0, at(2027, 1, 1)),
        (at(2026, 11, 24), 1, at(2027, 1, 1)),
        (at(2026, 11, 24), 36, at(2029, 12, 1)),
        (at(2026, 12, 24), 36, at(2030, 1, 1)),
        (at(2024, 1, 31), 1, at(2024, 3, 1)),
        (at(2024, 2, 29), 12, at(2025, 3, 1)),
        (at(2024, 2, 29), 48, at(2028, 3, 1)),
    ],
)
def test_a_card_ends_with_its_last_month(now, months, end):
    assert month_after(now, months=months) == end


@pytest.mark.parametrize(
    ("exp", "month"),
    [(at(2027, 1, 1), "2026-12"), (at(2024, 3, 1), "2024-02"), (at(2029, 12, 1), "2029-11")],
)
def test_it_names_the_last_valid_month(exp, month):
    assert last_valid_month(exp) == month


@given(TIMES)
def test_a_week_has_seven_days_around_every_moment(moment):
    monday = monday_of(moment)
    assert monday <= moment < monday + WEEK
    assert is_monday(monday)
    assert day_of(monday).weekday() == 0 and monday % DAY == 0
    assert is_monday(moment) == (moment == monday)


@given(TIMES, st.integers(min_value=0, max_value=240))
def test_a_month_end_is_a_month_start_behind_now(moment, months):
    end = month_after(moment, months=months)
    assert is_month_start(end) and end > moment
    assert not is_month_start(end + 1) and not is_month_start(end - 1) and not is_month_start(end + DAY)
    assert end - moment <= (months + 1) * 31 * DAY
