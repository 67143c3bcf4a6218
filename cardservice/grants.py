"""What database roles may do with a table or function, said in the migration that makes it (PostgreSQL only)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import router
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

ALL = ("*",)
"""Every column of the table, also those that a later migration adds."""


def role_of(process: str) -> str:
    """The login role of a process; it has the same name in every cluster that the process connects to."""
    return f"cs_{process}"


def owner_of(alias: str) -> str:
    """The role that owns everything in the database of a compartment, and never logs in."""
    return f"cs_{alias}_owner"


def migrator_of(alias: str) -> str:
    """The name of the process that migrates a compartment; its role may become the owner."""
    return f"{alias}_migrator"


@dataclass(frozen=True)
class Privilege:
    """One thing that a role may do with a table; `columns` is ALL unless it is allowed for these columns only."""

    table: str
    action: str
    columns: tuple[str, ...]


class _OnPostgreSQL(Operation):
    """Runs statements for the compartment that the migration belongs to; other databases know no roles."""

    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        """A grant changes no model."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._execute(app_label, schema_editor, self.granting())

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        self._execute(app_label, schema_editor, self.revoking())

    def granting(self) -> Iterable[str]:
        raise NotImplementedError

    def revoking(self) -> Iterable[str]:
        raise NotImplementedError

    def _execute(self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]) -> None:
        connection = schema_editor.connection
        if connection.vendor == "postgresql" and router.allow_migrate(connection.alias, app_label):
            for statement in statements:
                schema_editor.execute(statement, params=None)


class Grant(_OnPostgreSQL):
    """What `process` may do with `table`: columns it may select, insert and update, and whether it may delete rows.

    Locking rows (SELECT ... FOR UPDATE) needs UPDATE on at least one column.
    """

    def __init__(
        self,
        process: str,
        table: str,
        *,
        select: tuple[str, ...] = (),
        insert: tuple[str, ...] = (),
        update: tuple[str, ...] = (),
        delete: bool = False,
    ) -> None:
        self.process, self.table = process, table
        self.select, self.insert, self.update, self.delete = select, insert, update, delete

    def privileges(self) -> list[Privilege]:
        """The same as a list."""
        columns = {"SELECT": self.select, "INSERT": self.insert, "UPDATE": self.update}
        return [Privilege(self.table, action, names) for action, names in columns.items() if names] + (
            [Privilege(self.table, "DELETE", ALL)] if self.delete else []
        )

    def granting(self) -> list[str]:
        return [f"GRANT {_what(p)} ON TABLE {_quoted(p.table)} TO {role_of(self.process)}" for p in self.privileges()]

    def revoking(self) -> list[str]:
        return [f"REVOKE {_what(p)} ON TABLE {_quoted(p.table)} FROM {role_of(self.process)}" for p in self.privileges()]

    def describe(self) -> str:
        return f"Grant {role_of(self.process)} what it needs of {self.table}"


class OwnerFunction(_OnPostgreSQL):
    """A function that runs with its owner's rights, for one process whose role may touch no table.

    `signature` is "name(type, ...)" as PostgreSQL prints it. The search path is fixed, so that no caller can put a
    table or an operator of its own before ours; `body` therefore names the schema of every table.
    """

    def __init__(self, process: str, signature: str, *, arguments: str, returns: str, body: str) -> None:
        self.process, self.signature = process, signature
        self.arguments, self.returns, self.body = arguments, returns, body

    def granting(self) -> list[str]:
        name = self.signature.partition("(")[0]
        return [
            f"CREATE FUNCTION public.{name}({self.arguments}) RETURNS {self.returns} LANGUAGE sql STRICT"
            f" SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$ {self.body} $body$",
            f"REVOKE ALL ON FUNCTION public.{self.signature} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION public.{self.signature} TO {role_of(self.process)}",
        ]

    def revoking(self) -> list[str]:
        return [f"DROP FUNCTION public.{self.signature}"]

    def describe(self) -> str:
        return f"Make {self.signature} for {role_of(self.process)}"


def _what(privilege: Privilege) -> str:
    if privilege.columns == ALL:
        return privilege.action
    return f"{privilege.action} ({', '.join(map(_quoted, privilege.columns))})"


def _quoted(name: str) -> str:
    return f'"{name}"'
