"""Prints the action log's numbers as JSON: no entry, no member of staff."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from privacy.counts import log_counts


class Command(BaseCommand):
    """Cards issued by week, and the day of the last batch."""

    help = "Count the cards that the action log tells of."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = log_counts()
        body = {
            "entries": {week.isoformat(): number for week, number in counts.entries.items()},
            "batch": counts.batch.isoformat() if counts.batch else None,
        }
        self.stdout.write(json.dumps(body))
