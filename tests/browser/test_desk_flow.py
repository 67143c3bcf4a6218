"""The whole flow at the desk page, from the evidence to the next resident."""

import base64
from datetime import UTC, datetime

from playwright.sync_api import Page, expect

from cardservice.credential.codec import open_text
from tests.browser.clerk import NAME, clear_all, confirm_and_go_on, fill_in, held, issue, let_go, see, sent_to


def test_a_card_is_issued_by_keyboard_alone(page: Page):
    sent = sent_to(page, "/cards")
    expect(page.get_by_role("radio", name="Nederlands")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator('[data-leaflet="en"]')).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Informed: go on")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Passport, identity or consular card")).to_be_focused()
    page.keyboard.press("Space")
    for _ in range(5):
        page.keyboard.press("Enter")
    expect(page.get_by_label("Letter of a shelter, NGO or health service")).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type(NAME)
    page.keyboard.press("Enter")
    page.keyboard.type("27 3 1985")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take photo")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Standard")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Language of the paper")).to_be_focused()
    expect(page.get_by_label("Language of the paper")).to_have_value("en")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="See the card")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Issue card")).to_be_focused()
    expect(page.get_by_role("img", name=f"Front of the card as it will print, with the name {NAME}")).to_be_visible()
    expect(page.locator("#preview-born")).to_have_text("27 3 1985")
    with page.expect_response("**/cards") as answer:
        page.keyboard.press("Enter")
    card = answer.value.json()

    expect(page.locator("#printed-number")).to_have_text(card["card_number"])
    expect(page.locator("#printed-slip")).to_have_text(card["slip_code"])
    expect(page.get_by_role("button", name="Print card")).to_be_focused()
    order = sent[0].post_data_json
    assert set(order) == {
        "issue_seed", "profile", "policy_version", "name", "born", "photo_qr", "photo_print", "language",
    }  # fmt: skip
    assert (order["name"], order["born"]) == (NAME, "1985-03-27")
    portrait = next(face for face in card["faces"] if face["name"] == "portrait")
    assert open_text(portrait["qr"])[1].photo == base64.b64decode(order["photo_qr"])

    page.get_by_role("button", name="Confirm printed").focus()
    with page.expect_response("**/cards/ack") as acknowledged:
        page.keyboard.press("Enter")
    assert acknowledged.value.json() == {"card_number": card["card_number"], "state": "active"}
    expect(page.get_by_role("button", name="Next resident")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio", name="Nederlands")).to_be_focused()
    expect(page.locator("#evidence :checked")).to_have_count(0)
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    expect(page.get_by_label("Birth date")).to_have_value("")
    expect(page.locator("#photo-print")).to_be_hidden()


def test_a_card_is_issued_by_mouse_to_a_resident_who_reads_arabic(page: Page):
    page.get_by_role("radio", name="العربية").click()
    leaflet = page.locator('[data-leaflet="ar"]')
    expect(leaflet).to_be_visible()
    assert leaflet.evaluate("element => getComputedStyle(element).direction") == "rtl"
    page.get_by_role("button", name="Informed: go on").click()
    expect(leaflet).to_be_hidden()
    page.get_by_text("Letter of a shelter, NGO or health service").click()
    page.get_by_label("Name", exact=True).click()
    page.keyboard.insert_text("أمينة الأمين")
    page.get_by_role("button", name="Take photo").click()
    expect(page.get_by_role("button", name="Remove photo")).to_be_visible()
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#preview-language")).to_have_text("العربية")
    pictures = page.locator("#preview img").evaluate_all("all => all.map(one => [one.naturalWidth, one.naturalHeight])")
    assert pictures == [[1012, 638]] * 2
    sent = sent_to(page, "/cards")
    with page.expect_response("**/cards") as answer:
        page.get_by_role("button", name="Issue card").click()
    card = answer.value.json()
    assert sent[0].post_data_json["language"] == "ar"
    assert open_text(card["faces"][0]["qr"])[1].name == "أمينة الأمين"
    expect(page.locator("#inform")).to_be_hidden()
    confirm_and_go_on(page)
    expect(page.get_by_role("radio", name="Nederlands")).to_be_focused()
    expect(page.get_by_role("radio", name="العربية")).not_to_be_checked()


def test_what_was_seen_is_what_is_issued_and_any_change_is_seen_first(page: Page):
    fill_in(page)
    see(page)
    for change in (
        lambda: page.get_by_label("Name", exact=True).fill("Amara Nwosu-Obi"),
        lambda: page.get_by_label("Sectors").check(),
        lambda: page.get_by_label("Language of the paper").select_option("fr"),
        lambda: page.get_by_role("button", name="Take photo").click(),
        lambda: page.get_by_role("button", name="Remove photo").click(),
        lambda: page.get_by_role("radio", name="Deutsch").click(),
    ):
        change()
        expect(page.get_by_role("button", name="Issue card")).to_be_hidden()
        assert page.locator("#preview img").count() == 0
        see(page)


def test_a_picture_drawn_for_a_cleared_page_is_shown_to_nobody(page: Page):
    waiting = held(page, "**/cards/preview")
    fill_in(page)
    with page.expect_request("**/cards/preview"):
        page.get_by_role("button", name="See the card").click()
    clear_all(page)
    let_go(page, waiting)
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.get_by_role("button", name="See the card")).to_be_enabled()
    assert page.locator("#preview img").count() == 0


