"""Encrypts the signer's key files that lie there without encryption."""

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cardservice import environment, key_files
from cardservice.memory import keep_private


class Command(BaseCommand):
    """Safe to repeat; prints the kids it encrypted as JSON."""

    help = "Encrypt key files of earlier versions."

    def handle(self, *args: Any, **options: Any) -> None:
        keep_private()
        passphrase = environment.passphrase("CARDSERVICE_KEYS_PASSPHRASE")
        try:
            encrypted = key_files.encrypt_bare(Path(settings.KEYS), passphrase=passphrase)
        except key_files.UnsafeKeys as error:
            raise CommandError(str(error)) from None
        self.stdout.write(json.dumps({"encrypted": encrypted}))
