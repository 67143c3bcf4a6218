"""Memory of a process that must not end in a file."""

import subprocess
import sys

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
