"""Prints the published statistics, as JSON or CSV."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from privacy.figure_rows import as_csv, rows
from privacy.figures import published


class Command(BaseCommand):
    """Small counts are withheld before anything is printed."""

    help = "Count what staff did per quarter and district."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--csv", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        years = published()
        text = as_csv(years) if options["csv"] else json.dumps([asdict(row) for row in rows(years)])
        self.stdout.write(text, ending="")
