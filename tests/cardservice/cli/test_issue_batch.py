"""The word `issue --batch`: many cards from a list, none doubled by kills, clear words for bad lists."""

import csv
import json
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import typer

from cardservice.cli.answers import Failed
from cardservice.cli.batch_list import MOST_ROWS, read_list
from cardservice.cli.issue_batch import BatchFiles, issue_batch
from cardservice.home import Home
from issuance.render.readback import read_back
from tests.stack import Stack

KILLS, CARDS = 5, 16


@dataclass(frozen=True)
class Desk:
    """An operator's directory and the installation at work."""

    stack: Stack
    place: Path

    def files(self, name: str = "list.csv", resume: str | None = None) -> BatchFiles:
        return BatchFiles(
            batch=self.place / name,
            resume=self.place / (resume or f"{name}.resume"),
            card_pdf=self.place / "cards.pdf",
            paper_pdf=self.place / "papers.pdf",
            sheet_pdf=self.place / "sheets.pdf",
        )

    def write(self, names: list[str], *, name: str = "list.csv") -> None:
        with (self.place / name).open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows([["name", "language"], *[[one, "nl"] for one in names]])

    def issued(self) -> int:
        return int(self.stack.rows("issuance", "SELECT count(*) FROM issuance_card WHERE signed")[0][0])

    def texts(self) -> list[str]:
        return read_back((self.place / "cards.pdf").read_bytes())


@pytest.fixture
def desk(stack: Stack, tmp_path: Path) -> Desk:
    return Desk(stack, tmp_path)


def _run(desk: Desk, capsys: pytest.CaptureFixture[str], **files: Any) -> dict[str, Any]:
    capsys.readouterr()
    try:
        issue_batch(desk.stack.home, desk.files(**files), as_json=True)
    except typer.Exit as refused:
        assert refused.exit_code == 1
    return dict(json.loads(capsys.readouterr().out))


