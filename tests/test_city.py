"""The bootstrap file ./city, run for real in throw-away checkouts (the first one is set up over the network)."""

import ast
import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
BASE_PYTHON = getattr(sys, "_base_executable", sys.executable)
PATH = f"{Path(BASE_PYTHON).parent}:/usr/bin:/bin"
NOT_SET_UP = 3
STRANGER = 54321  # an account without a name and a home

# Stands in for the command line: these tests judge the way to it.
COMMAND_LINE = '''
"""Tells what reached it."""

import json
import os
import sys
import time
from pathlib import Path


def main() -> int:
    print(json.dumps({"words": sys.argv[1:], "folder": str(Path.cwd()), "pid": os.getpid(), "env": dict(os.environ)}))
    sys.stdout.flush()
    if sys.argv[1] == "wait":
        time.sleep(60)
    return int(sys.argv[2]) if sys.argv[1] == "exit" else 0
'''


def city(checkout: Path, *words: str, cwd: str | Path = "/", **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "city", *words],
        cwd=cwd,
        env={"PATH": PATH, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


def city_as_stranger(checkout: Path, python: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [python, checkout / "city", *words],
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
        user=STRANGER,
        group=STRANGER,
        extra_groups=[],
        capture_output=True,
        text=True,
        timeout=300,
    )


def city_in_another_python(checkout: Path, change: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs ./city after `change` made this Python look like another one."""
    start = f"import runpy, sys; sys.argv = ['city', 'demo']; {change}; runpy.run_path('city', run_name='__main__')"
    return subprocess.run(
        [BASE_PYTHON, "-c", start],
        cwd=checkout,
        env={"PATH": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        timeout=300,
    )


def seen(result: subprocess.CompletedProcess[str]) -> dict:
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def project_files() -> list[str]:
    if not (ROOT / ".git").exists():
        made = (".tools", ".venv", "var", "__pycache__")
        return [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file() and not set(made) & set(p.parts)]
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def new_checkout(place: Path) -> Path:
    """What ./city and the packaging read of the project, a command line that tells what reached it, and one test."""
    for name in map(Path, project_files()):
        if name.parent in (Path(), Path(".ci")) or (name.name == "__init__.py" and name.parts[0] != "tests"):
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, place / name)
    entry = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]["cardservice"]
    module = place / (entry.removesuffix(":main").replace(".", "/") + ".py")
    if module.with_suffix("").is_dir():
        module = module.with_suffix("") / "__init__.py"
    module.write_text(COMMAND_LINE.lstrip())
    (place / "tests").mkdir()
    (place / "tests" / "__init__.py").touch()
    (place / "tests" / "settings.py").touch()
    (place / "tests" / "test_one.py").write_text("def test_it_passes() -> None:\n    assert True\n")
    return place


def without_environment(checkout: Path) -> None:
    shutil.rmtree(checkout / ".venv")


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Not pytest's own: no other user may enter that one."""
    made = Path(tempfile.mkdtemp(prefix="city "))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def cold(folder: Path) -> tuple[Path, subprocess.CompletedProcess[str], Path]:
    """A checkout in a path with spaces after its first start, from nothing, without HOME."""
    checkout = new_checkout(folder / "a checkout")
    temporary = folder / "temporary"
    temporary.mkdir()
    return checkout, city(checkout, "demo", "--json", TMPDIR=str(temporary)), temporary


@pytest.fixture
def checkout(cold: tuple[Path, subprocess.CompletedProcess[str], Path]) -> Path:
    """That checkout, set up and quiet."""
    assert city(cold[0], "demo").returncode == 0
    return cold[0]


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout that nothing was set up in."""
    return new_checkout(tmp_path / "bare")


@pytest.fixture
def stranger_python(folder: Path) -> str:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    for python in ("/usr/bin/python3", BASE_PYTHON):
        asked = [python, "-c", "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))"]
        try:
            if subprocess.run(asked, user=STRANGER, group=STRANGER, extra_groups=[]).returncode == 0:
                return python
        except OSError:
            continue
    pytest.skip("no Python 3.11 to 3.14 here that other users may run")


def test_the_first_start_sets_everything_up_without_home_in_a_path_with_spaces(cold):
    checkout, first, _temporary = cold
    what = seen(first)
    assert what["words"] == ["demo", "--json"]
    assert "HOME" not in what["env"]
    assert what["env"]["VIRTUAL_ENV"] == str(checkout / ".venv")
    assert "setting up" in first.stderr
    assert not list((checkout / ".venv" / "lib").glob("*/site-packages/pytest")), "plain words need no test group"


def test_the_set_up_writes_nothing_outside_the_checkout(cold):
    _checkout, _first, temporary = cold
    assert list(temporary.iterdir()) == []


def test_the_second_start_is_silent_and_costs_less_than_300_ms(checkout):
    def fastest(*command: str | Path) -> float:
        times = []
        for _ in range(5):
            started = time.perf_counter()
            subprocess.run(command, env={"PATH": PATH}, capture_output=True, check=True)
            times.append(time.perf_counter() - started)
        return min(times)

    assert city(checkout, "demo").stderr == ""
    inside = checkout / ".venv" / "bin"
    assert fastest(checkout / "city", "demo") - fastest(inside / "python", inside / "cardservice", "demo") < 0.3


def test_words_folder_and_exit_code_pass_through(checkout, tmp_path):
    what = seen(city(checkout, "issue", "--name", "Ada  O'Niell", "", cwd=tmp_path))
    assert what["words"] == ["issue", "--name", "Ada  O'Niell", ""]
    assert what["folder"] == str(tmp_path)
    assert city(checkout, "exit", "1").returncode == 1
    assert city(checkout, "exit", "42").returncode == 42


def test_the_home_of_a_checkout_is_its_own_var_from_any_folder(checkout):
    assert seen(city(checkout, "up"))["env"]["CARDSERVICE_HOME"] == str(checkout / "var")
    assert seen(city(checkout, "up", CARDSERVICE_HOME="/srv/cards"))["env"]["CARDSERVICE_HOME"] == "/srv/cards"


def test_variables_that_point_python_elsewhere_do_not_reach_the_command_line(checkout, tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit(9)\n")
    assert seen(city(checkout, "demo", PYTHONPATH=str(tmp_path)))["words"] == ["demo"]


def test_it_can_be_called_through_a_link(checkout, tmp_path):
    (tmp_path / "city").symlink_to(checkout / "city")
    assert seen(city(tmp_path, "demo"))["words"] == ["demo"]


def test_the_word_takes_the_place_of_city_so_that_signals_reach_it(checkout):
    with subprocess.Popen(
        [checkout / "city", "wait"], env={"PATH": PATH}, stdout=subprocess.PIPE, text=True
    ) as started:
        assert started.stdout
        assert json.loads(started.stdout.readline())["pid"] == started.pid
        started.send_signal(signal.SIGTERM)
        assert started.wait(timeout=5) == -signal.SIGTERM


def test_a_moved_checkout_is_repaired_without_the_network(checkout, folder):
    moved = folder / "moved's place"
    checkout.rename(moved)
    try:
        result = city(moved, "demo", UV_OFFLINE="1")
        assert seen(result)["env"]["VIRTUAL_ENV"] == str(moved / ".venv")
        scripts = [p for p in (moved / ".venv" / "bin").iterdir() if p.stat().st_size < 10_000 and not p.is_symlink()]
        paths = [*scripts, *(moved / ".venv").glob("lib/*/site-packages/*.pth")]
        assert [path.name for path in paths if f"{checkout}/" in path.read_text()] == [], "the new path everywhere"
    finally:
        moved.rename(checkout)


def test_an_environment_whose_python_is_gone_is_made_again(checkout):
    (checkout / ".venv" / "bin" / "python").unlink()
    (checkout / ".venv" / "bin" / "python").symlink_to("/nonexistent/python3")
    assert seen(city(checkout, "demo"))["words"] == ["demo"]


def test_a_package_cut_off_half_way_is_made_again(checkout):
    [package] = (checkout / ".venv" / "lib").glob("*/site-packages/django/__init__.py")
    package.unlink()
    (checkout / ".tools" / "unfinished").touch()
    assert seen(city(checkout, "demo"))["words"] == ["demo"]
    assert package.exists()
    assert not (checkout / ".tools" / "unfinished").exists()


@pytest.mark.parametrize("seconds", [0.05, 0.12, 0.2, 0.3])
def test_after_being_killed_half_way_the_next_start_works(checkout, seconds):
    without_environment(checkout)
    with subprocess.Popen(
        [checkout / "city", "demo"], env={"PATH": PATH}, stderr=subprocess.DEVNULL, start_new_session=True
    ) as killed:
        time.sleep(seconds)
        os.killpg(killed.pid, signal.SIGKILL)
    assert seen(city(checkout, "demo"))["words"] == ["demo"]
    subprocess.run([checkout / ".venv" / "bin" / "python", "-c", "import django, cryptography, fpdf"], check=True)
    assert not [left for left in (checkout / ".tools").iterdir() if left.name.startswith(("new-", "old-", "unfin"))]


def test_two_at_once_set_up_one_environment(checkout):
    without_environment(checkout)
    pair = [
        subprocess.Popen([checkout / "city", "demo"], env={"PATH": PATH}, stdout=-1, stderr=-1, text=True)
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120) for process in pair]
    assert [process.returncode for process in pair] == [0, 0]
    assert sum("setting up" in err and "from uv.lock" in err for _out, err in said) == 1


def test_terminated_during_the_set_up_it_leaves_no_process_behind(checkout):
    without_environment(checkout)
    with subprocess.Popen(
        [checkout / "city", "wait"], env={"PATH": PATH}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as stopped:
        assert stopped.stderr
        assert "setting up" in stopped.stderr.readline()
        time.sleep(0.05)
        stopped.send_signal(signal.SIGTERM)
        assert stopped.wait(timeout=30) in (128 + signal.SIGTERM, -signal.SIGTERM)
        assert stopped.stderr.read() == ""
    with (checkout / ".tools" / "lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # raises while a step that inherited the lock is alive


def test_the_test_word_runs_the_suite_and_later_words_leave_its_packages_alone(checkout):
    result = city(checkout, "test", CARDSERVICE_NO_INSTALL="1")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "1 passed in" in result.stdout
    assert city(checkout, "demo").stderr == ""
    (checkout / "pyproject.toml").open("a").write("\n")
    assert "setting up" in city(checkout, "demo").stderr
    assert (checkout / ".venv" / "bin" / "pytest").exists()


def test_the_test_word_takes_pytest_arguments_of_the_callers_folder(checkout):
    result = city(
        checkout, "test", "test_one.py::test_it_passes", "-v", cwd=checkout / "tests", CARDSERVICE_NO_INSTALL="1"
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert " 1 passed in" in result.stdout


def test_a_failing_test_and_a_complaint_of_ruff_both_fail_the_test_word(checkout):
    planted = checkout / "tests" / "test_planted.py"
    try:
        planted.write_text("def test_it_fails() -> None:\n    raise ValueError\n")
        failed = city(checkout, "test", CARDSERVICE_NO_INSTALL="1")
        planted.write_text("import os\n")
        untidy = city(checkout, "test", CARDSERVICE_NO_INSTALL="1")
    finally:
        planted.unlink()
    assert failed.returncode == 1
    assert "1 failed, 1 passed in" in failed.stdout
    assert untidy.returncode == 1
    assert "F401" in untidy.stdout
    assert "1 passed in" in untidy.stdout


def test_the_test_word_says_loudly_which_packages_it_left_out(checkout):
    file = checkout / "city"
    original = file.read_text()
    row = '    ("/nonexistent/sign", "no-such-package", "the test of nothing"),\n'
    planted = original.replace("SYSTEM_PACKAGES = (", "SYSTEM_PACKAGES = (\n" + row, 1)
    assert planted != original
    try:
        file.write_text(planted)
        result = city(checkout, "test", CARDSERVICE_NO_INSTALL="1")
    finally:
        file.write_text(original)
    sentence = "LEFT OUT: no-such-package is not installed (CARDSERVICE_NO_INSTALL=1 forbids it)"
    assert result.stderr.count(sentence) == 2, "before the tests and after them"
    assert "the test of nothing" in result.stderr


def test_ci_runs_the_suite_and_shows_its_closing_line(checkout):
    result = subprocess.run(
        [checkout / ".ci" / "run"],
        cwd="/",
        env={"PATH": PATH, "CARDSERVICE_NO_INSTALL": "1"},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 0, result.stderr
    assert "1 passed in" in result.stdout.splitlines()[-1]


def test_an_ordinary_user_sets_up_a_checkout_of_his_own(checkout, folder, stranger_python):
    own = new_checkout(folder / "his own")
    shutil.copytree(checkout / ".tools", own / ".tools")
    for path in (own, *own.rglob("*")):
        os.chown(path, STRANGER, STRANGER, follow_symlinks=False)
    assert seen(city_as_stranger(own, stranger_python, "demo"))["words"] == ["demo"]
    assert (own / ".venv").stat().st_uid == STRANGER


def test_an_ordinary_user_is_told_that_a_checkout_of_root_is_not_his(folder, stranger_python):
    roots = new_checkout(folder / "of root")
    result = city_as_stranger(roots, stranger_python, "demo")
    assert result.returncode == NOT_SET_UP
    assert f"{roots} belongs to root and user {STRANGER} may not write there" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_without_words_it_shows_the_two_commands_and_sets_nothing_up(bare):
    result = city(bare)
    assert result.returncode == 0
    assert "./city demo" in result.stdout
    assert "./city test" in result.stdout
    assert not (bare / ".tools").exists()


def test_without_network_one_sentence_says_so(bare):
    result = city(bare, "demo", PIP_CONFIG_FILE="/dev/null", PIP_INDEX_URL="http://127.0.0.1:9/simple")
    assert result.returncode == NOT_SET_UP
    assert "pip could not download uv" in result.stderr
    assert "Connection refused" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_forged_uv_is_refused(bare, tmp_path):
    with zipfile.ZipFile(tmp_path / "uv-0.13.9-py3-none-any.whl", "w") as forged:
        forged.writestr("uv-0.13.9.data/scripts/uv", "#!/bin/sh\n")
        forged.writestr("uv-0.13.9.dist-info/METADATA", "Metadata-Version: 2.1\nName: uv\nVersion: 0.13.9\n")
        forged.writestr("uv-0.13.9.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        forged.writestr("uv-0.13.9.dist-info/RECORD", "")
    result = city(bare, "demo", PIP_CONFIG_FILE="/dev/null", PIP_NO_INDEX="1", PIP_FIND_LINKS=str(tmp_path))
    assert result.returncode == NOT_SET_UP
    assert "DO NOT MATCH THE HASHES" in result.stderr
    assert not list((bare / ".tools").glob("uv-*"))


def test_a_python_without_pip_and_venv_is_told_what_to_install(bare, tmp_path):
    python = tmp_path / "python3"
    python.write_text('#!/bin/sh\necho "No module named $2" >&2\nexit 1\n')
    python.chmod(0o755)
    result = city_in_another_python(bare, f"sys._base_executable = {str(python)!r}")
    assert result.returncode == NOT_SET_UP
    assert "apt install python3-venv" in result.stderr
    assert "No module named venv" in result.stderr


def test_an_old_python_is_told_which_one_is_needed(bare):
    result = city_in_another_python(bare, "sys.version_info = (3, 9, 2, 'final', 0)")
    assert result.returncode == NOT_SET_UP
    assert "needs Python 3.11 to 3.14, and python3 is 3.9" in result.stderr


def test_an_old_python_hands_over_to_a_newer_one_on_the_path(checkout, tmp_path):
    (tmp_path / "python3.12").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "python3.13").write_text(f'#!/bin/sh\nexec "{BASE_PYTHON}" "$@"\n')
    for python in tmp_path.iterdir():
        python.chmod(0o755)
    result = city_in_another_python(checkout, "sys.version_info = (3, 9, 2, 'final', 0)", PATH=f"{tmp_path}:/bin")
    assert seen(result)["words"] == ["demo"]


def test_the_file_parses_under_python_3_6():
    ast.parse((ROOT / "city").read_text(), feature_version=(3, 6))
