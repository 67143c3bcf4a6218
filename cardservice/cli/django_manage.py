"""The word `manage`: Django's own management commands, as one of the processes."""

import os
import sys
from typing import Annotated

import typer

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, home_at
from cardservice.processes import PROCESSES


def manage(
    context: typer.Context,
    process: Annotated[str, typer.Option("--as", help="The process whose databases and secrets to use.")] = "desk",
    home: HomeOption = DEFAULT_HOME,
) -> None:
    """Run a Django management command with the environment of one process, for instance: manage --as gate check."""
    if process not in PROCESSES:
        raise Failed(f"--as must be one of {', '.join(PROCESSES)}.")
    place = home_at(home)
    place.prepare_directories()
    command = [sys.executable, "-m", "django", *(context.args or ["help"])]
    os.execve(sys.executable, command, place.environment(process))
