"""The word `statistics`: what staff did per quarter and district, with small counts withheld."""

import json
from typing import Annotated

import typer

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.compartment import run_in

CsvOption = Annotated[bool, typer.Option("--csv", help="Print CSV with a head; an empty count is withheld.")]


def statistics(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False, as_csv: CsvOption = False) -> None:
    """Cards issued, renewed, corrected, refused and blocked per quarter and district, by the action log."""
    if as_json and as_csv:
        raise Failed("Choose --json or --csv, not both.")
    place = home_at(home)
    if as_csv:
        typer.echo(run_in(place, "privacy", "statistics", "--csv"), nl=False)
        return
    rows = json.loads(run_in(place, "privacy", "statistics"))
    lines = [
        f"{row['quarter']}  {row['district'] or '-':16}  {row['measure']:9}"
        f"  {'withheld' if row['count'] is None else row['count']:>8}"
        for row in rows
    ]
    nothing = "No quarter is complete yet: one appears a week after its last week."
    answer({"rows": rows}, as_json=as_json, lines=lines or [nothing])
