"""The office's page of statistics and its file: the same published numbers, for coordinators and auditors."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest

from privacy.bar_chart import FLOOR, TOP, bars
from privacy.models import Entry, LastBatch
from tests.verification.office.conftest import Office, Person, office

__all__ = ["office"]
pytestmark = pytest.mark.django_db(databases=["staff", "verification", "privacy"])
NUMBERS = {"CENTRE": (40, 64), "EAST": (7, 35), "WEST": (52, 0)}
"""District -> cards issued in the first and in the second quarter of 2026."""


@pytest.fixture
def log(office: Office) -> Iterator[None]:
    number = 0
    for district, counts in NUMBERS.items():
        for week, count in zip((date(2026, 2, 2), date(2026, 5, 4)), counts, strict=True):
            for _ in range(count):
                number += 1
                Entry(
                    number=number,
                    nonce=bytes(16),
                    leaf_hash=bytes(32),
                    actor="K7M2Q9",
                    district=district,
                    action="issue",
                    purpose="new_card",
                    week=week,
                ).save(force_insert=True)
    LastBatch(day=date(2026, 7, 13)).save(force_insert=True)
    yield


def cells(page: str) -> dict[str, list[str]]:
    """District -> its numbers as people see them in the first table."""
    found = {}
    for row in page.split("<tbody>")[1].split("</tbody>")[0].split("<tr")[1:]:
        tree = ElementTree.fromstring("<tr" + row.rstrip())
        name, *numbers = ["".join(cell.itertext()) for cell in tree]
        found[name] = numbers
    return found


@pytest.mark.parametrize("role", ["coordinator", "auditor"])
def test_small_numbers_and_what_would_tell_them_are_withheld(office: Office, log: None, role: str):
    page = office.sign_in(role).page("/statistics")
    assert cells(page) == {
        "CENTRE": ["40", "64", "104"],
        "EAST": ["–withheld", "35", "–withheld"],
        "WEST": ["–withheld", "0", "–withheld"],
        "Whole city": ["99", "99", "198"],
    }


def test_the_chart_says_in_words_what_it_draws(office: Office, log: None):
    page = office.sign_in().page("/statistics")
    assert "Cards issued in 2026, whole city</title>" in page
    assert "Q1: 99; Q2: 99.</desc>" in page


def test_the_page_says_that_checks_are_not_counted(office: Office, log: None):
    assert "Checks of cards are counted nowhere" in office.sign_in().page("/statistics")


def test_the_file_tells_no_more_than_the_page(office: Office, log: None):
    answer: Any = office.sign_in().client.get("/statistics.csv")
    lines = answer.content.decode().split("\r\n")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[:5] == [
        "quarter,district,measure,count",
        "2026-Q1,CENTRE,issued,40",
        "2026-Q1,EAST,issued,",
        "2026-Q1,WEST,issued,",
        "2026-Q1,*,issued,99",
    ]


@pytest.mark.parametrize("year", ["1999", "x", ""])
def test_a_year_without_numbers_is_not_found(office: Office, log: None, year: str):
    person: Person = office.sign_in()
    assert "Statistics of 2026" in person.page("/statistics?year=2026")
    person.page(f"/statistics?year={year}", status=404)


def test_a_city_without_a_complete_quarter_is_told_when_there_is_one(office: Office):
    assert "No quarter is complete yet" in office.sign_in().page("/statistics")


def test_bars_are_as_high_as_their_numbers_and_a_withheld_one_has_none():
    drawn = bars([("Q1", 50), ("Q2", 100), ("Q3", None), ("Q4", 0)])
    assert [bar.height for bar in drawn] == [(FLOOR - TOP) / 2, FLOOR - TOP, 0, 0]
    assert [bar.top + bar.height for bar in drawn] == [FLOOR] * 4
    assert bars([("Q1", None)])[0].height == 0
