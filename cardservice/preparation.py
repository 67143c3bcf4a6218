"""`python -m cardservice.preparation ALIAS`: brings one compartment's database up to date, in a process of its own."""

import os
import sys

import django
from django.core.management import call_command


def main() -> None:
    """Migrates the alias of this process and lets it take over what lies ready for it."""
    django.setup()
    alias = os.environ["CARDSERVICE_PROCESS"]
    call_command("migrate", database=alias, verbosity=0, interactive=False)
    if alias == "issuance":
        call_command("take_over_key_set")
    if alias == "staff" and len(sys.argv) > 1:
        call_command("demo_staff", sys.argv[1])


if __name__ == "__main__":
    main()
