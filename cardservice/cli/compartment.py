"""Running a Django command in a process that holds one compartment and nothing else."""

import subprocess
import sys

from cardservice.cli.answers import Failed
from cardservice.home import Home


def run_in(home: Home, process: str, *command: str) -> str:
    """What `django command...` prints as `process`. Raises Failed with its own sentence."""
    home.prepare_directories()
    done = subprocess.run(
        [sys.executable, "-m", "django", *command],
        env=home.environment(process),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        sentence = done.stderr.strip().splitlines()[-1:] or [f"{command[0]} failed."]
        raise Failed(sentence[0].removeprefix("CommandError: "))
    return done.stdout
