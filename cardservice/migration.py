"""`python -m cardservice.migration`: migrates the one compartment of this process and states its grants anew."""

import json

import django
from django.conf import settings
from django.core.management import call_command
from django.db import DatabaseError, connections
from django.db.migrations.recorder import MigrationRecorder

from cardservice import checks, grants


def main() -> None:
    """Prints the names of the migrations that were applied, as a JSON list."""
    django.setup()
    (alias,) = settings.PROCESS.aliases
    connection = connections[alias]
    checks.refuse_foreign_role(connection)
    recorder = MigrationRecorder(connection)
    before = set(recorder.applied_migrations())
    try:
        call_command("migrate", database=alias, verbosity=0, interactive=False)
        grants.state_anew(connection)
    except DatabaseError as error:
        raise checks.Unfit(
            f"The database {alias} could not be migrated ({type(error).__name__}): {checks.primary_message(error)}."
        ) from None
    applied = sorted(set(recorder.applied_migrations()) - before)
    print(json.dumps([f"{app}.{name}" for app, name in applied]))


if __name__ == "__main__":
    main()
