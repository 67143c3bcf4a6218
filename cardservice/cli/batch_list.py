"""Reads the list of a batch: a CSV of people, held in memory, every fault told by its row and never by its content."""

import csv
import io
from dataclasses import dataclass, field
from pathlib import Path

from cardservice.cli.answers import Failed

COLUMNS = ("name", "born", "profile", "language")
MOST_ROWS = 1_000
"""Cards of one batch: what one person prints and hands out, and half of what the signer signs in an hour."""

_SAVE_AGAIN = 'save the table as "CSV UTF-8"'


@dataclass(frozen=True)
class Row:
    """One card of a list. `number` counts as spreadsheets do: the header is row 1."""

    number: int
    values: dict[str, str] = field(repr=False)

    @property
    def is_garbled(self) -> bool:
        """Whether the name was written in one encoding and read in another, as in "JosÃ©"."""
        name = self.values.get("name", "")
        try:
            return name.encode("cp1252").decode() != name
        except UnicodeError:
            return False


def read_list(path: Path) -> list[Row]:
    """The rows of a CSV, without empty ones. Raises Failed with what to do."""
    try:
        octets = path.read_bytes()
    except OSError as error:
        raise Failed(f"{path} cannot be read ({error.strerror}).") from None
    records = _records(_text(octets, path), path)
    header = _header(records, path)
    rows = []
    for number, record in enumerate(records[1:], 2):
        if not any(value.strip() for value in record):
            continue
        if len(record) != len(header):
            raise Failed(
                f"Row {number} of {path} has {len(record)} fields, the header {len(header)}: "
                "put values that hold the separator in quotation marks."
            )
        rows.append(Row(number, {name: value.strip() for name, value in zip(header, record, strict=True) if value}))
    if not rows:
        raise Failed(f"{path} names nobody: put one person in each row below the header.")
    if len(rows) > MOST_ROWS:
        raise Failed(f"{path} has {len(rows):,} rows, a batch at most {MOST_ROWS:,}: cut it into several lists.")
    return rows


def repeated(rows: list[Row]) -> list[list[int]]:
    """Numbers of rows that say the same, in groups: allowed, since two people may share a name, but worth a look."""
    same: dict[tuple[tuple[str, str], ...], list[int]] = {}
    for row in rows:
        same.setdefault(tuple(sorted(row.values.items())), []).append(row.number)
    return [numbers for numbers in same.values() if len(numbers) > 1]


def _text(octets: bytes, path: Path) -> str:
    try:
        text = octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = octets.count(b"\n", 0, error.start) + 1
        raise Failed(f"Row {row} of {path} is not in UTF-8: {_SAVE_AGAIN}.") from None
    # UTF-16 without its mark is UTF-8 with a zero beside every letter.
    if "\0" in text:
        raise Failed(f"{path} is not in UTF-8: {_SAVE_AGAIN}.")
    return text


def _records(text: str, path: Path) -> list[list[str]]:
    first = text.partition("\n")[0]
    separator = max(",;\t", key=first.count)
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise Failed(f"{path} is no CSV: a quotation mark is open or out of place; {_SAVE_AGAIN}.") from None


def _header(records: list[list[str]], path: Path) -> list[str]:
    header = [value.strip().lower() for value in records[0]] if records else []
    columns = ", ".join(COLUMNS)
    # Not repeated: a list without a header has a person there.
    for place, name in enumerate(header, 1):
        if name not in COLUMNS:
            raise Failed(f"Column {place} of {path} has no known title in row 1: allowed are {columns}.")
        if name in header[: place - 1]:
            raise Failed(f'{path} has two columns "{name}": keep one.')
    if "name" not in header:
        raise Failed(f'{path} has no column "name": row 1 must hold the titles ({columns}).')
    return header
