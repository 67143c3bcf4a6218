"""The one database router: an app's models live in the alias of the same compartment and nowhere else."""

from typing import Any

COMPARTMENT_OF_APP = {
    "issuance": "issuance",
    "verification": "verification",
    "privacy": "privacy",
    "staff": "staff",
    # Django's and allauth's own tables describe staff, and only staff.
    "auth": "staff",
    "contenttypes": "staff",
    "sessions": "staff",
    "account": "staff",
    "mfa": "staff",
}


class CompartmentRouter:
    """Routes by app label; an app that is not listed has no database and fails at its first query."""

    def db_for_read(self, model: type, **hints: Any) -> str:
        return COMPARTMENT_OF_APP[model._meta.app_label]  # type: ignore[attr-defined]

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **hints: Any) -> bool:
        labels = (one._meta.app_label, other._meta.app_label)
        return len({COMPARTMENT_OF_APP[label] for label in labels}) == 1

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return COMPARTMENT_OF_APP[app_label] == db
