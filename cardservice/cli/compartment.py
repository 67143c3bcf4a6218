"""Running a Django command in a process that holds one compartment and nothing else."""

import subprocess
import sys

from cardservice.cli.answers import Failed
from cardservice.home import Home


def run_in(home: Home, process: str, *command: str) -> str:
    """What `django command...` prints as `process`. Raises Failed with its own sentence."""
    home.prepare_directories()
    done = subprocess.run(
        [sys.executable, "-m", "cardservice.command", *command],
        env=home.environment(process),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [""])[-1].removeprefix("CommandError: ")
        unexpected = not last or last.startswith("{")  # nothing, or a line for the log
        raise Failed(f"`{command[0]}` failed unexpectedly: {last or 'it said nothing'}" if unexpected else last)
    return done.stdout
