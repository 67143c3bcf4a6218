"""Trying, as one role after the other, everything that a database offers; and what the catalogue says of it."""

from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg import errors, sql

from tests.cluster import Cluster
from tests.separation import grant_matrix as matrix

_NOTHING_GRANTED = "01007"
"""The code of the warning with which PostgreSQL answers a GRANT by somebody who may not grant."""

Attempt = tuple[str, str, str, bool]
"""(role, action, object, whether it was allowed)."""

_GRANTED = """
WITH ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema')
SELECT grantee, privilege_type, is_grantable, c.relname::text, relowner AS owner
FROM pg_class c JOIN ours ON ours.oid = relnamespace, aclexplode(coalesce(relacl, acldefault('r', relowner)))
WHERE relkind <> 'i'
UNION ALL
SELECT grantee, privilege_type, is_grantable, relname || '.' || attname, relowner
FROM pg_attribute JOIN pg_class c ON c.oid = attrelid JOIN ours ON ours.oid = relnamespace, aclexplode(attacl)
UNION ALL
SELECT grantee, privilege_type, is_grantable, replace(p.oid::regprocedure::text, 'public.', ''), proowner
FROM pg_proc p JOIN ours ON ours.oid = pronamespace, aclexplode(coalesce(proacl, acldefault('f', proowner)))
UNION ALL
SELECT grantee, privilege_type, is_grantable, 'schema ' || nspname, nspowner
FROM pg_namespace, aclexplode(coalesce(nspacl, acldefault('n', nspowner)))
WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
"""


def granted(connection: psycopg.Connection) -> set[tuple[str, str, str]]:
    """(role, action, object) of every grant that the catalogue of this database knows, to PUBLIC too."""
    roles = dict(connection.execute("SELECT oid, rolname FROM pg_roles").fetchall())
    found = connection.execute(_GRANTED).fetchall()
    return {
        (roles.get(grantee, "PUBLIC"), f"{action} to grant on" if passes_on else action, name)
        for grantee, action, passes_on, name, owner in found
        if grantee != owner
    }


def owned(connection: psycopg.Connection) -> set[str]:
    """Who owns anything in the schemas of this database that PostgreSQL did not bring."""
    rows = connection.execute(
        """
        SELECT relowner::regrole::text FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION SELECT proowner::regrole::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION SELECT nspowner::regrole::text FROM pg_namespace
        WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'
        """
    )
    return {name for (name,) in rows.fetchall()}


def connecting(cluster: Cluster, *, databases: list[str], roles: list[str]) -> Iterator[Attempt]:
    """Tries to connect as every role to every database."""
    for role in roles:
        for database in databases:
            try:
                cluster.connect(database=database, role=role).close()
            except psycopg.OperationalError:
                yield role, "CONNECT", database, False
            else:
                yield role, "CONNECT", database, True


def within(cluster: Cluster, *, database: str, role: str) -> Iterator[Attempt]:
    """Tries every table, column, sequence and function, and what roles could do besides; nothing of it stays."""
    with cluster.connect(database=database) as superuser:
        columns = _columns(superuser)
        sequences = [n for (n,) in superuser.execute("SELECT relname FROM pg_class WHERE relkind = 'S'").fetchall()]
        functions = _functions(superuser)
    with cluster.connect(database=database, role=role) as session:
        for table, column in columns:
            for action, statement in _on_column(table, column).items():
                yield role, action, f"{table}.{column}", _allowed(session, statement)
        for table in sorted({table for table, _ in columns}):
            for action, statement in _on_table(table).items():
                yield role, action, table, _allowed(session, statement)
        for name in sequences:
            statement = sql.SQL("SELECT nextval({})").format(sql.Literal(f"public.{name}"))
            yield role, "nextval", name, _allowed(session, statement)
        for signature, call in functions:
            yield role, "EXECUTE", signature, _allowed(session, sql.SQL(call))
        for action, statement in _BESIDES.items():
            yield role, action, database, _allowed(session, sql.SQL(statement))
        for owner in [*matrix.OWNERS.values(), "postgres"]:
            statement = sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(owner))
            yield role, "SET ROLE", owner, _allowed(session, statement)


