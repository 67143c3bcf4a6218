"""The city's statistics come from lines of the log: right words, right quarter, settled quarters only, no padding."""

import csv
import io
import json
from datetime import date

import pytest
from django.core.management import call_command

from privacy.actions import Action
from privacy.figure_rows import as_csv, rows
from privacy.figures import Measure, Quarter, measure_of, published, quarter_of, years_of
from privacy.models import Entry, LastBatch
from tests.privacy.archive import Archive

Q1 = date(2026, 2, 2)
SPRING = date(2026, 4, 13)


def test_each_act_counts_as_what_the_desk_logs_it_for():
    counted = {
        ("issue", "new_card"): Measure.ISSUED,
        ("issue", "renewed"): Measure.RENEWED,
        ("issue", "corrected"): Measure.CORRECTED,
        ("refuse", "home_unproven"): Measure.REFUSED,
        ("suspend", "lost"): Measure.BLOCKED,
        ("revoke", "stolen"): Measure.BLOCKED,
        ("revoke", "renewed"): None,
        ("revoke", "corrected"): None,
        ("reinstate", "found"): None,
        ("override", "home_unproven"): None,
        ("agreement", "written"): None,
        ("place", "added"): None,
        ("finding", "line_missing"): None,
    }
    assert {act: measure_of(*act) for act in counted} == counted
    assert set(Action) <= {action for action, _ in counted}


@pytest.mark.parametrize(
    ("monday", "quarter"),
    [
        (date(2026, 3, 30), Quarter(2026, 1)),
        (date(2026, 4, 6), Quarter(2026, 2)),
        (date(2026, 12, 28), Quarter(2026, 4)),
        (date(2027, 1, 4), Quarter(2027, 1)),
    ],
)
def test_a_week_belongs_to_the_quarter_of_its_monday(monday: date, quarter: Quarter):
    assert quarter_of(monday) == quarter


@pytest.mark.parametrize(
    ("quarter", "first_day"),
    [(Quarter(2026, 1), SPRING), (Quarter(2026, 2), date(2026, 7, 13)), (Quarter(2026, 4), date(2027, 1, 11))],
)
def test_a_quarter_is_published_a_week_after_its_last_week(quarter: Quarter, first_day: date):
    assert quarter.settled(first_day)
    assert not quarter.settled(date.fromordinal(first_day.toordinal() - 1))


def test_numbers_of_the_running_quarter_stay_out_and_empty_quarters_are_said():
    lines = [("EAST", "issue", "new_card", Q1, 20), ("WEST", "issue", "new_card", date(2026, 8, 3), 30)]
    (before,) = years_of(lines, as_of=date(2026, 8, 31))
    assert [str(quarter) for quarter in before.quarters] == ["2026-Q1", "2026-Q2"]
    assert before.districts == ("EAST",)
    assert before.row(Measure.ISSUED, None) == (20, 0, 20)


def test_what_was_published_stays_as_it_was_when_a_new_district_and_quarter_come():
    first = [("EAST", "issue", "new_card", Q1, 3), ("WEST", "issue", "new_card", Q1, 30)]
    later = [*first, *[(name, "issue", "new_card", date(2026, 5, 4), 40) for name in ("CENTRE", "EAST", "NORTH")]]
    (before,), (after,) = years_of(first, as_of=SPRING), years_of(later, as_of=date(2026, 8, 3))
    old = before.columns[Measure.ISSUED][0]
    new = after.columns[Measure.ISSUED][0]
    assert new.total == old.total == 33
    assert {**new.cells} == {**old.cells, "CENTRE": 0, "NORTH": 0}
    assert after.row(Measure.ISSUED, "EAST") == (None, 40, None)


def test_years_stand_newest_first_and_rows_oldest_first():
    lines = [("", "suspend", "lost", date(2025, 11, 3), 12), ("", "suspend", "lost", Q1, 11)]
    years = years_of(lines, as_of=SPRING)
    assert [year.number for year in years] == [2026, 2025]
    blocked = [(row.quarter, row.district, row.count) for row in rows(years) if row.measure == "blocked"]
    assert blocked == [("2025-Q4", "", 12), ("2025-Q4", "*", 12), ("2026-Q1", "", 11), ("2026-Q1", "*", 11)]


def test_csv_leaves_withheld_counts_empty():
    years = years_of([("EAST", "issue", "new_card", Q1, 7)], as_of=SPRING)
    read = list(csv.DictReader(io.StringIO(as_csv(years))))
    assert {(row["district"], row["count"]) for row in read if row["measure"] == "issued"} == {("EAST", ""), ("*", "")}
    assert ",7" not in as_csv(years)


@pytest.mark.django_db(databases=["privacy"])
def test_padding_of_the_log_counts_nothing_and_real_lines_all(archive: Archive):
    assert published() == ()
    archive.act(12)
    archive.act(15, action="refuse")
    archive.batch()
    assert Entry.objects.filter(week__isnull=True).exists()
    assert published() == ()
    LastBatch.objects.update(day=date(2027, 1, 11))
    (year,) = published()
    assert year.row(Measure.ISSUED, "north") == (12, 12)
    assert year.row(Measure.REFUSED, None) == (15, 15)
    assert [year.row(measure, None)[0] for measure in Measure] == [12, 0, 0, 15, 0]
    said = io.StringIO()
    call_command("statistics", stdout=said)
    counts = [(row["district"], row["measure"], row["count"]) for row in json.loads(said.getvalue())]
    assert ("north", "issued", 12) in counts and ("*", "refused", 15) in counts
