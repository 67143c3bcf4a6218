"""Small counts are withheld, and nobody can work them out from all that is published, not even who knows the rule."""

from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from privacy.suppression import Column, added, suppress
from tests.privacy.reconstruction import Puzzle, Suppression, Unknown, given_away

QUARTERS = 4


def only_small(counts: Mapping[str, int]) -> Column:
    """The weak rule: small counts are withheld, and their total is published."""
    return Column({name: None if 1 <= count <= 10 else count for name, count in counts.items()}, sum(counts.values()))


def smallest_other(counts: Mapping[str, int]) -> Column:
    """A weak rule that resists arithmetic: the other one withheld is the smallest, which tells how small it is."""
    weak = only_small(counts)
    larger = sorted((count, name) for name, count in counts.items() if count > 10)
    if list(weak.cells.values()).count(None) != 1 or not larger:
        return weak
    return Column({**weak.cells, larger[0][1]: None}, weak.total)


def puzzle_of(year: list[dict[str, int]], *, suppression: Suppression, careful_sums: bool = True) -> Puzzle:
    """All tables of a measure together: every quarter, and the sums over the quarters."""
    puzzle = Puzzle()
    columns = [suppression(quarter) for quarter in year]
    for at, column in enumerate(columns):
        puzzle.learn({(at, name): number for name, number in column.cells.items()}, (at, "total"), column.total)
    for name in [*year[0], "total"]:
        parts: dict[Unknown, int | None] = {
            (at, name): column.total if name == "total" else column.cells[name] for at, column in enumerate(columns)
        }
        real = sum(sum(quarter.values()) if name == "total" else quarter[name] for quarter in year)
        puzzle.learn(parts, ("year", name), added(parts.values()) if careful_sums else real)
    return puzzle


COUNTS = st.one_of(st.integers(0, 13), st.integers(0, 2), st.integers(9, 12), st.integers(0, 5_000))


@st.composite
def years(draw: st.DrawFn) -> list[dict[str, int]]:
    names = [f"D{number}" for number in range(draw(st.integers(1, 6)))]
    return [{name: draw(COUNTS) for name in names} for _ in range(QUARTERS)]


@given(years())
@settings(max_examples=200, deadline=None)
def test_no_withheld_number_follows_from_all_tables_together(year: list[dict[str, int]]):
    assert puzzle_of(year, suppression=suppress).solved() == set()


@given(years())
@settings(max_examples=200, deadline=None)
def test_every_count_from_1_to_10_is_withheld_and_what_is_published_is_right(year: list[dict[str, int]]):
    for quarter in year:
        column = suppress(quarter)
        for name, count in [*quarter.items(), ("total", sum(quarter.values()))]:
            shown = column.total if name == "total" else column.cells[name]
            assert shown in (None, count)
            if 1 <= count <= 10:
                assert shown is None
            if count == 0:
                assert shown == 0


@pytest.mark.parametrize(("districts", "most"), [(1, 60), (2, 60), (3, 48), (4, 34)])
def test_who_knows_the_rule_and_tries_every_table_knows_no_withheld_number(districts: int, most: int):
    assert given_away(suppress, districts=districts, most=most) == 0


def test_a_rule_that_withholds_small_counts_only_is_found_out():
    year = [{"EAST": 7, "WEST": 40}] * QUARTERS
    assert (0, "EAST") in puzzle_of(year, suppression=only_small).solved()
    assert given_away(only_small, districts=2, most=40) > 0


def test_two_ones_are_found_out_by_their_bounds():
    year = [{"EAST": 1, "NORTH": 1, "WEST": 40}] * QUARTERS
    assert {(0, "EAST"), (0, "NORTH")} <= puzzle_of(year, suppression=only_small).solved()


def test_sums_over_quarters_that_are_always_published_are_found_out():
    year = [{"EAST": 7, "WEST": 40}, *[{"EAST": 20, "WEST": 30}] * 3]
    assert (0, "EAST") in puzzle_of(year, suppression=suppress, careful_sums=False).solved()


def test_a_rule_that_withholds_the_smallest_of_the_others_is_found_out_by_who_knows_it():
    assert given_away(smallest_other, districts=3, most=40) > given_away(suppress, districts=3, most=40)


def test_the_next_district_is_withheld_and_the_total_stays():
    column = suppress({"A": 50, "B": 3, "C": 70, "D": 0})
    assert column == Column({"A": 50, "B": None, "C": None, "D": 0}, 123)


def test_several_small_counts_hide_one_another():
    assert suppress({"A": 50, "B": 3, "C": 5}) == Column({"A": 50, "B": None, "C": None}, 58)


def test_without_another_district_the_total_is_withheld():
    assert suppress({"A": 10, "B": 10, "C": 0}) == Column({"A": None, "B": None, "C": 0}, None)


def test_a_sum_is_withheld_with_any_of_its_parts():
    assert (added([1, 2, 3]), added([1, None]), added([])) == (6, None, 0)