def test_keys_press_the_buttons_that_show_them(page: Page):
    page.keyboard.press("F2")
    expect(page.get_by_role("button", name="Remove photo")).to_be_visible()
    page.keyboard.press("F2")
    expect(page.get_by_role("button", name="Take photo")).to_be_visible()
    fill_in(page)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Issue card")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Issue card")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("button", name="Print card")).to_be_focused()
    page.get_by_role("button", name="Confirm printed").click()
    expect(page.get_by_role("button", name="Next resident")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("radio", name="Nederlands")).to_be_focused()


def test_the_time_of_each_step_is_shown_and_gone_with_the_resident(page: Page):
    page.clock.install(time=datetime(2026, 11, 25, tzinfo=UTC))
    page.reload()
    page.locator("#take-photo").wait_for()
    page.clock.pause_at(datetime(2026, 11, 25, 1, tzinfo=UTC))
    total = page.get_by_role("timer")
    page.clock.run_for(5000)
    expect(total).to_have_text("0:00")
    page.get_by_role("radio", name="English").click()
    page.clock.run_for(12_000)
    page.get_by_role("button", name="Informed: go on").click()
    page.clock.run_for(60_000)
    expect(page.locator("[data-step=inform] .pace__time")).to_have_text("0:12")
    expect(page.locator("[data-step=evidence] .pace__time")).to_have_text("1:00")
    expect(page.locator("[data-step=evidence]")).to_have_attribute("aria-current", "step")
    expect(total).to_have_text("1:12")
    page.clock.run_for(100_000)
    expect(total).to_have_text("2:52")
    page.get_by_role("button", name="Clear all").click()
    page.clock.run_for(5000)
    expect(total).to_have_text("0:00")


def test_both_sheets_are_shown_and_can_be_opened(page: Page):
    card = issue(page)
    for sheet in ("card", "paper"):
        address = page.locator(f"#open-{sheet}").get_attribute("href")
        assert address is not None and address.startswith("blob:")
        assert (page.locator(f"#{sheet}-view").get_attribute("src") or "").startswith(address)
        assert base64.b64decode(card[f"{sheet}_pdf"]).startswith(b"%PDF-")
    confirm_and_go_on(page)
    assert page.locator("#card-view").get_attribute("src") is None


def test_a_profile_without_photo_sends_none(page: Page):
    sent = sent_to(page, "/cards")
    page.get_by_role("button", name="Take photo").click()
    expect(page.get_by_text("In the QR")).to_be_visible()
    page.get_by_label("Sectors").check()
    card = issue(page)
    taken = page.locator('[value="sectors"]').get_attribute("data-takes-photo") == "yes"
    assert ("photo_qr" in sent[0].post_data_json) is taken
    assert len({face["sector"] for face in card["faces"]}) > 1