_BESIDES = {
    "CREATE TABLE": "CREATE TABLE public.planted (a int)",
    "CREATE TEMP": "CREATE TEMP TABLE planted (a int)",
    "CREATE SCHEMA": "CREATE SCHEMA planted",
    "CREATE FUNCTION": "CREATE FUNCTION public.planted() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE ROLE": "CREATE ROLE planted",
    "large object": "SELECT lo_create(0)",
    "large object from bytes": "SELECT lo_from_bytea(0, 'x')",
    "read a file": "SELECT pg_read_file('PG_VERSION')",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null'",
    "log statements": "SET log_statement = 'all'",
    "log values": "SET log_error_verbosity = 'verbose'",
    "log failed statements": "SET log_min_error_statement = 'error'",
}


def expected(attempt: Attempt, *, database: str) -> bool:
    """What the matrix says about an attempt."""
    role, action, thing, _ = attempt
    if action == "CONNECT":
        return role in matrix.connectable(thing)
    if action == "EXECUTE":
        return matrix.FUNCTIONS.get(database, {}).get(thing) == role
    if action == "SET ROLE":
        return matrix.MIGRATORS[database] == role and thing == matrix.OWNERS[database]
    table, _, column = thing.partition(".")
    return matrix.may(role, database=database, table=table, action=action, column=column)


def _columns(connection: psycopg.Connection) -> list[tuple[str, str]]:
    rows = connection.execute(
        """
        SELECT relname, attname FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'f')
          AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2
        """
    )
    return rows.fetchall()


def _functions(connection: psycopg.Connection) -> list[tuple[str, str]]:
    # Not called with NULL: PostgreSQL answers a strict function's NULL without asking who may execute it.
    rows = connection.execute(
        """
        SELECT replace(p.oid::regprocedure::text, 'public.', ''), 'SELECT public.' || quote_ident(proname) || '(' ||
               coalesce((SELECT string_agg(quote_literal('0') || '::' || t::regtype, ', ')
                         FROM unnest(proargtypes) AS t), '') || ')'
        FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
        """
    )
    return rows.fetchall()


def _on_column(table: str, column: str) -> dict[str, sql.Composed]:
    forms = {
        "SELECT": "SELECT {column} FROM public.{table} WHERE false",
        "INSERT": "INSERT INTO public.{table} ({column}) SELECT NULL WHERE false",
        "UPDATE": "UPDATE public.{table} SET {column} = NULL WHERE false",
    }
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
    return {action: sql.SQL(form).format(**names) for action, form in forms.items()}


def _on_table(table: str) -> dict[str, sql.Composed]:
    forms = {
        "DELETE": "DELETE FROM public.{table} WHERE false",
        "TRUNCATE": "TRUNCATE public.{table} CASCADE",
        "DROP": "DROP TABLE public.{table} CASCADE",
        "ALTER": "ALTER TABLE public.{table} ADD planted int",
        "TRIGGER": "CREATE TRIGGER planted BEFORE UPDATE ON public.{table} EXECUTE FUNCTION "
        "suppress_redundant_updates_trigger()",
        "GRANT": "GRANT SELECT ON public.{table} TO PUBLIC",
    }
    return {action: sql.SQL(form).format(table=sql.Identifier(table)) for action, form in forms.items()}


def _allowed(session: psycopg.Connection, statement: Any) -> bool:
    """Whether PostgreSQL lets the statement through; any refusal but one for want of privilege is a broken test."""
    warnings: list[str | None] = []
    session.add_notice_handler(note := lambda notice: warnings.append(notice.sqlstate))
    try:
        with session.transaction(force_rollback=True):
            session.execute(statement)
    except (errors.InsufficientPrivilege, errors.InvalidGrantOperation):
        return False
    finally:
        session.remove_notice_handler(note)
    return _NOTHING_GRANTED not in warnings
