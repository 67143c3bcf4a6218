"""Makes keys inside the signer's PKCS #11 device and prints their public halves as JSON."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cardservice.credential import cbor, keys
from cardservice.memory import keep_private
from issuance.signer.device import device_told
from issuance.signer.held import DeviceAway, PinRefused


class Command(BaseCommand):
    """Each run makes further keys: none of the device's keys is ever replaced or deleted here."""

    help = "Make signing keys inside the device."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int)

    def handle(self, *args: Any, count: int, **options: Any) -> None:
        keep_private()
        device = device_told()
        try:
            made = [device.make() for _ in range(count)]
        except DeviceAway:
            raise CommandError(
                "The PKCS #11 device does not answer: look at its connection, CARDSERVICE_PKCS11_LABEL and its log."
            ) from None
        except PinRefused:
            raise CommandError(
                "The PKCS #11 device refused the PIN: correct CARDSERVICE_PKCS11_PIN_FILE before you try again, since"
                " a few wrong ones lock the device."
            ) from None
        self.stdout.write(json.dumps({"keys": [cbor.dumps(keys.to_cose_key(public)).hex() for public in made]}))