def test_a_batch_killed_five_times_is_resumed_without_doubling_a_card(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.write([f"Person {number}" for number in range(CARDS)])
    before, killed = desk.issued(), 0
    word = [sys.executable, "-m", "cardservice", "issue", f"--batch={desk.files().batch}", "--json"]
    word += [f"--card-pdf={desk.files().card_pdf}", f"--paper-pdf={desk.files().paper_pdf}"]
    environment = os.environ | dict(desk.stack.home.urls)
    while killed < KILLS:
        run = subprocess.Popen(
            [*word, f"--home={desk.stack.home.path}"],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        # Each time a little further: rows of earlier runs, asked for again, make no new card.
        wanted, deadline = before + 1 + 3 * killed, time.monotonic() + 60
        while desk.issued() < wanted:
            assert run.poll() is None, "the batch ended before it was killed"
            assert time.monotonic() < deadline, "the batch issues nothing"
            time.sleep(0.005)
        run.send_signal(signal.SIGKILL)
        run.wait()
        killed += 1
    assert before + 1 + 3 * (KILLS - 1) <= desk.issued() < before + CARDS
    assert not desk.files().card_pdf.exists()  # type: ignore[union-attr]

    answer = _run(desk, capsys)

    assert (answer["refused"], answer["issued"] + answer["resumed"]) == ([], CARDS)
    assert 1 + 3 * (KILLS - 1) <= answer["resumed"] < CARDS
    assert desk.issued() == before + CARDS
    # Without birth date and photo both faces of a card say the same.
    assert len(set(desk.texts())) == len(desk.texts()) / 2 == CARDS
    with pytest.raises(Failed, match="is finished"):
        _run(desk, capsys)
    assert desk.issued() == before + CARDS
    # What the resume file leaves tells nobody which cards these were.
    assert json.loads(desk.files().resume.read_text()) == {"finished": True, "rows": CARDS}


def test_the_same_list_again_under_another_seed_gives_other_cards_all_confirmed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.write(["Amina Example", "José Ejemplo", "Amina Example"])
    active = "SELECT count(*) FROM issuance_card WHERE state = 'active'"
    before = desk.stack.rows("issuance", active)[0][0]

    first = _run(desk, capsys)
    texts = desk.texts()
    second = _run(desk, capsys, resume="another")

    assert first["repeated"] == second["repeated"] == [[2, 4]]
    assert (first["issued"], second["issued"], second["resumed"]) == (3, 3, 0)
    assert not set(texts) & set(desk.texts())
    assert desk.stack.rows("issuance", active)[0][0] == before + 6
    assert len(read_back(desk.files().sheet_pdf.read_bytes())) >= 6  # type: ignore[union-attr]


def test_rows_that_the_desk_refuses_are_told_by_number_and_the_others_are_issued(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.place / "list.csv").write_text(
        "language;name;born\nnl;MARKED \u202e;\n"
        "en;Amina Example;1990-02-30\nar;أمينة;\n;JosÃ© Ejemplo;\nxx;Lee;\n;;\nnl;;\n"
    )

    answer = _run(desk, capsys)

    assert (answer["issued"], len(desk.texts())) == (1, 2)
    reasons = {one["row"]: one["reason"] for one in answer["refused"]}
    assert reasons.keys() == {2, 3, 5, 6, 8}
    for row, words in {
        2: "writing direction",
        3: "YYYY-MM-DD",
        5: "garbled",
        6: "must be one of",
        8: "is empty",
    }.items():
        assert words in reasons[row]
    assert "MARKED" not in json.dumps(answer)


def test_a_resume_file_of_another_list_is_refused_before_anything_is_issued(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.write(["Amina Example", "José Ejemplo"])
    _run(desk, capsys)
    # As if killed before the batch was finished: the seed is still there.
    seed = {"batch_seed": secrets.token_hex(32), "rows": 2, "tried": 2}
    desk.files().resume.write_text(json.dumps(seed | {"tried": None}))
    desk.files().card_pdf.unlink()  # type: ignore[union-attr]
    _run(desk, capsys)
    kept = json.dumps(seed)
    before = desk.issued()
    for names, words in ((["Other One", "Other Two"], "another list, or row 2"), (["Amina Example"], "of 2 rows")):
        desk.write(names, name="other.csv")
        desk.files("other.csv").resume.write_text(kept)
        with pytest.raises(Failed, match=words):
            _run(desk, capsys, name="other.csv")
        assert desk.files("other.csv").resume.read_text() == kept
    assert desk.issued() == before

    # And the list itself goes on, even with a row changed that had its card.
    desk.write(["Amina Example", "José Altered"])
    desk.files().resume.write_text(kept)
    answer = _run(desk, capsys)
    assert (answer["issued"], answer["resumed"], desk.issued()) == (0, 1, before)
    assert [one["row"] for one in answer["refused"]] == [3]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{}",
        "MARKED",
        '{"finished": false}',
        '{"batch_seed": "00", "rows": 1, "tried": null}',
        '{"batch_seed": "zz", "rows": 1, "tried": 2}',
    ],
)
def test_what_is_no_resume_file_is_left_alone(desk: Desk, capsys: pytest.CaptureFixture[str], content: str) -> None:
    desk.write(["Amina Example"])
    desk.files().resume.write_text(content)
    with pytest.raises(Failed, match="no resume file"):
        _run(desk, capsys)
    assert desk.files().resume.read_text() == content


BAD_LISTS: dict[str, tuple[bytes, str]] = {
    "Windows-1252": ("name\nAmina\nJosé".encode("cp1252"), r"Row 3 .* not in UTF-8"),
    "UTF-16": ("name\nJosé\n".encode("utf-16"), r"Row 1 .* not in UTF-8"),
    "UTF-16 without its mark": ("name\nJose\n".encode("utf-16-le"), "not in UTF-8"),
    "a spreadsheet": (b"PK\x03\x04\x14\x00\xff", "not in UTF-8"),
    "nothing": (b"", 'no column "name"'),
    "only a header": (b"name,born\n\n,\n", "names nobody"),
    "no header": (b"MARKED Example\nMARKED", "Column 1 .* no known title"),
    "another column": (b"name,passport\nMARKED,1\n", "Column 2 .* no known title"),
    "no name": (b"born,language\n1990-01-01,nl\n", 'no column "name"'),
    "a name twice": (b"name,born,Name\na,,b\n", 'two columns "name"'),
    "too many fields": (b"name,born\nMARKED, MARKED, 1990-01-01\n", "Row 2 .* 3 fields, the header 2"),
    "too few fields": (b"name,born\nA,\nMARKED\n", "Row 3 .* 1 fields"),
    "an open quotation": (b'name\n"MARKED\n', "quotation mark"),
    "ten thousand rows": (b"name\n" + b"MARKED Example\n" * 10_000, "10,000 rows, a batch at most 1,000"),
}


@pytest.mark.parametrize("case", BAD_LISTS)
def test_a_bad_list_gets_one_sentence_without_its_content(tmp_path: Path, case: str) -> None:
    octets, words = BAD_LISTS[case]
    (tmp_path / "list.csv").write_bytes(octets)
    with pytest.raises(Failed, match=words) as failure:
        read_list(tmp_path / "list.csv")
    assert "MARKED" not in str(failure.value)
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    "content", ["\ufeffname,born\r\nA,\r\n", " Name ; born\nA;\n", 'born\tNAME\n\t"A"\n', "name\nA"]
)
def test_lists_as_spreadsheets_write_them_are_read(tmp_path: Path, content: str) -> None:
    (tmp_path / "list.csv").write_text(content, newline="")
    rows = read_list(tmp_path / "list.csv")
    assert [(row.number, row.values) for row in rows] == [(2, {"name": "A"})]


def test_a_list_may_be_as_long_as_a_batch(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("name\n" + "A\n" * MOST_ROWS)
    assert len(read_list(tmp_path / "list.csv")) == MOST_ROWS


def test_no_list_or_no_place_for_the_cards_is_refused(tmp_path: Path) -> None:
    files = BatchFiles(tmp_path / "none.csv", tmp_path / "r", tmp_path / "c.pdf", tmp_path / "p.pdf", None)
    with pytest.raises(Failed, match="cannot be read"):
        issue_batch(Home(tmp_path), files, as_json=True)
    for missing in (
        BatchFiles(files.batch, files.resume, None, files.paper_pdf, None),
        BatchFiles(files.batch, files.resume, files.card_pdf, None, None),
    ):
        with pytest.raises(Failed, match="Say where the cards go"):
            issue_batch(Home(tmp_path), missing, as_json=True)
    assert list(tmp_path.iterdir()) == []


def test_outside_of_the_demo_lists_and_cards_lie_in_memory_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDSERVICE_REALM", "production")
    shm = Path("/dev/shm")
    good = BatchFiles(shm / "none.csv", shm / "none.resume", shm / "c.pdf", shm / "p.pdf", None)
    with pytest.raises(Failed, match=r"none\.csv cannot be read"):
        issue_batch(Home(tmp_path / "home"), good, as_json=True)
    for name in ("batch", "resume", "card_pdf", "paper_pdf", "sheet_pdf"):
        lasting = BatchFiles(**(vars(good) | {name: tmp_path / "file"}))
        with pytest.raises(Failed, match="not in memory"):
            issue_batch(Home(tmp_path / "home"), lasting, as_json=True)
