"""The archivist killed with SIGKILL at each step of a batch, on a real database file."""

import json
import signal
import subprocess
import sys

import pytest

from cardservice import demo_root
from cardservice.home import Home

STAGE = """
import django; django.setup()
import os
from datetime import date
from privacy.actions import Action, Actor, record
about = {"actor": Actor("K7M2Q9"), "action": Action.ISSUE, "purpose": "new_card", "week": date(2026, 11, 23)}
for _ in range(9):
    record(entry_id=os.urandom(16), **about)
"""
BATCH = """
import sys, os, signal
import django; django.setup()
from cardservice import environment
from privacy import batch, checkpoint_files
from privacy.management.commands.archivist import _batch_of_today
holder, name = {"files": checkpoint_files, "batch": batch}[sys.argv[1]], sys.argv[2]
if name:
    def killed(*_, **__):
        os.kill(os.getpid(), signal.SIGKILL)
    setattr(holder, name, killed)
_batch_of_today(environment.passphrase("CARDSERVICE_LOG_KEYS_PASSPHRASE"))
"""
FACTS = """
import django; django.setup()
import json
from privacy.models import Checkpoint, Entry, StagedEntry
print(json.dumps([Entry.objects.filter(action="issue").count(), Entry.objects.count(), StagedEntry.objects.count(),
    list(Checkpoint.objects.values_list("size", flat=True))]))
"""


def run(home: Home, process: str, code: str, *words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *words]
    return subprocess.run(
        command, env=home.environment(process), cwd=home.path, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("where", "step"),
    [
        ("batch", "judge"),
        ("batch", "_remember"),
        ("batch", "publish"),
        ("files", "write_once"),
        ("files", "write_atomically"),
    ],
)
def test_a_killed_archivist_loses_and_doubles_nothing(tmp_path, where, step):
    home = Home(tmp_path / "var")
    home.prepare_directories()
    demo_root.make_if_missing(home)
    migrated = subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--database", "privacy", "-v0"],
        env=home.environment("privacy_migrator"),
        check=False,
    )
    assert migrated.returncode == 0
    assert run(home, "desk", STAGE).returncode == 0
    assert run(home, "archivist", BATCH, where, step).returncode == -signal.SIGKILL
    assert run(home, "archivist", BATCH, where, "").returncode == 0
    assert json.loads(run(home, "archivist", FACTS).stdout) == [9, 64, 0, [64]]
    assert (home.log_published / "checkpoint").read_text().splitlines()[1] == "64"
    assert (home.log_published / "checkpoints" / "64").exists()
