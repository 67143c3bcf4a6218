"""Prints the signing keys of the register as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from cardservice.credential.keys import ES256
from issuance.models import SigningKey


class Command(BaseCommand):
    """Card and status keys; what they are for, where they stand, what they signed."""

    help = "List the signing keys."

    def handle(self, *args: Any, **options: Any) -> None:
        keys = [
            {
                "kid": key.kid,
                "use": key.use,
                "alg": "ES256" if key.alg == ES256 else "EdDSA",
                "state": key.state,
                "issued": key.issued,
                "cap": key.cap,
            }
            for key in SigningKey.objects.order_by("use", "state", "kid")
        ]
        self.stdout.write(json.dumps({"keys": keys}))
