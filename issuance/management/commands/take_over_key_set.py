"""Enters the keys of the root-signed key set into the register."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from cardservice.credential.keyset import read_unverified
from issuance.allocation import open_list
from issuance.keys import take_over
from issuance.models import StatusList


class Command(BaseCommand):
    """Safe to repeat; opens the first status list when there is none."""

    help = "Enter the keys of CARDSERVICE_KEY_SET into the register."

    def handle(self, *args: Any, **options: Any) -> None:
        take_over(read_unverified(Path(settings.KEY_SET).read_bytes()), realm=settings.REALM)
        if not StatusList.objects.exists():
            open_list(number=0)
