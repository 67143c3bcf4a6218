"""The fourth lock: what a database role may do. The matrix, the catalogue and what happens when it is tried agree."""

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

pytest.importorskip("psycopg")

from cardservice import demo_root
from cardservice.home import Home
from cardservice.preparation import migrate
from tests.cluster import Cluster, binaries, running_cluster
from tests.separation import attempts
from tests.separation import grant_matrix as matrix

pytestmark = pytest.mark.skipif(binaries() is None, reason="PostgreSQL is not installed: apt-get install postgresql")

EVERY_LOGIN = [*matrix.LOGINS, *matrix.MIGRATORS.values()]


@dataclass(frozen=True)
class Installation:
    """Migrated databases on a cluster of their own."""

    cluster: Cluster
    home: Home

    def start(self, process: str) -> subprocess.CompletedProcess[str]:
        """Starts a process of the kind `process` that ends after it checked its databases."""
        return subprocess.run(
            [sys.executable, "-m", "cardservice.command", "check"],
            env=self.home.environment(process),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with running_cluster() as cluster:
        cluster.make_roles()
        home = Home(tmp_path_factory.mktemp("grants") / "home", urls=cluster.urls())
        migrate(home)
        demo_root.make_if_missing(home)
        yield Installation(cluster, home)


def _against_catalogue(cluster: Cluster) -> list[str]:
    """How the catalogues of the cluster differ from the matrix."""
    found: list[str] = []
    for database in matrix.COMPARTMENTS:
        with cluster.connect(database=database) as connection:
            found += map(str, attempts.granted(connection) ^ matrix.grants_in(database))
            found += [f"{name} owns" for name in attempts.owned(connection) ^ {matrix.OWNERS[database]}]
    with cluster.connect(database="postgres") as connection:
        found += map(str, set(connection.execute(_CONNECT).fetchall()) ^ _connect_stated())
        found += map(str, set(connection.execute(_MEMBERS).fetchall()) ^ _members_stated())
        found += map(str, set(connection.execute(_ROLES).fetchall()) ^ _roles_stated())
    return found


_CONNECT = """
SELECT datname::text, CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END, privilege_type
FROM pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) WHERE grantee <> datdba
"""
_MEMBERS = """
SELECT member::regrole::text, roleid::regrole::text FROM pg_auth_members
WHERE member::regrole::text LIKE 'cs%' OR roleid::regrole::text LIKE 'cs%'
"""
_ROLES = """
SELECT rolname::text, rolcanlogin,
       rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls OR rolinherit
FROM pg_roles WHERE rolname LIKE 'cs%'
"""


def _connect_stated() -> set[tuple[str, str, str]]:
    return {(database, role, "CONNECT") for database in matrix.COMPARTMENTS for role in matrix.connectable(database)}


def _members_stated() -> set[tuple[str, str]]:
    return {(matrix.MIGRATORS[database], matrix.OWNERS[database]) for database in matrix.COMPARTMENTS}


def _roles_stated() -> set[tuple[str, bool, bool]]:
    logins = {(role, True, False) for role in EVERY_LOGIN}
    return logins | {(role, False, False) for role in matrix.OWNERS.values()}


def _against_trials(cluster: Cluster, *, databases: tuple[str, ...] = matrix.COMPARTMENTS) -> tuple[list[str], int]:
    """What turned out otherwise than the matrix says when every role tried everything; and how many trials it were."""
    names = [*databases, "postgres", "template1"]
    trials = list(attempts.connecting(cluster, databases=names, roles=[*EVERY_LOGIN, *matrix.OWNERS.values()]))
    wrong = [str(trial) for trial in trials if trial[3] != attempts.expected(trial, database="")]
    count = len(trials)
    for database in databases:
        for role in [role for role, _, name, allowed in trials if name == database and allowed]:
            if role in matrix.OWNERS.values():
                continue
            for trial in attempts.within(cluster, database=database, role=role):
                count += 1
                if trial[3] != attempts.expected(trial, database=database):
                    wrong.append(str((database, *trial)))
    return wrong, count


def test_the_catalogue_grants_what_the_matrix_says_and_nothing_else(installation: Installation) -> None:
    assert _against_catalogue(installation.cluster) == []


def test_every_role_is_denied_everything_that_the_matrix_does_not_say(installation: Installation) -> None:
    wrong, count = _against_trials(installation.cluster)
    assert wrong == []
    assert count > 1500


PLANTED = {
    "a whole table": ("issuance", "GRANT SELECT ON issuance_card TO cs_publisher", "publisher"),
    "one column": ("issuance", "GRANT SELECT (slip_hash) ON issuance_card TO cs_signer", "signer"),
    "changing a column": ("issuance", "GRANT UPDATE (state) ON issuance_card TO cs_signer", "signer"),
    "a table for the holder": ("issuance", "GRANT SELECT ON issuance_card TO cs_holder", None),
    "a function for all": ("issuance", "GRANT EXECUTE ON FUNCTION held(bigint) TO PUBLIC", "desk"),
    "another's function": ("issuance", "GRANT EXECUTE ON FUNCTION rewrite_register() TO cs_desk", "desk"),
    "reading the log": ("privacy", "GRANT SELECT ON privacy_stagedentry TO cs_desk", "desk"),
    "deleting from the log": ("privacy", "GRANT DELETE ON privacy_entry TO cs_archivist", "archivist"),
    "a table for all": ("verification", "GRANT SELECT ON verification_accepteddocument TO PUBLIC", "verification"),
    "a sequence": ("staff", "GRANT USAGE ON SEQUENCE staff_account_id_seq TO cs_desk", "desk"),
    "a table of one's own": ("verification", "GRANT CREATE ON SCHEMA public TO cs_gate", "gate"),
    "temporary tables": ("verification", "GRANT TEMPORARY ON DATABASE verification TO cs_gate", "gate"),
    "another database": ("issuance", "GRANT CONNECT ON DATABASE issuance TO cs_gate", "gate"),
    "every database": ("postgres", "GRANT CONNECT ON DATABASE postgres TO PUBLIC", "signer"),
    "being the owner": ("issuance", "GRANT cs_issuance_owner TO cs_desk", "desk"),
    "an owner that logs in": ("issuance", "ALTER ROLE cs_issuance_owner LOGIN", None),
    "a superuser": ("verification", "ALTER ROLE cs_gate SUPERUSER", "gate"),
    "owning a table": ("issuance", "ALTER TABLE issuance_statuslist OWNER TO cs_publisher", "publisher"),
    "too little": ("issuance", "REVOKE SELECT (number) ON issuance_statuslist FROM cs_publisher", "publisher"),
}
"""What is planted -> database, statement, the process that must then refuse to start (None: it is nobody's own)."""

REPAIRS = {
    "a superuser": "ALTER ROLE cs_gate NOSUPERUSER",
    "owning a table": "ALTER TABLE issuance_statuslist OWNER TO cs_issuance_owner",
    "an owner that logs in": "ALTER ROLE cs_issuance_owner NOLOGIN",
}


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_is_caught_by_both_and_by_the_process_and_repaired(
    installation: Installation, what: str
) -> None:
    database, statement, process = PLANTED[what]
    cluster = installation.cluster
    with cluster.connect(database=database) as superuser:
        superuser.execute(statement)
    try:
        assert _against_catalogue(cluster)
        compartments = matrix.COMPARTMENTS if database == "postgres" else (database,)
        assert _against_trials(cluster, databases=compartments)[0]
        if process:
            started = installation.start(process)
            assert started.returncode == 1
            (sentence,) = started.stderr.splitlines()
            assert "run cardservice/roles.sql and `cardservice migrate`" in sentence
    finally:
        with cluster.connect(database=database) as superuser:
            superuser.execute(REPAIRS.get(what, "SELECT 1"))
        cluster.make_roles()
        migrate(installation.home)
    assert _against_catalogue(cluster) == []


@pytest.mark.parametrize(
    "process",
    ["signer", "publisher", "registrar", "archivist", "gate", "desk", "office", "holder", "staff", "issuance"],
)
def test_a_process_starts_on_the_grants_that_it_has(installation: Installation, process: str) -> None:
    started = installation.start(process)
    assert (started.returncode, started.stderr) == (0, "")
