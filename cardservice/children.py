"""Starting processes that leave no core files and end when this one is killed."""

import ctypes
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def start(
    command: list[str], *, environment: Mapping[str, str], log: Path, answers: bool = False
) -> subprocess.Popen[bytes]:
    """Starts `command` with exactly this environment, in a session of its own, its output appended to `log`.

    With `answers` its standard output is a pipe instead, for the one line that it answers with.
    """
    with log.open("ab") as said:
        return subprocess.Popen(
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if answers else said,
            stderr=said,
            umask=0o077,
            start_new_session=True,
            preexec_fn=partial(_end_with_parent, os.getpid()),
        )


def _end_with_parent(parent: int) -> None:
    """Runs in the child (prctl(2), Linux)."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
