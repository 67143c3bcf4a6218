"""Writes the action log into a file."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from privacy.export import bundle
from privacy.log_keys import origin_of


class Command(BaseCommand):
    """One file, readable by its owner only: it names staff codes."""

    help = "Export the action log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            key_set = Path(settings.KEY_SET).read_bytes()
            with os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "wb") as target:
                target.writelines(bundle(origin=origin_of(settings.ISSUER), key_set=key_set))
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be used ({error.strerror}).") from None
