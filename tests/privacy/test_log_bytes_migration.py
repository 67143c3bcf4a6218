"""The migration that made the log a Merkle tree takes over what older versions wrote."""

from datetime import date

import pytest
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from privacy.models import Entry, StagedEntry
from tests.privacy.archive import Archive

FIELDS = {"actor": "K7M2Q9", "district": "", "purpose": "new_card", "week": date(2026, 11, 23)}


@pytest.mark.django_db(databases=["privacy"], transaction=True)
def test_older_entries_keep_their_numbers_and_get_hashes(archive: Archive):
    connection = connections["privacy"]
    executor = MigrationExecutor(connection)
    latest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "privacy"]
    executor.migrate([("privacy", "0001_action_log")])
    try:
        old = executor.loader.project_state([("privacy", "0001_action_log")]).apps
        for number in range(3):
            old.get_model("privacy", "Entry").objects.create(number=number, action="issue", **FIELDS)
        for number in range(2):
            old.get_model("privacy", "StagedEntry").objects.create(id=f"{number:032}", action="revoke", **FIELDS)
    finally:
        MigrationExecutor(connection).migrate(latest)
    assert list(Entry.objects.order_by("number").values_list("number", "action")) == [
        (0, "issue"),
        (1, "issue"),
        (2, "issue"),
        (3, "revoke"),
        (4, "revoke"),
    ]
    assert not StagedEntry.objects.exists()
    done = archive.batch()
    assert (done.size, done.findings) == (69, {})
    assert archive.batch().size == 133
