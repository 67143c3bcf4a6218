"""Fixtures of the whole suite."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.stack import Stack, running_stack


@pytest.fixture(autouse=True)
def _no_attempts_left_over() -> None:
    """Counted attempts and used codes live in this process's memory: each test starts without any."""
    cache.clear()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running installation per test process, shared by the tests that do not stop or damage it."""
    with running_stack(tmp_path_factory.mktemp("home")) as running:
        yield running
