"""The page of a list: a CSV becomes cards, killed and gone on with, printed ten at a time, confirmed."""

import base64
import json
import re
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from cardservice.cli.batch import Batch
from cardservice.cli.batch_list import read_list
from cardservice.cli.batch_resume import begin_or_resume
from cardservice.credential.derive import seed_of_row
from tests.browser.clerk import held
from tests.browser.test_scan_page import AXE
from tests.stack import Stack

PEOPLE = ["Amara Nwosu", "Bilal Haddad", "Chen Wei", "Dana Popescu", "Ewa Kowalska", "Farid Karimi"]
LIST = "name,language\n" + "".join(f"{name},nl\n" for name in PEOPLE)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """The page of a list. Whatever a test does, nothing may break the content security policy."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/batch")
    yield page
    assert not [text for text in complaints if "Content Security Policy" in text or "Error" in text], complaints


def choose(page: Page, text: str | bytes, resume: bytes | None = None) -> None:
    octets = text.encode() if isinstance(text, str) else text
    if resume is not None:
        kept = {"name": "batch-resume.json", "mimeType": "application/json", "buffer": resume}
        page.get_by_label("Resume file").set_input_files(kept)  # type: ignore[arg-type]
    page.get_by_label("List", exact=True).set_input_files(
        {"name": "list.csv", "mimeType": "text/csv", "buffer": octets}
    )


def begin(page: Page) -> bytes:
    """Saves the resume file and begins; what the file says."""
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save the resume file").click()
    page.get_by_role("button", name="Begin").click()
    return Path(saved.value.path()).read_bytes()


def go_on(page: Page, text: str, resume: bytes) -> None:
    choose(page, text, resume)
    page.get_by_role("button", name="Go on with this batch").click()


def all_made(page: Page, made: int, refused: int = 0) -> None:
    told = f"{made} of {made + refused} cards made, {refused} rows refused."
    expect(page.locator("#run-status")).to_have_text(told)
    expect(page.get_by_role("heading", name="Print and confirm")).to_be_visible()


def cards(stack: Stack, state: str | None = None) -> int:
    where = "" if state is None else f" WHERE state = '{state}'"
    return int(stack.rows("issuance", f"SELECT count(*) FROM issuance_card{where}")[0][0])


def refusal(page: Page) -> Any:
    return page.locator("#choose-alert")


def test_a_list_becomes_cards_that_work_once_the_clerk_confirms_them(page: Page, stack: Stack):
    before, active = cards(stack), cards(stack, "active")
    choose(page, LIST)
    begin(page)
    all_made(page, 6)
    assert (cards(stack), cards(stack, "active")) == (before + 6, active)
    with page.expect_response("**/cards/sheet") as answer:
        page.get_by_role("button", name="Make the files").click()
    files = answer.value.json()
    for name, pages in (("card_pdf", 12), ("sheet_pdf", 2), ("paper_pdf", 6)):
        assert len(pdfium.PdfDocument(base64.b64decode(files[name]))) == pages
    expect(page.get_by_role("link", name="Cards on an A4 sheet")).to_have_attribute("href", re.compile("^blob:"))
    page.get_by_role("button", name="Confirm printed").click()
    expect(page.locator("#all-done")).to_be_focused()
    assert (cards(stack), cards(stack, "active")) == (before + 6, active + 6)
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    )
    assert kept == [0, 0, 0]


def killed_after(page: Page, answers: int, go: Callable[[], Any]) -> Any:
    """Does `go`, lets so many cards be answered, has one more made, and reloads before the page hears of it."""
    made: list[int] = []

    def answer(route: Route) -> None:
        if len(made) <= answers:
            made.append(route.fetch().status)
        if len(made) <= answers:
            route.fulfill(status=made[-1], json={})

    page.route("**/cards", answer)
    outcome = go()
    for _ in range(600):
        if len(made) > answers:
            break
        page.wait_for_timeout(50)
    assert len(made) == answers + 1
    page.reload()
    page.unroute("**/cards")
    return outcome


def test_reloaded_five_times_in_the_midst_no_card_is_doubled(page: Page, stack: Stack):
    before = cards(stack)
    choose(page, LIST)
    resume = killed_after(page, 0, lambda: begin(page))
    for answers in (1, 2, 3, 4):
        killed_after(page, answers, lambda: go_on(page, LIST, resume))
        assert cards(stack) == before + answers + 1
    go_on(page, LIST, resume)
    all_made(page, 6)
    assert cards(stack) == before + 6
    assert set(json.loads(resume)) == {"batch_seed", "rows", "tried"}


def test_the_command_line_goes_on_with_a_batch_of_the_page_and_the_page_with_one_of_it(
    page: Page, stack: Stack, tmp_path: Path
):
    before = cards(stack)
    choose(page, LIST)
    resume = begin(page)
    all_made(page, 6)
    (tmp_path / "list.csv").write_text(LIST)
    (tmp_path / "resume").write_bytes(resume)
    rows = read_list(tmp_path / "list.csv")
    batch = Batch(stack.clerk(), rows, begin_or_resume(tmp_path / "resume", rows=6), lambda: None)
    batch.issue()
    assert [made.created for made in batch.made.values()] == [False] * 6
    page.reload()
    go_on(page, LIST, (tmp_path / "resume").read_bytes())
    all_made(page, 6)
    assert cards(stack) == before + 6


def test_the_seeds_of_rows_are_those_of_the_command_line(page: Page):
    for row in (2, 3, 23, 1001):
        seed = secrets.token_bytes(32)
        script = page.locator("script[type=module]").get_attribute("src")
        assert script is not None
        load = "(await import(new URL('row_seed.js', new URL(script, location))))"
        made = page.evaluate(f"async ([script, seed, row]) => {load}.seedOfRow(seed, row)", [script, seed.hex(), row])
        assert made == seed_of_row(batch_seed=seed, row=row).hex()


def test_a_refused_row_is_told_by_its_number_and_repeated_rows_get_a_card_each(page: Page):
    choose(page, "name,born\nAmara Nwosu,\nJosÃ© Sosa,\nBilal Haddad,31-12-1990\nAmara Nwosu,\n")
    expect(page.locator("#ready-text")).to_have_text("4 cards. Rows 2, 5 say the same: each gets a card of its own.")
    begin(page)
    all_made(page, 2, refused=2)
    first, second = page.locator("#refused-rows li").all_inner_texts()
    assert first.startswith("Row 3: The name is garbled")
    assert second == "Row 4: born is not a date: write it as YYYY-MM-DD."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name\nJosé\n".encode("latin-1"), "Row 2 is not in UTF-8: save the table as “CSV UTF-8”."),
        ("name\nAmara\n".encode("utf-16"), "Row 1 is not in UTF-8: save the table as “CSV UTF-8”."),
        (
            "first,last\nAmara,Nwosu\n",
            "Column 1 has no known title in row 1: allowed are name, born, profile, language.",
        ),
        ("name,name\nA,B\n", "There are two columns “name”: keep one."),
        (
            "born\n1990-01-01\n",
            "There is no column “name”: row 1 must hold the titles (name, born, profile, language).",
        ),
        (
            "name;born\nAmara\n",
            "Row 2 has 1 fields, the header 2: put values that hold the separator in quotation marks.",
        ),
        ('name\n"Amara\n', "The list is no CSV: a quotation mark is open or out of place."),
        ("name\n\n", "The list names nobody: put one person in each row below the header."),
        ("name\n" + "A\n" * 10_000, "The list has 10000 rows, a batch at most 1000: cut it into several lists."),
    ],
)
def test_a_list_that_cannot_be_read_gets_one_sentence(page: Page, text: str | bytes, said: str):
    choose(page, text)
    expect(refusal(page)).to_have_text(said)
    expect(page.locator("#ready")).to_be_hidden()


def test_a_resume_file_of_another_batch_is_refused(page: Page, stack: Stack):
    choose(page, LIST)
    resume = begin(page)
    all_made(page, 6)
    before = cards(stack)
    page.reload()
    choose(page, LIST + "Gina,nl\n", resume)
    expect(refusal(page)).to_contain_text("belongs to a batch of 6 rows, the list has 7")
    choose(page, LIST, b"{}")
    expect(refusal(page)).to_have_text("This is no resume file of a batch: choose another one.")
    choose(page, LIST, b'{"finished": true, "rows": 6}')
    expect(refusal(page)).to_contain_text("is finished")
    go_on(page, LIST.replace("Amara", "Zahra"), resume)
    expect(refusal(page)).to_contain_text("belongs to another list")
    assert cards(stack) == before


def test_it_pauses_and_goes_on(page: Page):
    waiting = held(page, "**/cards")
    choose(page, LIST)
    with page.expect_request("**/cards"):
        begin(page)
    page.get_by_role("button", name="Pause").click()
    waiting[0].continue_()
    expect(page.locator("#run-status")).to_have_text("1 of 6 cards made, 0 rows refused.")
    page.get_by_role("button", name="Go on").click()
    all_made(page, 6)


def test_where_the_session_ended_one_signs_in_again_in_place(page: Page):
    page.route("**/cards", lambda route: route.fulfill(status=401, json={"title": "Sign in first"}), times=1)
    choose(page, LIST)
    begin(page)
    page.get_by_role("dialog", name="Sign in again").get_by_role("button", name="Not now").click()
    expect(page.locator("#run-alert")).to_have_text("You were signed out. Nothing is lost: go on to sign in.")
    page.get_by_role("button", name="Go on").click()
    all_made(page, 6)


def test_axe_finds_nothing_and_nothing_stands_beside_a_narrow_screen(page: Page):
    page.set_viewport_size({"width": 320, "height": 800})
    page.evaluate(AXE.read_text())

    def look() -> None:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            found = page.evaluate("() => axe.run(document)")["violations"]
            assert [f"{it['id']}: {it['nodes'][0]['html'][:90]}" for it in found] == []
        assert page.evaluate("() => document.documentElement.scrollWidth") == 320

    look()
    choose(page, "nobody\nA\n")
    expect(refusal(page)).to_be_visible()
    look()
    choose(page, "name,born\nAmara,\nBilal,1890-01-01\n")
    expect(page.locator("#ready")).to_be_visible()
    look()
    begin(page)
    all_made(page, 1, refused=1)
    page.get_by_role("button", name="Make the files").click()
    expect(page.get_by_role("button", name="Confirm printed")).to_be_visible()
    look()
