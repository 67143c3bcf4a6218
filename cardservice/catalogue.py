"""What PostgreSQL's catalogue says the connected role may do, and what the migrations say it may: as sets of lines.

A line reads "SELECT issuance_card.id", "DELETE issuance_card", "EXECUTE held(bigint)", "CONNECT issuance".
"""

from collections.abc import Iterable

from django.db.backends.base.base import BaseDatabaseWrapper

from cardservice.grants import ALL, Grant, OwnerFunction

_MAY = """
WITH me AS (SELECT * FROM pg_roles WHERE rolname = session_user),
ours AS (SELECT oid, nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
tables AS (SELECT c.* FROM pg_class c JOIN ours ON ours.oid = relnamespace WHERE relkind IN ('r', 'p', 'v', 'm', 'f')),
named AS (SELECT oid, replace(oid::regclass::text, 'public.', '') AS name FROM tables)
SELECT action || ' ' || name || '.' || attname
FROM named JOIN pg_attribute ON attrelid = named.oid AND attnum > 0 AND NOT attisdropped,
     unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'REFERENCES']) AS action
WHERE has_column_privilege(session_user, named.oid, attnum, action)
UNION ALL
SELECT action || ' ' || name FROM named, unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS action
WHERE has_table_privilege(session_user, oid, action)
UNION ALL
SELECT action || ' ' || c.oid::regclass FROM pg_class c JOIN ours ON ours.oid = relnamespace,
     unnest(ARRAY['USAGE', 'SELECT', 'UPDATE']) AS action
WHERE relkind = 'S' AND has_sequence_privilege(session_user, c.oid, action)
UNION ALL
SELECT 'EXECUTE ' || replace(p.oid::regprocedure::text, 'public.', '')
FROM pg_proc p JOIN ours ON ours.oid = pronamespace
WHERE has_function_privilege(session_user, p.oid, 'EXECUTE')
UNION ALL
SELECT action || ' SCHEMA ' || nspname FROM ours, unnest(ARRAY['USAGE', 'CREATE']) AS action
WHERE has_schema_privilege(session_user, oid, action)
UNION ALL
SELECT action || ' ' || datname FROM pg_database, unnest(ARRAY['CONNECT', 'CREATE', 'TEMPORARY']) AS action
WHERE has_database_privilege(session_user, oid, action)
UNION ALL
SELECT 'MEMBER ' || roleid::regrole FROM pg_auth_members, me WHERE member = me.oid
UNION ALL
SELECT what FROM me, unnest(ARRAY['SUPERUSER', 'CREATEDB', 'CREATEROLE', 'REPLICATION', 'BYPASSRLS'],
                            ARRAY[rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls]) AS a (what, has)
WHERE has
UNION ALL
-- Ownership, and grants on whatever else there is: system functions, parameters, types, foreign servers ...
SELECT CASE deptype WHEN 'o' THEN 'OWNS ' ELSE 'GRANTED ' END || classid::regclass || ' ' || objid
FROM pg_shdepend, me
WHERE refclassid = 'pg_authid'::regclass AND refobjid = me.oid
  AND dbid IN (0, (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND NOT (deptype = 'a' AND (
      classid = 'pg_database'::regclass
      OR classid = 'pg_class'::regclass AND objid IN (SELECT c.oid FROM pg_class c JOIN ours ON ours.oid = relnamespace)
      OR classid = 'pg_proc'::regclass AND objid IN (SELECT p.oid FROM pg_proc p JOIN ours ON ours.oid = pronamespace)
      OR classid = 'pg_namespace'::regclass AND objid IN (SELECT oid FROM ours)))
"""

_COLUMNS = """
SELECT replace(c.oid::regclass::text, 'public.', ''), array_agg(attname::text)
FROM pg_class c JOIN pg_attribute ON attrelid = c.oid AND attnum > 0 AND NOT attisdropped
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f') GROUP BY c.oid
"""


def may(connection: BaseDatabaseWrapper) -> set[str]:
    """What the role that logged in may do, by itself or because everybody may, in this database and its cluster."""
    with connection.cursor() as cursor:
        cursor.execute(_MAY)
        return {line for (line,) in cursor.fetchall()}


def should(connection: BaseDatabaseWrapper, *, process: str, operations: Iterable[Grant | OwnerFunction]) -> set[str]:
    """What `operations` say the role of `process` may do in this database."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        columns = dict(cursor.fetchall())
    lines = {"USAGE SCHEMA public", f"CONNECT {connection.settings_dict['NAME']}"}
    for operation in operations:
        if operation.process != process:
            continue
        if isinstance(operation, OwnerFunction):
            lines.add(f"EXECUTE {operation.signature}")
            continue
        for privilege in operation.privileges():
            if privilege.action == "DELETE":
                lines.add(f"DELETE {privilege.table}")
                continue
            names = columns.get(privilege.table, []) if privilege.columns == ALL else privilege.columns
            lines |= {f"{privilege.action} {privilege.table}.{name}" for name in names}
    return lines
