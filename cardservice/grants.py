"""What database roles may do with a table or function, said in the migration that makes it (PostgreSQL only)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import router, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation

from cardservice.processes import role_of

ALL = ("*",)
"""Every column of the table, also those that a later migration adds."""


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

    def granting_again(self) -> list[str]:
        """The statements that restore the grant when everything was revoked."""
        return self.granting()

    def granting(self) -> list[str]:
        return [f"GRANT {_what(p)} ON TABLE {_quoted(p.table)} TO {role_of(self.process)}" for p in self.privileges()]

    def revoking(self) -> list[str]:
        return [
            f"REVOKE {_what(p)} ON TABLE {_quoted(p.table)} FROM {role_of(self.process)}" for p in self.privileges()
        ]

    def describe(self) -> str:
        return f"Grant {role_of(self.process)} what it needs of {self.table}"


class OwnerFunction(_OnPostgreSQL):
    """A function that runs with its owner's rights, for one process whose role may touch no table.

    `signature` is "name(type, ...)" as PostgreSQL prints it. The search path is fixed, so that no caller can put a
    table or an operator of its own before ours; `body` therefore names the schema of every table.
    """

    def __init__(
        self, process: str, signature: str, *, arguments: str, returns: str, body: str, language: str = "sql"
    ) -> None:
        self.process, self.signature = process, signature
        self.arguments, self.returns, self.body, self.language = arguments, returns, body, language

    def granting(self) -> list[str]:
        name = self.signature.partition("(")[0]
        return [
            f"CREATE FUNCTION public.{name}({self.arguments}) RETURNS {self.returns} LANGUAGE {self.language} STRICT"
            f" SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$ {self.body} $body$",
            f"REVOKE ALL ON FUNCTION public.{self.signature} FROM PUBLIC",
            f"GRANT EXECUTE ON FUNCTION public.{self.signature} TO {role_of(self.process)}",
        ]

    def granting_again(self) -> list[str]:
        return self.granting()[1:]

    def revoking(self) -> list[str]:
        return [f"DROP FUNCTION public.{self.signature}"]

    def describe(self) -> str:
        return f"Make {self.signature} for {role_of(self.process)}"


def stated(connection: BaseDatabaseWrapper) -> list[Grant | OwnerFunction]:
    """All that the migrations of this version say about the database of `connection`, applied or not."""
    migrations = MigrationLoader(None).disk_migrations
    return [
        operation
        for (app_label, _), migration in sorted(migrations.items())
        if router.allow_migrate(connection.alias, app_label)
        for operation in migration.operations
        if isinstance(operation, Grant | OwnerFunction)
    ]


def state_anew(connection: BaseDatabaseWrapper) -> None:
    """Revokes every privilege of the roles of this compartment and grants what the migrations say; owner's duty.

    Repairs what somebody granted by hand, and grants of a table that was replaced. Does nothing but on PostgreSQL.
    """
    if connection.vendor != "postgresql":
        return
    operations = stated(connection)
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(_GRANTED)
        for (statement,) in cursor.fetchall():
            cursor.execute(statement)
        for operation in operations:
            for statement in operation.granting_again():
                cursor.execute(statement)


# Privileges on whole tables take those on columns with them.
_GRANTED = """
SELECT DISTINCT format('REVOKE ALL ON TABLE %s FROM %s', c.oid::regclass, grantee)
FROM pg_class c, LATERAL (
    SELECT a.grantee FROM aclexplode(c.relacl) a
    UNION SELECT a.grantee FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = c.oid
) AS acl (oid), LATERAL (SELECT CASE acl.oid WHEN 0 THEN 'PUBLIC' ELSE acl.oid::regrole::text END) AS role (grantee)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f') AND acl.oid <> c.relowner
UNION
SELECT format('REVOKE ALL ON SEQUENCE %s FROM %s', c.oid::regclass,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_class c, aclexplode(c.relacl) a
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND a.grantee <> c.relowner
UNION
SELECT format('REVOKE ALL ON FUNCTION %s FROM %s', p.oid::regprocedure,
              CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE a.grantee::regrole::text END)
FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
WHERE p.pronamespace = 'public'::regnamespace AND a.grantee <> p.proowner
"""


def _what(privilege: Privilege) -> str:
    if privilege.columns == ALL:
        return privilege.action
    return f"{privilege.action} ({', '.join(map(_quoted, privilege.columns))})"


def _quoted(name: str) -> str:
    return f'"{name}"'
