"""Django app of the compartment privacy."""

from django.apps import AppConfig
from django.conf import settings


class PrivacyConfig(AppConfig):
    name = "privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        if settings.SPOOL:
            from privacy.actions import hand_in_leftovers

            hand_in_leftovers()
