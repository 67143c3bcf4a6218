"""Vendored scripts are what their makers published: each file has the hash that vendor.json states."""

import json
from pathlib import Path

import pytest

from verification.scanner_files import integrity

ROOT = Path(__file__).parents[2]
VENDORED = [
    folder
    for place in ("cardservice/web/static/vendor", "tests/browser/vendor")
    for folder in sorted((ROOT / place).iterdir())
]


def differing(folder: Path) -> set[str]:
    """The files of a vendored folder that are missing, added or other than stated."""
    stated = json.loads((folder / "vendor.json").read_text())["files"]
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != "vendor.json"]
    found = {path.relative_to(folder).as_posix(): integrity(path.read_bytes()) for path in paths}
    return {name for name in stated.keys() | found.keys() if stated.get(name) != found.get(name)}


@pytest.mark.parametrize("folder", VENDORED, ids=lambda folder: folder.name)
def test_vendored_files_have_the_stated_hashes_and_a_licence(folder: Path):
    about = json.loads((folder / "vendor.json").read_text())
    assert folder.name == f"{about['name']}@{about['version']}"
    assert {"LICENSE"} < set(about["files"])
    assert differing(folder) == set()


def test_a_changed_file_is_seen(tmp_path: Path):
    (tmp_path / "a.js").write_text("changed")
    (tmp_path / "vendor.json").write_text(json.dumps({"files": {"a.js": integrity(b"as published")}}))
    assert differing(tmp_path) == {"a.js"}
