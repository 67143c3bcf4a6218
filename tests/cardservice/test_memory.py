"""Memory of a process that must not end in a file."""

import os
import subprocess
import sys
from pathlib import Path

_PROBE = """
import ctypes, resource
from cardservice.memory import keep_private
before = ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)
keep_private()
print(before, ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE))
"""


def test_a_process_is_not_dumpable_and_may_not_raise_its_limit_again():
    done = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.split() == ["1", "0", "0", "0"]


_LOOKED_INTO = """
import ctypes, os
from cardservice.memory import keep_private
if os.getuid() == 0:
    os.setuid(65534)
    ctypes.CDLL(None).prctl(4, 1, 0, 0, 0)  # as a process is that was started under this account
print(os.getuid(), flush=True)
input()
keep_private()
print("kept private", flush=True)
input()
"""


def test_the_kernel_gives_its_memory_to_root_and_no_longer_to_its_own_account():
    with subprocess.Popen(
        [sys.executable, "-c", _LOOKED_INTO], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as probe:
        assert probe.stdin is not None and probe.stdout is not None
        memory = Path(f"/proc/{probe.pid}/mem")
        account = int(probe.stdout.readline())
        assert account != 0
        assert memory.stat().st_uid == account
        probe.stdin.write("\n")
        probe.stdin.flush()
        assert probe.stdout.readline() == "kept private\n"
        assert memory.stat().st_uid == 0
        if os.getuid() != 0:
            assert not os.access(memory, os.R_OK)
        probe.communicate("\n", timeout=30)
