"""Django app of the compartment issuance."""

import threading

from django.apps import AppConfig
from django.conf import settings

SECONDS_AFTER_START = 5.0
"""All processes start at once; what can wait waits until they are there."""


class IssuanceConfig(AppConfig):
    name = "issuance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Unpacks the fonts where cards are printed, soon after the start, so that no resident need wait for them."""
        if settings.PROCESS.name == "desk":
            from issuance.render.fonts import warm

            unpacking = threading.Timer(SECONDS_AFTER_START, warm)
            unpacking.daemon = True
            unpacking.start()
