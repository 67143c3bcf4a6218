"""`demo_staff PATH`: an account of each role and a second coordinator, secrets in a file; demo only."""

import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from staff.accounts import create_account_with_second_factor
from staff.models import Account, Role

# Two people make an agreement.
ACCOUNTS = {**{role: role for role in Role.values}, "second coordinator": Role.COORDINATOR.value}
"""Who they are in the file -> role."""


class Command(BaseCommand):
    help = "Creates an account of each role and a second coordinator; how to sign in goes to PATH (demo only)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)

    def handle(self, *arguments: Any, path: Path, **options: Any) -> None:
        """Does nothing when PATH names accounts that all exist. The file is readable by its owner only."""
        if settings.REALM != "demo":
            raise CommandError("demo_staff makes accounts whose secrets lie in a file: it runs in the demo realm only.")
        if _all_exist(path):
            return
        staff = {who: asdict(create_account_with_second_factor(role=role)) for who, role in ACCOUNTS.items()}
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(staff, file, indent=2)


def _all_exist(path: Path) -> bool:
    try:
        named = {account["staff_code"] for account in json.loads(path.read_text()).values()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return False
    return Account.objects.filter(staff_code__in=named).count() == len(ACCOUNTS)
