"""Prints what a card key signed in the weeks before a day: the commitments that its list will hold."""

import json
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cardservice.credential.commitment import BYTES
from issuance.models import Card, SigningKey

WEEK = timedelta(days=7)


class Command(BaseCommand):
    """As JSON: commitments in hexadecimal, sorted; how many cards they are of, and how many came later."""

    help = "List the commitments of a key's cards of whole weeks before a day."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("kid")
        parser.add_argument("since", type=date.fromisoformat)

    def handle(self, *args: Any, kid: str, since: date, **options: Any) -> None:
        if not SigningKey.objects.filter(kid=kid).exists():
            raise CommandError(f"No key {kid} is known here: `cardservice keys list` shows those that are.")
        signed = Card.objects.filter(key=kid, signed=True)
        # A card tells its week and no day: one of the week of the breach may have been signed after it.
        before = signed.filter(week__lte=since - WEEK)
        commitments = sorted(
            bytes(row[start : start + BYTES]).hex()
            for row in map(bytes, before.values_list("commitments", flat=True))
            for start in range(0, len(row), BYTES)
        )
        count = before.count()
        body = {"kid": kid, "since": since.isoformat(), "cards": count, "later": signed.count() - count}
        self.stdout.write(json.dumps(body | {"commitments": commitments}))
