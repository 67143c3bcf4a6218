"""Readers of environment variables."""

import os
import pwd
from pathlib import Path

import pytest

from cardservice import environment
from cardservice.environment import WrongEnvironment

NAME = "CARDSERVICE_TESTED"


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch):
    """Sets the variable under test."""
    monkeypatch.delenv(NAME, raising=False)
    return lambda value: monkeypatch.setenv(NAME, value)


def test_a_text_that_is_not_set_is_refused_unless_there_is_a_default(given):
    with pytest.raises(WrongEnvironment, match=f"{NAME} is not set"):
        environment.text(NAME)
    assert environment.text(NAME, default="x") == "x"
    given("y")
    assert environment.text(NAME, default="x") == "y"


def test_an_empty_text_counts_as_not_set(given):
    given("")
    with pytest.raises(WrongEnvironment):
        environment.text(NAME)


@pytest.mark.parametrize("value", ["Demo", "demo ", "test", "production,demo"])
def test_a_choice_takes_one_of_the_words_and_nothing_like_it(given, value: str):
    given(value)
    with pytest.raises(WrongEnvironment, match="set it to one of demo, production"):
        environment.choice(NAME, ("demo", "production"))


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "1e3", "11", "ten", " 5", "0x5"])
def test_a_whole_number_out_of_bounds_or_in_other_spelling_is_refused(given, value: str):
    given(value)
    with pytest.raises(WrongEnvironment, match="set it to a whole number from 1 to 10"):
        environment.whole(NAME, default=5, least=1, most=10)


@pytest.mark.parametrize("value", ["1", "10"])
def test_a_whole_number_within_bounds_is_taken(given, value: str):
    given(value)
    assert environment.whole(NAME, default=5, least=1, most=10) == int(value)


def test_a_secret_is_read_from_its_file(given, tmp_path: Path):
    (tmp_path / "key").write_text("s" * 32 + "\n")
    given(str(tmp_path / "key"))
    assert environment.secret(NAME) == "s" * 32


def test_a_short_secret_is_refused_without_being_shown(given, tmp_path: Path):
    (tmp_path / "key").write_text("Zq7secret")
    given(str(tmp_path / "key"))
    with pytest.raises(WrongEnvironment, match="fewer than 32 characters") as refusal:
        environment.secret(NAME)
    assert "Zq7secret" not in str(refusal.value)


def test_a_secret_file_that_is_missing_is_refused(given, tmp_path: Path):
    given(str(tmp_path / "nothing"))
    with pytest.raises(WrongEnvironment, match="cannot be read"):
        environment.secret(NAME)


def test_a_passphrase_is_read_from_its_variable_or_else_from_a_file_of_the_owner(given, tmp_path: Path, monkeypatch):
    file = tmp_path / "passphrase"
    file.write_text("f" * 32 + "\n")
    file.chmod(0o600)
    monkeypatch.setenv(f"{NAME}_FILE", str(file))
    assert environment.passphrase(NAME) == "f" * 32
    given("v" * 32)
    assert environment.passphrase(NAME) == "v" * 32


def test_a_passphrase_that_is_short_missing_or_open_to_others_is_refused_without_being_shown(
    given, tmp_path: Path, monkeypatch
):
    given("Zq7secret")
    with pytest.raises(WrongEnvironment, match="fewer than 32 characters") as short:
        environment.passphrase(NAME)
    given("")
    with pytest.raises(WrongEnvironment, match=f"{NAME}_FILE is not set"):
        environment.passphrase(NAME)
    (tmp_path / "passphrase").write_text("Zq7secret" * 4)
    (tmp_path / "passphrase").chmod(0o640)
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "passphrase"))
    with pytest.raises(WrongEnvironment, match="chmod 600") as readable:
        environment.passphrase(NAME)
    assert "Zq7secret" not in f"{short.value}{readable.value}"


@pytest.mark.parametrize("extra", [{}, {"path": "/a%20b/c.sqlite3"}])
def test_a_sqlite_database_has_durable_settings(given, extra: dict[str, str]):
    given(f"sqlite:///{extra.get('path', '/a/c.sqlite3')}")
    database = environment.database(NAME)
    assert database["NAME"] == ("/a b/c.sqlite3" if extra else "/a/c.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY", "foreign_keys=ON"):
        assert pragma in database["OPTIONS"]["init_command"]


def test_a_postgresql_database_is_taken_apart(given):
    given("postgresql://desk:p%40ss@db.invalid:5433/issuance")
    database = environment.database(NAME)
    assert [database[part] for part in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        *("desk", "p@ss", "db.invalid", 5433, "issuance"),
    ]


@pytest.mark.parametrize(
    "value",
    [
        "sqlite:///relative.sqlite3",
        "sqlite://",
        "mysql://desk:Zq7secret@host/db",
        "postgresql://desk:Zq7secret@host/",
        "postgresql://desk:Zq7secret@host:port/db",
        "postgresql://desk:Zq7secret@[host/db",
        "/a/c.sqlite3",
    ],
)
def test_what_is_no_database_is_refused_without_being_shown(given, value: str):
    given(value)
    with pytest.raises(WrongEnvironment, match="is not a database URL") as refusal:
        environment.database(NAME)
    assert "Zq7secret" not in str(refusal.value)


def test_accounts_are_given_by_name_or_number_and_are_ones_own_when_nothing_is_said(given):
    assert environment.uids(NAME) == {os.getuid()}
    given("0, nobody,12")
    assert environment.uids(NAME) == {0, pwd.getpwnam("nobody").pw_uid, 12}


@pytest.mark.parametrize("value", ["no-such-account", "0,", "-1", "0;1", "root,no-such-account"])
def test_an_account_that_the_machine_does_not_have_is_refused(given, value: str):
    given(value)
    with pytest.raises(WrongEnvironment, match="names an account that this machine does not have"):
        environment.uids(NAME)
