"""Fixtures of the tests of issuance: an office with keys and a first status list."""

import pytest

from issuance.allocation import open_list
from tests.issuance.office import Office, enter_keys


@pytest.fixture
def office(db: None) -> Office:
    """An office ready to issue; the test names the databases it may touch."""
    enter_keys()
    open_list(number=0)
    return Office()
