"""Processes hold what is theirs: they refuse to start with more, and running ones have nothing foreign open."""

import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cardservice.home import Home
from cardservice.processes import ALIASES, PROCESSES, SECRETS, url_variable
from cardservice.supervisor import ORDER, web_server
from tests.stack import Stack

FOREIGN_TO = {
    "desk": "CARDSERVICE_KEYS",
    "gate": "ISSUANCE_URL",
    "holder": "CARDSERVICE_SIGNER_SOCKET",
    "signer": "STAFF_URL",
    "publisher": "PRIVACY_URL",
    "registrar": "CARDSERVICE_KEYS",
    "archivist": "VERIFICATION_URL",
}


def starting(home: Home, name: str) -> list[str]:
    """The command that `up` starts this process with."""
    if PROCESSES[name].urls:
        return web_server("cardservice.rsgi:application", 1)
    return [sys.executable, "-m", "django", name]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    prepared = Home(tmp_path / "home")
    prepared.prepare_directories()
    return prepared


@pytest.mark.parametrize("name", FOREIGN_TO)
def test_a_process_with_a_foreign_thing_ends_with_one_sentence(home: Home, name: str):
    environment = home.environment(name) | {FOREIGN_TO[name]: "sqlite:////tmp/Zq7-foreign"}
    done = subprocess.run(
        starting(home, name), env=environment, cwd="/", capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode not in (0, None)
    said = [line for line in done.stderr.splitlines() if not line.startswith("[")]  # the web server's own "[ERROR] ..."
    assert said == [
        f"{name} was started with {FOREIGN_TO[name]}, which it must not hold: remove it from its environment."
    ]
    assert "Traceback" not in done.stdout + done.stderr
    assert "Zq7" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CARDSERVICE_REALM", "test"),
        ("ISSUANCE_URL", "postgresql://a:Zq7@[b/c"),
        ("CARDSERVICE_CHECKS_PER_MINUTE", "99"),
        ("CARDSERVICE_HOURLY_CEILING", "many"),
    ],
)
def test_a_process_with_a_bad_value_ends_with_one_sentence(home: Home, variable: str, value: str):
    environment = home.environment("issuance") | {variable: value}
    done = subprocess.run(
        [sys.executable, "-m", "django", "check"], env=environment, cwd="/", capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert sentence.startswith(f"{variable} is ")
    assert "Zq7" not in sentence


def members(pid: int) -> Iterator[int]:
    """This process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from members(int(child))


def pids_of(stack: Stack, name: str) -> list[int]:
    (child,) = [child for child in stack.supervisor.children if child.name == name]
    assert child.process is not None
    return list(members(child.process.pid))


def environment_of(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


def open_files(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(descriptor.readlink()))
        except FileNotFoundError:
            continue  # closed in the meantime
    return found


hidden_from_others = pytest.mark.skipif(
    os.getuid() != 0, reason="desk, gate and signer hide their environment and files from everyone but root"
)


@hidden_from_others
@pytest.mark.parametrize("name", ORDER)
def test_a_running_process_has_no_variable_of_another(stack: Stack, name: str):
    foreign = {url_variable(alias) for alias in ALIASES if alias not in PROCESSES[name].aliases}
    foreign |= set(SECRETS) - set(PROCESSES[name].secrets)
    for pid in pids_of(stack, name):
        environment = environment_of(pid)
        assert environment["CARDSERVICE_PROCESS"] == name
        assert not foreign & set(environment)


@hidden_from_others
def test_no_variable_of_the_gate_names_a_path_of_issuance_staff_or_privacy(stack: Stack):
    home = stack.home
    for pid in pids_of(stack, "gate"):
        values = "\n".join(environment_of(pid).values())
        for path in (home.keys, home.key_set, home.secret_key, home.signer_socket, home.demo_staff):
            assert str(path) not in values
        for alias in ("issuance", "staff", "privacy"):
            assert f"/{alias}.sqlite3" not in values


@hidden_from_others
@pytest.mark.parametrize("name", ORDER)
def test_a_running_process_has_no_file_of_another_open(stack: Stack, name: str):
    stack.issue(name="Ines Example")  # so that connections are open
    databases = {str(stack.home.databases.resolve() / f"{alias}.sqlite3") for alias in PROCESSES[name].aliases}
    own = tuple(databases) + (str(stack.home.logs.resolve() / f"{name}.log"),)
    if "CARDSERVICE_PUBLISHED" in PROCESSES[name].secrets:
        own += (str(stack.home.published.resolve()),)
    for pid in pids_of(stack, name):
        inside = {path for path in open_files(pid) if path.startswith(str(stack.home.path.resolve()))}
        assert inside <= {path for path in inside if path.startswith(own)}


@hidden_from_others
def test_the_look_at_open_files_sees_one(tmp_path: Path):
    with (tmp_path / "issuance.sqlite3").open("w"):
        assert str(tmp_path / "issuance.sqlite3") in open_files(os.getpid())


def listening(pid: int) -> int:
    """Sockets of the network that this process listens at."""
    sockets = {
        path.removeprefix("socket:[").removesuffix("]") for path in open_files(pid) if path.startswith("socket:")
    }
    listed = 0
    for table in ("tcp", "tcp6", "udp", "udp6", "raw", "raw6"):
        rows = [row.split() for row in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]]
        listed += sum(row[9] in sockets and row[3] in ("0A", "07") for row in rows)
    return listed


@hidden_from_others
def test_only_what_is_a_web_process_listen_on_the_network(stack: Stack):
    listen = {name for name in ORDER if any(listening(pid) for pid in pids_of(stack, name))}
    assert listen == {"desk", "gate", "holder", "office"}


def test_the_signer_answers_at_a_socket_of_its_owner_only(stack: Stack):
    assert stack.home.signer_socket.is_socket()
    assert stack.home.signer_socket.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", ORDER)
def test_no_process_may_leave_a_core_file(stack: Stack, name: str):
    for pid in pids_of(stack, name):
        assert resource.prlimit(pid, resource.RLIMIT_CORE) == (0, 0)


@pytest.mark.skipif(os.getuid() == 0, reason="root sees hidden processes as its own")
@pytest.mark.parametrize("name", ["desk", "gate", "holder", "signer"])
def test_what_holds_keys_or_people_hides_its_memory(stack: Stack, name: str):
    # A process that is not dumpable belongs to root in /proc (proc(5)); of a web server that is its worker.
    assert Path(f"/proc/{pids_of(stack, name)[-1]}/mem").stat().st_uid == 0
