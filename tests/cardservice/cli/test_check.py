"""The word `check`: offline, with the exit code as the answer."""

import io
import json
from pathlib import Path

import pytest
import qrcode
import time_machine
from PIL import Image
from typer.testing import CliRunner

from cardservice.cli.answers import Failed
from cardservice.cli.app import app_of
from cardservice.credential import cbor, keys
from cardservice.credential.numbers import card_number
from cardservice.home import Home
from tests.verification import build

RUNNER = CliRunner()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    place = Home(tmp_path / "a home")
    build.Publication().write(place.published)
    place.root_public.parent.mkdir(parents=True, exist_ok=True)
    place.root_public.write_bytes(cbor.dumps(keys.to_cose_key(build.public("root"))))
    return place.path


def check(home: Path, *words: str, stdin: str = ""):
    with time_machine.travel(build.NOW):
        return RUNNER.invoke(app_of(["check"]), ["check", *words, "--home", str(home)], input=stdin)


def sentence(result) -> str:
    assert isinstance(result.exception, Failed)
    assert result.stdout == ""
    return str(result.exception)


def test_a_valid_card_gives_zero_and_its_fields(home):
    result = check(home, build.card(photo=None), "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {
        "verdict": "valid",
        "reason": None,
        "expires": "2029-11",
        "card": {"name": "Ada Example", "born": "1984-02-29", "photo": None},
        "trust": {"key_set_seq": 7, "status_list_issued_at": "2026-11-23T23:59:00Z"},
    }


@pytest.mark.parametrize(
    ("text", "verdict", "reason"),
    [
        (build.forged_card(), "refused", "bad_signature"),
        ("NOTHING", "refused", "malformed"),
        (build.card(list_number=1, number=card_number(list_number=1, index=build.INDEX)), "unsure", "status_unknown"),
    ],
)
def test_a_card_that_is_not_valid_gives_one_and_a_reason(home, text, verdict, reason):
    result = check(home, text, "--json")
    assert result.exit_code == 1
    body = json.loads(result.stdout)
    assert (body["verdict"], body["reason"]) == (verdict, reason)
    assert (body["card"] is None) == (verdict == "refused")


def test_people_are_told_what_to_do_and_not_to_turn_anybody_away(home):
    result = check(home, build.forged_card())
    assert result.stdout.startswith("Not valid\n")
    assert "Do not turn the person away." in result.stdout


@pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
def test_it_reads_the_text_from_standard_input(home, ending):
    assert check(home, "-", stdin=build.card() + ending).exit_code == 0


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_it_reads_the_code_in_a_picture(home, tmp_path, form):
    path = tmp_path / "picture"
    qrcode.make(build.card(photo=None)).convert("RGB").save(path, form)
    assert check(home, "--image", str(path)).exit_code == 0


def test_it_says_what_is_wrong_with_a_picture(home, tmp_path):
    empty, text, damaged = tmp_path / "empty.png", tmp_path / "text.png", tmp_path / "damaged.png"
    Image.new("L", (50, 50), 255).save(empty)
    text.write_text("no picture")
    whole = io.BytesIO()
    Image.effect_noise((200, 200), 50).save(whole, "PNG")
    damaged.write_bytes(whole.getvalue()[:900])
    assert "No QR code was found" in sentence(check(home, "--image", str(empty)))
    assert "no PNG, JPEG or WebP" in sentence(check(home, "--image", str(text)))
    assert "cannot be read" in sentence(check(home, "--image", str(damaged)))
    assert "cannot be read" in sentence(check(home, "--image", str(tmp_path / "missing.png")))


@pytest.mark.parametrize("words", [(), ("TEXT", "--image", "x.png")])
def test_it_wants_exactly_one_card(home, words):
    assert "or --image FILE" in sentence(check(home, *words))


def test_without_published_documents_it_says_what_to_do(tmp_path):
    assert "cardservice publish" in sentence(check(tmp_path / "nothing", "TEXT"))
    build.Publication({}).write(Home(tmp_path / "empty").published)
    Home(tmp_path / "empty").root_public.write_bytes(cbor.dumps(keys.to_cose_key(build.public("root"))))
    assert "cardservice publish" in sentence(check(tmp_path / "empty", "TEXT"))
