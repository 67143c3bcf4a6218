"""Accepted documents over restarts."""

import pytest

from verification.documents import Stored
from verification.store import keep, stored_documents

pytestmark = pytest.mark.django_db(databases=["verification"])


def test_it_keeps_the_newest_version_of_each_document():
    keep(name="s/0", octets=b"one", order=1)
    keep(name="s/0", octets=b"two", order=2)
    keep(name="key-set", octets=b"set", order=1)
    assert stored_documents() == {"s/0": Stored(b"two", 2), "key-set": Stored(b"set", 1)}


@pytest.mark.parametrize("order", [1, 2])
def test_another_gate_that_is_behind_does_not_bring_an_older_version_back(order):
    keep(name="s/0", octets=b"two", order=2)
    keep(name="s/0", octets=b"late", order=order)
    assert stored_documents() == {"s/0": Stored(b"two", 2)}
