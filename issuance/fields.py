"""The key of the register's rows: the status reference itself, so that no other number tells which row came first."""

from typing import Any

from django.db import models


class StatusReference(models.BigIntegerField):
    """list * 2^20 + index. SQLite keeps an `integer` key as the place of the row; beside any other it counts rows."""

    def db_type(self, connection: Any) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)
