"""Whether a process fits its databases: reachable, at this version's migrations, its role no stronger than stated."""

from collections.abc import Iterable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connections, router
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from cardservice import catalogue, grants
from cardservice.environment import WrongEnvironment
from cardservice.processes import owner_of, role_of, url_variable

SILENT = {
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}
"""What keeps values out of PostgreSQL's log; roles.sql sets it."""

_REPAIR = "run cardservice/roles.sql and `cardservice migrate`"
_SHOWN = 3
_NOT_LET_IN = ("not permitted to log in", "authentication failed", "no password supplied", "pg_hba")


class Unfit(WrongEnvironment):
    """A database that this process must not start on."""


def refuse_unfit() -> None:
    """Checks every database of this process. Raises Unfit."""
    for alias in settings.PROCESS.aliases:
        connection = connections[alias]
        try:
            _reach(connection)
            if _may_see_state(connection):
                _refuse_other_state(connection)
            if connection.vendor == "postgresql":
                _refuse_other_role(connection)
                _refuse_loud_log(connection)
                _refuse_other_grants(connection)
        except DatabaseError as error:
            raise Unfit(
                f"The database {alias} cannot be checked ({type(error).__name__}): {_REPAIR}, or see its own log."
            ) from None
        finally:
            connection.close()


def refuse_foreign_role(connection: BaseDatabaseWrapper) -> None:
    """Checks that a migrator reaches its database in its own role, and that the roles of it exist. Raises Unfit."""
    _reach(connection)
    if connection.vendor != "postgresql":
        return
    _refuse_other_role(connection)
    wanted = {role_of(operation.process) for operation in grants.stated(connection)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [sorted(wanted)])
        missing = sorted(wanted - {name for (name,) in cursor.fetchall()})
    if missing:
        raise Unfit(f"{_place(connection)} has no role {', '.join(missing)}: run cardservice/roles.sql there first.")


def primary_message(error: DatabaseError) -> str:
    """The first line of what the database said; its details may quote rows."""
    diagnosis = getattr(error.__cause__, "diag", None)
    return str(getattr(diagnosis, "message_primary", None) or "see the server's log").rstrip(".")


def _reach(connection: BaseDatabaseWrapper) -> None:
    try:
        connection.ensure_connection()
    except (DatabaseError, InterfaceError) as error:
        raise Unfit(_unreachable(connection, str(error))) from None


def _unreachable(connection: BaseDatabaseWrapper, said: str) -> str:
    """One sentence; what the server said is used, but not repeated."""
    variable, place = url_variable(connection.alias), _place(connection)
    if connection.vendor != "postgresql":
        return f"The database file {place} cannot be opened: give this process the right to read and write it."
    role = connection.settings_dict["USER"]
    if "does not exist" in said and "role" in said:
        return f"{place} has no role {role}: run cardservice/roles.sql there."
    if "does not exist" in said and "database" in said:
        return f"There is no database at {place}: run cardservice/roles.sql there, or correct {variable}."
    if "set role" in said or "permission denied to set" in said:
        return f"{role} may not act as {owner_of(connection.alias)}: run cardservice/roles.sql on {place}."
    if any(words in said for words in _NOT_LET_IN):
        return f"{place} does not let {role} in: correct role and password in {variable}, or its pg_hba.conf."
    if "permission denied for database" in said:
        return f"{role} may not connect to {place}: correct {variable}, or run cardservice/roles.sql there."
    if "certificate" in said or "SSL" in said:
        return f"{place} cannot be trusted or does not offer TLS: correct sslmode and sslrootcert in {variable}."
    return f"PostgreSQL does not answer at {place}: start it, or correct {variable}."


def _may_see_state(connection: BaseDatabaseWrapper) -> bool:
    """False for the one role that may read no table, not even that of migrations: its functions are checked instead."""
    stated = grants.stated(connection)
    own = [operation for operation in stated if operation.process == settings.PROCESS.name]
    only_functions = bool(own) and all(isinstance(operation, grants.OwnerFunction) for operation in own)
    return connection.vendor != "postgresql" or not only_functions


def _refuse_other_state(connection: BaseDatabaseWrapper) -> None:
    of_disk = MigrationLoader(None).disk_migrations
    known = {key for key in of_disk if _is_here(connection, key)}
    applied = {key for key in MigrationRecorder(connection).applied_migrations() if _is_here(connection, key)}
    if missing := known - applied:
        raise Unfit(
            f"The database {connection.alias} is behind this version (it lacks {_some(missing)}):"
            " run `cardservice migrate`."
        )
    if unknown := applied - known:
        raise Unfit(
            f"The database {connection.alias} was made by a newer version ({_some(unknown)}): install that version."
        )


def _is_here(connection: BaseDatabaseWrapper, key: tuple[str, str]) -> bool:
    try:
        return bool(router.allow_migrate(connection.alias, key[0]))
    except KeyError:  # an app that this version does not have
        return True


def _refuse_other_role(connection: BaseDatabaseWrapper) -> None:
    expected = role_of(settings.PROCESS.name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        ((found,),) = cursor.fetchall()
    if found != expected:
        raise Unfit(
            f"{settings.PROCESS.name} logged in to {_place(connection)} as {found}, and must be {expected}: correct"
            f" {url_variable(connection.alias)}."
        )


def _refuse_loud_log(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [sorted(SILENT)])
        loud = sorted(name for name, value in cursor.fetchall() if value != SILENT[name])
    if loud:
        raise Unfit(f"PostgreSQL at {_place(connection)} would log values ({', '.join(loud)}): {_REPAIR}.")


def _refuse_other_grants(connection: BaseDatabaseWrapper) -> None:
    process = settings.PROCESS
    should = catalogue.should(connection, process=process.name, operations=grants.stated(connection))
    # Compartments may share a cluster, where the catalogue shows CONNECT on all of them.
    allowed = should | {f"CONNECT {connections[alias].settings_dict['NAME']}" for alias in process.aliases}
    may = catalogue.may(connection)
    role, place = role_of(process.name), _place(connection)
    if beyond := may - allowed:
        raise Unfit(f"{role} may do more at {place} than it should ({_some(beyond)}): {_REPAIR}.")
    if lacking := should - may:
        raise Unfit(f"{role} lacks what it needs at {place} ({_some(lacking)}): {_REPAIR}.")


def _some(things: Iterable[object]) -> str:
    names = sorted(".".join(thing) if isinstance(thing, tuple) else str(thing) for thing in things)
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _place(connection: BaseDatabaseWrapper) -> str:
    """Host and database of a connection, without role and password."""
    facts = connection.settings_dict
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return f"{facts['HOST']}{port}/{facts['NAME']}" if facts["HOST"] else str(facts["NAME"])
