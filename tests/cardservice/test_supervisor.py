"""Starting, watching and stopping the processes of an installation, as real processes."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from cardservice.home import Home
from cardservice.supervisor import ORDER, StartRefused, Supervisor, free_ports


def wait_for(happened: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def below(pid: int) -> dict[int, str]:
    """Every process below `pid`, with the moment it started, since numbers are used again."""
    found = {}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found |= {child: started_at(child)} | below(child)
    return found


def started_at(pid: int) -> str:
    """Clock ticks from boot to the start of the process (proc(5)); "" when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    return "" if fields[0] == "Z" else fields[19]


def all_gone(processes: dict[int, str]) -> bool:
    return not any(started_at(pid) == moment for pid, moment in processes.items())


def cardservice(home: Home, *words: str) -> list[str]:
    return [sys.executable, "-m", "cardservice", *words, "--home", str(home.path)]


@contextmanager
def up(home: Home) -> Iterator[subprocess.Popen[str]]:
    """`cardservice up --free-ports`, ended for sure afterwards."""
    process = subprocess.Popen(
        cardservice(home, "up", "--free-ports"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ready(process: subprocess.Popen[str]) -> list[str]:
    """What it prints until it is ready."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line.startswith("Stop with"):
            return lines
    raise AssertionError(process.stderr.read() if process.stderr else "")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose very first start was killed, several times, on its way."""
    made = Home(tmp_path_factory.mktemp("up") / "home")
    for seconds in (0.6, 1.5):
        with up(made) as process:
            time.sleep(seconds)
            children = below(process.pid)
            process.kill()
            assert wait_for(lambda children=children: all_gone(children), seconds=15)
    return made


@pytest.fixture(scope="module")
def running(home: Home) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    with up(home) as process:
        yield process, ready(process)


def test_a_start_killed_half_way_is_made_good_by_the_next(home: Home, running):
    _, said = running
    named = {line.split()[0]: found[0] for line in said if (found := re.search(r"http://\S+?:\d+", line))}
    assert {"desk", "gate", "holder", "office"} <= named.keys()
    assert all(httpx.get(f"{address}/healthz").json() == {"ok": True} for address in named.values())
    assert home.addresses() == named


def test_running_web_servers_name_no_server_and_set_no_cookie(home: Home, running):
    for name, address in home.addresses().items():
        for path in ("/healthz", "/nothing"):
            answer = httpx.get(f"{address}{path}")
            assert not answer.headers.get("server"), name
            assert not answer.cookies, name
            assert answer.headers["cache-control"] == "no-store"
    assert httpx.get(f"{home.addresses()['gate']}/nothing").json()["code"] == "not_found"


def test_a_running_web_server_refuses_large_bodies_and_those_in_chunks(home: Home, running):
    address = f"{home.addresses()['gate']}/api/v1/verifications"
    headers = {"Content-Type": "application/json"}
    assert httpx.post(address, content=b"x" * 3_000_000, headers=headers).status_code == 413
    assert httpx.post(address, content=iter([b"{}"]), headers=headers).status_code == 411


def test_a_second_up_on_the_same_home_is_refused_and_disturbs_nothing(home: Home, running):
    before = home.addresses()
    done = subprocess.run(cardservice(home, "up", "--free-ports"), capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"{home.path} is in use by another `up`: stop that one, or choose another place with --home.\n"
    )
    assert home.addresses() == before


def test_a_killed_process_is_started_again(home: Home, running):
    process, _ = running
    old = {pid: moment for pid, moment in below(process.pid).items() if b"signer" in command_of(pid)}
    (pid,) = old
    os.kill(pid, signal.SIGKILL)

    def replaced() -> bool:
        new = [p for p in below(process.pid) if b"signer" in command_of(p)]
        return len(new) == 1 and new != [pid] and connects(home.signer_socket)

    assert wait_for(replaced, seconds=15)
    assert all_gone(old)


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except FileNotFoundError:
        return b""


def connects(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def test_a_killed_web_server_is_started_again_with_its_workers(home: Home, running):
    process, _ = running
    port = home.addresses()["desk"].rpartition(":")[2].encode()
    desk = max((pid for pid in below(process.pid) if port in command_of(pid)), key=lambda pid: len(below(pid)))
    old = {desk: started_at(desk)} | below(desk)
    assert len(old) == 2
    os.kill(desk, signal.SIGKILL)
    assert wait_for(lambda: all_gone(old), seconds=10)
    assert wait_for(lambda: answers(f"{home.addresses()['desk']}/healthz"), seconds=30)


def answers(address: str) -> bool:
    try:
        return httpx.get(address).status_code == 200
    except httpx.HTTPError:
        return False


def test_asked_to_stop_it_ends_within_five_seconds_and_leaves_nothing(home: Home, running):
    process, _ = running
    children = below(process.pid)
    assert len(children) == len(ORDER) + len(free_ports())  # and a worker of each web server
    began = time.monotonic()
    process.terminate()
    assert process.wait(timeout=10) == 0
    assert time.monotonic() - began < 5
    assert all_gone(children)
    assert home.addresses() == {}
    assert not home.addresses_file.exists()


def test_killed_outright_it_takes_all_processes_with_it(home: Home):
    with up(home) as process:
        ready(process)
        children = below(process.pid)
        process.kill()
        assert wait_for(lambda: all_gone(children), seconds=15)
    assert home.addresses_file.exists()
    assert home.addresses() == {}


def test_asked_to_stop_while_it_prepares_it_ends_within_five_seconds(tmp_path: Path):
    with up(Home(tmp_path / "home")) as process:
        time.sleep(1.0)
        began = time.monotonic()
        process.terminate()
        process.wait(timeout=10)
        assert time.monotonic() - began < 5


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        supervisor = Supervisor(Home(tmp_path / "home"), ports=free_ports() | {"gate": port})
        with pytest.raises(StartRefused, match=f"Port {port} of the gate is taken .* start with --free-ports"):
            supervisor.start()
        supervisor.stop()
    assert not list((tmp_path / "home" / "databases").iterdir())


@pytest.mark.parametrize("key", ["root_key", "next_root_key"])
def test_a_production_home_must_not_hold_a_root_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, key: str):
    monkeypatch.setenv("CARDSERVICE_REALM", "production")
    home = Home(tmp_path / "home")
    home.prepare_directories()
    getattr(home, key).write_text("")
    supervisor = Supervisor(home, ports=free_ports())
    with pytest.raises(StartRefused, match="a production home must not hold one: take it offline"):
        supervisor.start()
    supervisor.stop()


def test_a_process_that_keeps_dying_is_started_ever_later_and_named(tmp_path: Path):
    home = Home(tmp_path / "home")
    home.prepare_directories()
    said: list[str] = []
    supervisor = Supervisor(home, ports=free_ports(), names=("archivist",), say=said.append)
    (child,) = supervisor.children
    child.command = [sys.executable, "-S", "-c", f"open({str(tmp_path / 'starts')!r}, 'a').write('x')"]
    end = time.monotonic() + 3
    supervisor.watch(until=lambda: time.monotonic() > end)
    supervisor.stop()
    assert 2 <= len((tmp_path / "starts").read_text()) <= 4  # after 0, 0.25, 0.75 and 1.75 seconds
    assert said[0] == (
        f"archivist ended soon after its start and is started again: {home.logs / 'archivist.log'} says why."
    )
