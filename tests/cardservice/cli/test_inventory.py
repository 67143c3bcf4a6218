"""The word `inventory`: without any database, home or process; as lines, JSON and a page."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

from typer.testing import CliRunner

from cardservice.cli.answers import Failed
from cardservice.cli.app import app_of
from cardservice.cli.inventory_page import page
from cardservice.declarations import Kind
from cardservice.inventory import INVENTORY, declared

RUNNER = CliRunner()
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """The elements of a page, its ids and links; complains of tags that do not match."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(source)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on") or name in ("src", "style")]
        self.elements.append(tag)
        self.ids += [str(given["id"])] if "id" in given else []
        self.links += [str(given["href"])] if "href" in given else []
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_it_lists_all_compartments_in_a_process_that_holds_none(tmp_path: Path):
    bare = {
        name: value for name, value in os.environ.items() if "CARDSERVICE" not in name and not name.endswith("_URL")
    }
    bare.pop("DJANGO_SETTINGS_MODULE", None)
    run = subprocess.run(
        [sys.executable, "-m", "cardservice", "inventory", "--json"],
        cwd=tmp_path,
        env=bare | {"PYTHONPATH": str(Path(__file__).parents[3])},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    body = json.loads(run.stdout)
    assert list(body["compartments"]) == ["issuance", "verification", "privacy", "staff", "frame"]
    assert body["summary"]["places"] == len(declared(*Kind))
    assert list(tmp_path.iterdir()) == []


def test_json_says_everything_of_a_place_and_why_an_exception_is_kept():
    body = json.loads(RUNNER.invoke(app_of(["inventory"]), ["inventory", "--json"]).stdout)
    (card,) = (it for it in body["compartments"]["issuance"] if it["name"] == "issuance.Card")
    assert card["kind"] == "table"
    assert card["personal_data"] == "none"
    assert card["readers"] == ["desk", "issuance", "registrar", "signer"]
    assert set(card) == {
        "kind", "name", "personal_data", "purpose", "retention", "readers", "article", "stays_empty",
        "fields", "excused",
    }  # fmt: skip
    (session,) = (it for it in body["compartments"]["staff"] if it["name"] == "sessions.Session")
    assert set(session["excused"]) == {"session_data", "expire_date"}


def test_lines_name_every_place():
    said = RUNNER.invoke(app_of(["inventory"]), ["inventory"]).stdout
    assert all(f"{it.kind} {it.name}" in said for it in declared(*Kind))
    assert "Kept of residents: nothing." in said


def test_the_page_is_whole_and_loads_nothing(tmp_path: Path):
    target = tmp_path / "inventory.html"
    run = RUNNER.invoke(app_of(["inventory"]), ["inventory", "--html", str(target)])
    assert run.exit_code == 0
    source = target.read_text()
    seen = Page(source)
    assert source.startswith("<!doctype html>")
    assert '<html lang="en">' in source
    assert not {"script", "link", "img", "iframe"} & set(seen.elements)
    assert not re.search(r"url\(|@import|https?://", source)
    assert seen.elements.count("h1") == 1
    assert len(seen.ids) == len(set(seen.ids))
    assert seen.links == [f"#{name}" for name in INVENTORY]
    assert {link.removeprefix("#") for link in seen.links} <= set(seen.ids)


def test_the_page_names_every_place_and_every_field():
    words = set(Page(page()).text)
    for it in declared(*Kind):
        assert it.name in words or it.stays_empty, it.name
        assert set(it.fields) <= words, it.name


def test_a_page_that_cannot_be_written_says_what_to_do(tmp_path: Path):
    run = RUNNER.invoke(app_of(["inventory"]), ["inventory", "--html", str(tmp_path / "missing" / "inventory.html")])
    assert isinstance(run.exception, Failed)
    assert str(run.exception).endswith("(No such file or directory): choose another place.")
