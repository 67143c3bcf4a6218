"""The words `agreement ...`, in a process that holds the agreements only."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cardservice.cli.answers import Failed
from cardservice.cli.app import app_of
from cardservice.home import Home
from cardservice.preparation import migrate

RUNNER = CliRunner()
LIBRARY = ("--provider=Library", "--sector=culture", "--purpose=lending", "--contact=front desk")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Home(tmp_path_factory.mktemp("home") / "var")
    migrate(place)
    return place.path


def word(home: Path, *words: str):
    return RUNNER.invoke(app_of(["agreement"]), ["agreement", *words, "--home", str(home)])


def answer(home: Path, *words: str) -> dict:
    result = word(home, *words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


def test_an_agreement_goes_through_its_life(home):
    added = answer(home, "add", *LIBRARY, "--field=name", "--field=photo", "--face=portrait", "--ends=2099-12-31")
    assert added["api_key"].startswith(f"cs_{added['provider_id']}_")
    (listed,) = answer(home, "list")["agreements"]
    assert listed == {
        "provider_id": added["provider_id"],
        "provider": "Library",
        "sector": "culture",
        "purpose": "lending",
        "fields": ["name", "photo"],
        "face": "portrait",
        "starts": datetime.now(UTC).date().isoformat(),
        "ends": "2099-12-31",
        "state": "active",
    }
    rotated = answer(home, "rotate-key", added["provider_id"])
    assert rotated["provider_id"] == added["provider_id"]
    assert rotated["api_key"] != added["api_key"]
    paired = answer(home, "pair", added["provider_id"])
    assert paired.keys() == {"provider_id", "code", "expires"}
    assert answer(home, "suspend", added["provider_id"])["state"] == "suspended"
    assert "suspended" in word(home, "list").stdout
    assert answer(home, "end", added["provider_id"])["state"] == "ended"


def test_who_is_named_as_writer_needs_a_second_person(home):
    added = answer(home, "add", *LIBRARY, "--duties-signed", "--by=A1B2C3")
    (draft,) = (it for it in answer(home, "list")["agreements"] if it["provider_id"] == added["provider_id"])
    assert draft["state"] == "draft"
    refused = word(home, "activate", added["provider_id"], "--by=A1B2C3")
    assert "ask a second person" in str(refused.exception)
    assert answer(home, "activate", added["provider_id"], "--by=D4E5F6")["state"] == "active"


def test_in_production_the_writer_must_be_named(home, monkeypatch):
    monkeypatch.setenv("CARDSERVICE_REALM", "production")
    assert "staff code" in str(word(home, "add", *LIBRARY).exception)


def test_people_are_told_to_keep_the_key(home):
    assert "it is never shown again" in word(home, "add", *LIBRARY).stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", *LIBRARY, "--sector=police"), "There is no sector 'police'"),
        (("add", *LIBRARY, "--field=link"), "No agreement can have link"),
        (("add", *LIBRARY[1:], "--provider=IND"), "can have no agreement: it decides on the right of residence"),
        (("add", *LIBRARY, "--ends=tomorrow"), "is no day"),
        (("add", *LIBRARY, "--ends=2020-01-01"), "ends before it starts"),
        (("suspend", "00000000"), "no agreement with this provider id"),
    ],
)
def test_a_refusal_is_one_sentence(home, words, said):
    result = word(home, *words)
    assert isinstance(result.exception, Failed)
    assert said in str(result.exception)
    assert "\n" not in str(result.exception)


def test_without_a_database_it_says_what_to_do(tmp_path):
    result = word(tmp_path / "var", "list")
    assert "cardservice migrate" in str(result.exception)
