"""Declarations: what a complete one is, and how they are compared with what there is."""

from dataclasses import replace

import pytest

from cardservice.declarations import Declaration, Kind, PersonalData, absent, differences, faults, migrations_table
from cardservice.inventory import declared

TABLE = Declaration(
    kind=Kind.TABLE,
    name="issuance.Thing",
    purpose="blocking a card",
    retention="as its card",
    readers=("desk",),
    article="5(1)(c), 32",
    fields={"id": "random number of the row"},
)


@pytest.mark.parametrize("declaration", declared(*Kind), ids=lambda it: f"{it.kind} {it.name}")
def test_every_declaration_is_complete(declaration: Declaration):
    assert faults(declaration) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"purpose": ""}, "purpose: says nothing"),
        ({"retention": "  "}, "retention: says nothing"),
        ({"retention": "x" * 161}, "retention: is longer than one short sentence"),
        ({"fields": {"id": ""}}, "id: says nothing"),
        ({"fields": {"id": "one line\nand more"}}, "id: is longer than one short sentence"),
        ({"article": ""}, "article: '' names no article of the GDPR"),
        ({"article": "GDPR"}, "article: 'GDPR' names no article of the GDPR"),
        ({"readers": ()}, "readers: name at least one"),
        ({"readers": ("desk", "police")}, "readers: 'police' is nobody known here"),
        ({"readers": ("public",)}, "readers: 'public' is nobody known here"),
        ({"stays_empty": True}, "readers: what stays empty is read by nobody"),
        (
            {"personal_data": PersonalData.IN_PASSING},
            "personal data: a table is kept, so nothing in it is in passing",
        ),
        ({"fields": {"nationality": "of the holder"}}, "nationality: a forbidden name"),
        ({"fields": {"language": "of the leaflet"}}, "language: a forbidden name"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_it_names_a_planted_fault(change: dict, fault: str):
    assert faults(TABLE) == []
    assert fault in faults(replace(TABLE, **change))


def test_a_word_that_is_passed_through_may_be_asked_but_not_kept():
    asked = replace(TABLE, kind=Kind.REQUEST, fields={"language": "of the leaflet"})
    assert faults(asked) == []
    assert faults(replace(asked, kind=Kind.FILE)) == ["language: a forbidden name"]


def test_an_excuse_holds_for_its_own_table_only():
    excused = replace(TABLE, name="account.EmailAddress", fields={"email": "not used"}, readers=(), stays_empty=True)
    assert faults(excused) == []
    assert faults(replace(excused, name="issuance.Card")) == ["email: a forbidden name"]


def test_there_is_no_word_for_data_of_residents_that_are_kept():
    assert [whom.name for whom in PersonalData] == ["NONE", "STAFF_PSEUDONYM", "IN_PASSING"]


def test_it_finds_no_difference_between_equals():
    assert differences([TABLE], {"issuance.Thing": ["id"]}) == []


@pytest.mark.parametrize(
    ("found", "difference"),
    [
        ({"issuance.Thing": ["id", "holder"]}, "issuance.Thing.holder is not declared"),
        ({"issuance.Thing": []}, "issuance.Thing.id is declared and does not exist"),
        ({"issuance.Thing": ["id"], "issuance.Other": ["id"]}, "issuance.Other is not declared"),
        ({}, "issuance.Thing is declared and does not exist"),
    ],
)
def test_it_finds_each_difference(found: dict, difference: str):
    assert differences([TABLE], found) == [difference]


def test_it_finds_what_is_declared_twice():
    assert differences([TABLE, TABLE], {"issuance.Thing": ["id"]}) == ["issuance.Thing is declared twice"]


def test_what_is_absent_stays_empty_and_the_migrations_are_declared_alike_everywhere():
    assert absent(Kind.METRIC, why="there are none").stays_empty
    assert faults(migrations_table("desk")) == []
