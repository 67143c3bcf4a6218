"""The whole flow at the desk page, from the evidence to the next resident."""

import base64

from playwright.sync_api import Page, expect

from cardservice.credential.codec import open_text
from tests.browser.clerk import NAME, confirm_and_go_on, issue, sent_to


def test_a_card_is_issued_by_keyboard_alone(page: Page):
    sent = sent_to(page, "/cards")
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
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Issue card")).to_be_focused()
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
    expect(page.get_by_label("Passport, identity or consular card")).to_be_focused()
    expect(page.locator("#evidence :checked")).to_have_count(0)
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    expect(page.get_by_label("Birth date")).to_have_value("")
    expect(page.locator("#photo-print")).to_be_hidden()


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


def test_the_demo_is_marked(page: Page):
    expect(page.get_by_text("Cards made here are refused everywhere else")).to_be_visible()
