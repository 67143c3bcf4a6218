"""Django app of the compartment verification."""

from pathlib import Path

from django.apps import AppConfig
from django.conf import settings


class VerificationConfig(AppConfig):
    name = "verification"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Starts the refreshing where cards are checked: in the gate, and in no other process."""
        if settings.PROCESS.name != "gate":
            return
        from verification.documents import RootKeyUnreadable, read_root
        from verification.gate import Gate, serve_with
        from verification.publication import publication_at

        try:
            root = read_root(Path(settings.ROOT_KEY))
            published = publication_at(settings.PUBLISHED)
        except (RootKeyUnreadable, ValueError) as error:
            raise SystemExit(str(error)) from None
        gate = Gate(published=published, root=root, issuer=settings.ISSUER, realm=settings.REALM)
        serve_with(gate)
        gate.start()
