"""A day with a queue at the desk page: blank cards, numbers in place of names, large print, several desks, a jam."""

import base64
import json
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from playwright.sync_api import Browser, Page, expect

from cardservice.cli.portrait import draw_portrait
from issuance.render.readback import read_back
from tests.browser.clerk import NAME, codes_of, confirm_and_go_on, fill_in, held, issue, see, sent_to
from tests.browser.test_scan_page import AXE
from tests.stack import Stack


def open_panel(page: Page) -> None:
    page.get_by_text("Outreach day and large print").click()


def test_each_card_made_takes_a_blank_off_until_none_is_left(page: Page):
    expect(page.locator("#outreach-short")).to_have_text("")
    open_panel(page)
    page.get_by_label("Blank cards left today").fill("1 card")
    expect(page.locator("#outreach-short")).to_have_text("cards left: 1")
    expect(page.locator("#blanks-status")).to_contain_text("nearly used up")
    sent = sent_to(page, "/cards")
    for _ in range(2):
        issue(page)
        confirm_and_go_on(page)
        expect(page.get_by_label("Blank cards left today")).to_have_value("0")
        expect(page.locator("#blanks-status")).to_contain_text("No blank card is left")
    assert not {"blanks", "ticket", "next"} & {key for request in sent for key in request.post_data_json}


def test_people_wait_with_numbers_that_no_one_but_the_page_knows(page: Page):
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.evaluate("() => (window.print = () => {})")
    open_panel(page)
    page.get_by_label("First number of the next sheet").fill("101")
    page.get_by_role("button", name="Print 24 numbers").click()
    sheet = pdfium.PdfDocument(BytesIO(page.pdf(format="A4", prefer_css_page_size=True)))
    assert len(sheet) == 1
    words = sheet[0].get_textpage().get_text_bounded().split()
    assert [int(word) for word in words if word.isdigit()] == list(range(101, 125))
    page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#tickets li")).to_have_count(0)
    expect(page.get_by_label("First number of the next sheet")).to_have_value("125")
    expect(page.locator("#outreach-short")).to_have_text("next: 101")
    page.get_by_role("button", name="One further").click()
    expect(page.locator("#outreach-short")).to_have_text("next: 102")
    assert asked == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_in_large_print_can_be_read_by_everybody_on_every_screen(page: Page, scheme: Any):
    page.emulate_media(color_scheme=scheme)
    size = "() => parseFloat(getComputedStyle(document.getElementById('name')).fontSize)"
    usual = page.evaluate(size)
    open_panel(page)
    page.get_by_label("Large print").check()
    page.get_by_label("Blank cards left today").fill("0")
    assert page.evaluate(size) == 1.5 * usual
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, { iframes: false })")["violations"]
    assert [f"{it['id']}: {it['nodes'][0]['html'][:90]}" for it in found] == []
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    fill_in(page)
    see(page)
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320


def test_large_print_gives_a_large_paper_and_a_preview_seen_before_it_is_seen_anew(page: Page):
    sent = sent_to(page, "/cards")
    fill_in(page)
    see(page)
    open_panel(page)
    page.get_by_label("Large print").check()
    expect(page.locator("#preview")).to_be_hidden()
    see(page)
    with page.expect_response("**/cards") as answer:
        page.get_by_role("button", name="Issue card").click()
    card = answer.value.json()
    paper = base64.b64decode(card["paper_pdf"])
    assert sent[0].post_data_json["large_print"] is True
    assert len(pdfium.PdfDocument(paper)) == 3
    assert [text.partition("#")[2] for text in read_back(paper)] == [card["slip_code"]]
    confirm_and_go_on(page)
    expect(page.get_by_label("Large print")).to_be_checked()


def test_the_panel_speaks_the_language_of_the_desk(page: Page):
    page.goto("/?lang=nl")
    page.get_by_text("Uitgiftedag en grote letters").click()
    page.get_by_label("Blanco passen over vandaag").fill("3")
    expect(page.locator("#outreach-short")).to_have_text("passen over: 3")


@pytest.fixture
def second_desk(chromium: Browser, stack: Stack) -> Iterator[Page]:
    """The desk page of a supervisor, signed in at another computer."""
    supervisor = json.loads(stack.home.demo_staff.read_text())["supervisor"]
    context = chromium.new_context(base_url=stack.desk)
    page = context.new_page()
    page.goto("/")
    page.get_by_label("Staff code").fill(supervisor["staff_code"])
    page.get_by_label("Password").fill(supervisor["password"])
    page.keyboard.press("Enter")
    for code in codes_of(supervisor):
        page.get_by_label("Code").fill(code)
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if page.locator("#issue-form").count():
            break
    yield page
    context.close()


def test_two_desks_issue_at_once_and_neither_disturbs_the_other(page: Page, second_desk: Page):
    names = {page: NAME, second_desk: "Bilal Haddad"}
    waiting = {}
    for desk, name in names.items():
        fill_in(desk, name)
        see(desk)
        waiting[desk] = held(desk, "**/cards")
        with desk.expect_request("**/cards"):
            desk.get_by_role("button", name="Issue card").click()
    for routes in waiting.values():
        routes[0].continue_()
    numbers = set()
    for desk, name in names.items():
        expect(desk.locator("#printed-number")).not_to_have_text("")
        expect(desk.get_by_label("Name", exact=True)).to_have_value(name)
        numbers.add(desk.locator("#printed-number").inner_text())
        with desk.expect_response("**/cards/ack") as answer:
            desk.get_by_role("button", name="Confirm printed").click()
        assert answer.value.json() == {"card_number": desk.locator("#printed-number").inner_text(), "state": "active"}
    assert len(numbers) == 2


def test_after_a_jam_the_same_sheets_are_printed_again_until_they_are_confirmed(page: Page):
    card = issue(page)
    sent = sent_to(page, "/cards")
    view = page.locator("#card-view").get_attribute("src")
    for _ in range(2):
        page.get_by_role("button", name="Print card").click()
    assert page.locator("#card-view").get_attribute("src") == view
    expect(page.get_by_text("The printer jammed? Print again: it is the same card.")).to_be_visible()
    with page.expect_response("**/cards/ack") as answer:
        page.get_by_role("button", name="Confirm printed").click()
    assert answer.value.json() == {"card_number": card["card_number"], "state": "active"}
    assert sent == []


def test_the_card_waits_for_a_photo_still_being_made_and_says_so(page: Page, tmp_path: Path):
    (tmp_path / "photo.jpg").write_bytes(draw_portrait(3))
    page.evaluate("""() => {
      const read = window.createImageBitmap;
      const gate = new Promise((open) => (window.openGate = open));
      window.createImageBitmap = (...source) => gate.then(() => read(...source));
    }""")
    seen = sent_to(page, "/cards/preview")
    fill_in(page)
    page.locator("#photo-file").set_input_files(tmp_path / "photo.jpg")
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#issue-status")).to_contain_text("The photo is still being made")
    assert seen == []
    page.evaluate("() => window.openGate()")
    expect(page.get_by_role("button", name="Issue card")).to_be_focused()
    assert "photo_qr" in seen[0].post_data_json
