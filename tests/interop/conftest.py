"""Peers that cannot live in this environment, each set up in a temporary directory of its own from pinned hashes."""

import json
import shutil
import subprocess
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
UV = next(iter(sorted((ROOT / ".tools").glob("uv-[0-9]*[0-9]"))), None) or shutil.which("uv")
Peer = Callable[[Any], Any]
"""Takes a question and gives the peer's answer, both JSON."""


class NotCompared(UserWarning):
    """A peer could not be set up: what its tests would show is not known from this run."""


def _not_compared(peer: str, why: str) -> NoReturn:
    # A skip alone is one letter; a warning is printed at the end of the run.
    warnings.warn(f"{peer} WAS NOT COMPARED: {why}", NotCompared, stacklevel=2)
    pytest.skip(why)


def _set_up(peer: str, *commands: list[str | Path], cwd: Path) -> None:
    for command in commands:
        try:
            subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True, timeout=180)
        except subprocess.CalledProcessError as failed:
            _not_compared(peer, f"{Path(command[0]).name} said: {failed.stderr.strip()[-300:]}")
        except subprocess.TimeoutExpired:
            _not_compared(peer, f"{Path(command[0]).name} took longer than three minutes")


def _asking(*command: str | Path) -> Peer:
    def ask(question: Any) -> Any:
        done = subprocess.run(command, input=json.dumps(question), capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="module")
def cwt(tmp_path_factory: pytest.TempPathFactory) -> Peer:
    """PyPI's `cwt`, which needs an older cbor2 than we do."""
    if UV is None:
        _not_compared("cwt", "there is no uv; ./city test sets it up")
    place = tmp_path_factory.mktemp("cwt")
    python = place / "env" / "bin" / "python"
    _set_up(
        "cwt",
        [UV, "venv", "--quiet", "--python", sys.executable, place / "env"],
        [UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, HERE / "cwt_requirements.txt"],
        cwd=ROOT,
    )
    return _asking(python, HERE / "cwt_peer.py")


@pytest.fixture(scope="module")
def pixelpass(tmp_path_factory: pytest.TempPathFactory) -> Peer:
    """npm's `@mosip/pixelpass`, when Node.js is there."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        _not_compared("@mosip/pixelpass", "there is no Node.js with npm on this machine")
    place = tmp_path_factory.mktemp("pixelpass") / "peer"
    shutil.copytree(HERE / "pixelpass", place)
    _set_up(
        "@mosip/pixelpass",
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", place / "cache"],
        cwd=place,
    )
    return _asking(node, place / "peer.js")
