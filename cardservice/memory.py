"""Keeping what a process has in memory out of core dumps and out of the reach of debuggers."""

import ctypes
import resource

PR_SET_DUMPABLE = 4


def keep_private() -> None:
    """From now on this process leaves no core file, and only root may trace it or read its memory (prctl(2))."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
