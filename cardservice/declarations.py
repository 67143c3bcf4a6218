"""How data are declared: what a place holds, why, how long, who reads it, by which article; and faults of that."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cardservice.forbidden import EXCUSED, PASSED_THROUGH, offending
from cardservice.processes import PROCESSES

PEOPLE = ("auditor", "city hall", "clerk", "coordinator", "operator", "provider", "public", "supervisor")
"""Who reads what leaves the processes; what stays inside is read by processes only."""

LONGEST_SENTENCE = 160


class PersonalData(StrEnum):
    """Whom a place tells of. There is no value for data of residents that are kept: nothing may hold them."""

    NONE = "none"
    STAFF_PSEUDONYM = "staff pseudonym"
    IN_PASSING = "in passing: of one request, never kept"


class Kind(StrEnum):
    """What sort of place holds or carries the data."""

    TABLE = "table"
    FUNCTION = "database function"
    REQUEST = "request"
    ANSWER = "answer"
    COOKIE = "cookie"
    DOCUMENT = "published document"
    FILE = "file"
    LOG_LINE = "log line"
    METRIC = "metric"
    BROWSER_STORAGE = "browser storage"
    PRINT_FILE = "print file"
    BROKER_MESSAGE = "broker message"


PASSING = {Kind.REQUEST, Kind.ANSWER}
"""The kinds that are gone when the answer is sent."""


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """One place and all its fields, each with a sentence.

    `name` is the label of a model, the path of a file below the home (with * for any part of a name), the process and
    address of a request. `readers` are processes or PEOPLE. `article` counts the GDPR's: "5(1)(c), 32".
    """

    kind: Kind
    name: str
    personal_data: PersonalData = PersonalData.NONE
    purpose: str
    retention: str
    readers: tuple[str, ...] = ()
    article: str
    fields: Mapping[str, str]
    stays_empty: bool = False


def absent(kind: Kind, *, why: str) -> Declaration:
    """The declaration that there is nothing of that kind."""
    return Declaration(
        kind=kind, name="none", purpose=why, retention="nothing to keep", article="25", fields={}, stays_empty=True
    )


def migrations_table(*readers: str) -> Declaration:
    """Django's table of applied migrations, which every compartment has."""
    return Declaration(
        kind=Kind.TABLE,
        name="migrations.Migration",
        purpose="refusing to start on a database of another version",
        retention="for good",
        readers=readers,
        article="32",
        fields={
            "id": "number of the row",
            "app": "app the migration is of",
            "name": "name of the migration",
            "applied": "when the software was updated",
        },
    )


def faults(declaration: Declaration) -> list[str]:
    """What is wrong with a declaration by itself; empty for nothing."""
    it = declaration
    found = [f"{what}: {fault}" for what, said in _sentences(it) if (fault := _fault_of_sentence(said))]
    if not re.fullmatch(r"\d{1,2}(\(\d\)(\([a-f]\))?)?(, \d{1,2}(\(\d\)(\([a-f]\))?)?)*", it.article):
        found.append(f"article: {it.article!r} names no article of the GDPR")
    allowed = set(PROCESSES) if it.kind in (Kind.TABLE, Kind.FUNCTION) else {*PROCESSES, *PEOPLE}
    found += [f"readers: {reader!r} is nobody known here" for reader in it.readers if reader not in allowed]
    if bool(it.readers) == it.stays_empty:
        found.append("readers: name at least one" if not it.readers else "readers: what stays empty is read by nobody")
    if it.personal_data is PersonalData.IN_PASSING and it.kind not in PASSING:
        found.append(f"personal data: a {it.kind} is kept, so nothing in it is in passing")
    return found + [f"{name}: a forbidden name" for name in sorted(offending(it.fields)) if not _may_be_named(it, name)]


def differences(declared: Iterable[Declaration], found: Mapping[str, Iterable[str]]) -> list[str]:
    """Where declarations and what there is (name -> names of its fields) do not match; empty when they do."""
    said: dict[str, set[str]] = {}
    wrong = []
    for declaration in declared:
        if declaration.name in said:
            wrong.append(f"{declaration.name} is declared twice")
        said[declaration.name] = set(declaration.fields)
    there = {name: set(fields) for name, fields in found.items()}
    wrong += [f"{name} is not declared" for name in there.keys() - said.keys()]
    wrong += [f"{name} is declared and does not exist" for name in said.keys() - there.keys()]
    for name in said.keys() & there.keys():
        wrong += [f"{name}.{field} is not declared" for field in there[name] - said[name]]
        wrong += [f"{name}.{field} is declared and does not exist" for field in said[name] - there[name]]
    return sorted(wrong)


def _sentences(declaration: Declaration) -> list[tuple[str, str]]:
    return [("purpose", declaration.purpose), ("retention", declaration.retention), *declaration.fields.items()]


def _fault_of_sentence(said: str) -> str | None:
    if len(said.strip()) < 3:
        return "says nothing"
    return "is longer than one short sentence" if len(said) > LONGEST_SENTENCE or "\n" in said else None


def _may_be_named(declaration: Declaration, field: str) -> bool:
    if declaration.kind is Kind.TABLE:
        return f"{declaration.name}.{field}" in EXCUSED
    return declaration.kind in PASSING and field in PASSED_THROUGH
