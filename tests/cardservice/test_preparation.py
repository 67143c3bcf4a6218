"""Preparing the databases of a home: done once, and again as soon as something it follows from has changed."""

from pathlib import Path

import pytest

from cardservice import demo_root
from cardservice.home import Home
from cardservice.preparation import prepare


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    place = Home(tmp_path_factory.mktemp("prepared") / "home", urls={})
    place.prepare_directories()
    demo_root.make_if_missing(place)
    prepare(place)
    return place


def worked_on(home: Home) -> bool:
    """Whether preparing runs any process: each opens its compartment's log."""
    logs = [home.logs / f"prepare-{alias}.log" for alias in ("staff", "issuance", "verification", "privacy")]
    for log in logs:
        log.unlink(missing_ok=True)
    prepare(home)
    return any(log.exists() for log in logs)


def test_a_home_that_was_prepared_is_left_as_it_is(home: Home):
    assert not worked_on(home)


@pytest.mark.parametrize("lost", ["databases/staff.sqlite3", "demo-staff.json", ".prepared"])
def test_what_is_missing_is_made_again(home: Home, lost: str):
    (home.path / lost).unlink()

    assert worked_on(home)
    assert (home.path / lost).exists()
    assert not worked_on(home)


def test_another_key_set_is_taken_over(home: Home, tmp_path: Path):
    other = Home(tmp_path / "other", urls={})
    other.prepare_directories()
    demo_root.make_if_missing(other)
    home.key_set.write_bytes(other.key_set.read_bytes())

    assert worked_on(home)


def test_databases_elsewhere_are_prepared_at_every_start(tmp_path: Path):
    place = tmp_path / "elsewhere.sqlite3"

    assert not Home(tmp_path, urls={"STAFF_URL": f"sqlite:///{place}"}).embedded
    assert not Home(tmp_path, urls={"GATE_VERIFICATION_URL": f"sqlite:///{place}"}).embedded
    assert Home(tmp_path, urls={}).embedded
