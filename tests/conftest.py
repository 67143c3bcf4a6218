"""Fixtures of the whole suite."""

import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_attempts_left_over():
    """Counted attempts and used codes live in this process's memory: each test starts without any."""
    cache.clear()
