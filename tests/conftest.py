"""Fixtures of the whole suite."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from tests.cluster import IN_PROCESS, ON_POSTGRESQL, binaries
from tests.faults import table
from tests.stack import Stack, running_stack


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--faults", action="store_true", help="kill processes 200 times while cards are issued, not 20")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the fault table; here, since workers of a parallel run have no terminal."""
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    if lines := table.lines(noted for report in reports for noted in getattr(report, "user_properties", [])):
        terminalreporter.section("faults")
        for line in lines:
            terminalreporter.write_line(line)


def pytest_configure(config: pytest.Config) -> None:
    if ON_POSTGRESQL and binaries() is None:
        raise pytest.UsageError("CARDSERVICE_TEST_DATABASE=postgresql needs PostgreSQL: apt-get install postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what touches a database runs: all else would only be the same again."""
    if ON_POSTGRESQL:
        left_out = [item for item in items if not _touches_databases(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if _touches_databases(item)]


def _touches_databases(item: pytest.Item) -> bool:
    if "browser" in item.path.parts:
        return False
    starts_processes = "stack" in item.fixturenames or hasattr(item.module, "running_stack")  # type: ignore[attr-defined]
    return starts_processes or item.get_closest_marker("django_db") is not None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """Starts the server that this process's test databases are made on."""
    if not ON_POSTGRESQL:
        yield
        return
    try:
        IN_PROCESS.start()
        IN_PROCESS.make_roles()
        yield
    finally:
        IN_PROCESS.remove()


@pytest.fixture(autouse=True)
def _no_attempts_left_over() -> None:
    """Counted attempts and used codes live in this process's memory: each test starts without any."""
    cache.clear()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One running installation per test process, shared by the tests that do not stop or damage it."""
    with running_stack(tmp_path_factory.mktemp("home")) as running:
        yield running
