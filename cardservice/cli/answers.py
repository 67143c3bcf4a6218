"""How words answer: JSON or lines on standard output, one clear sentence on standard error, exit codes 0, 1, 2."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from cardservice.home import Home

NO, BAD = 1, 2
"""Exit codes: a plain "no" (a refused card, a failed control); bad usage or bad input."""

HomeOption = Annotated[
    Path,
    typer.Option("--home", envvar="CARDSERVICE_HOME", help="Directory of the installation's state.", show_default=True),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
DEFAULT_HOME = Path("var")


class Failed(Exception):
    """A word cannot do what was asked; the text is one sentence that says what happened and what to do."""

    def __init__(self, sentence: str, *, exit_code: int = BAD) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def answer(body: dict[str, Any], *, as_json: bool, lines: list[str]) -> None:
    """Prints the answer of a word once, in the form that was asked for."""
    typer.echo(json.dumps(body) if as_json else "\n".join(lines))


def home_at(path: Path) -> Home:
    """The home that a word works on."""
    return Home(path.absolute())
