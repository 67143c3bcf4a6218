"""Retires the active card key and activates the next planned one."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cardservice.credential.calendar import day_of, monday_of
from issuance.keys import NoActiveKey, rotate


class Command(BaseCommand):
    """Prints the kid that is active now as JSON."""

    help = "Activate the next planned card key."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            active = rotate(week=day_of(monday_of(int(time.time()))))
        except NoActiveKey:
            raise CommandError("No card key is planned: hold `keys renew`. The active one stays in use.") from None
        self.stdout.write(json.dumps({"active": active.kid}))
