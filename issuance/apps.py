"""Django app of the compartment issuance."""

import threading

from django.apps import AppConfig
from django.conf import settings


class IssuanceConfig(AppConfig):
    name = "issuance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Unpacks the fonts where cards are printed, beside the start, so that the first resident need not wait."""
        if settings.PROCESS.name == "desk":
            from issuance.render.fonts import warm

            threading.Thread(target=warm, daemon=True).start()
