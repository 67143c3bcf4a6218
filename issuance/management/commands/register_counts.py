"""Prints the register's numbers as JSON: no row, no card, no index."""

import json
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from issuance.counts import kept_since, register_counts


class Command(BaseCommand):
    """Cards by week, cards the signer counted, indexes given away."""

    help = "Count what the register holds."

    def handle(self, *args: Any, **options: Any) -> None:
        counts = register_counts()
        body = {
            "counted": counts.counted,
            "signed": {week.isoformat(): number for week, number in counts.signed.items()},
            "given": counts.given,
            "taken": counts.taken,
            "kept_since": kept_since(today=datetime.now(UTC).date()).isoformat(),
        }
        self.stdout.write(json.dumps(body))
