"""Django app of the compartment staff."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "staff"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from staff import allauth_repairs

        allauth_repairs.apply()
