"""Prints all that the city holds about one card, every column, as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cardservice.credential.numbers import INDEX_BITS, Mistyped, parse_card_number
from issuance.models import Card


class Command(BaseCommand):
    """The whole register row behind a printed number; there is nothing else."""

    help = "Print the register row of one card."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("card_number")

    def handle(self, *args: Any, card_number: str, **options: Any) -> None:
        try:
            list_number, index = parse_card_number(card_number)
        except Mistyped:
            raise CommandError("The card number is mistyped: the check symbol does not fit.") from None
        row = Card.objects.filter(credentials__id=list_number << INDEX_BITS | index).values().first()
        if row is None:
            raise CommandError("The register holds no card with this number.")
        self.stdout.write(json.dumps({name: _readable(value) for name, value in row.items()}))


def _readable(value: Any) -> Any:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if isinstance(value, int | str | bool) else str(value)
