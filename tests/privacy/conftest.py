"""Fixtures of the action log."""

from pathlib import Path

import pytest

from tests.privacy.archive import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")
