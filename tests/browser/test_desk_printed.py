"""An issued card on the desk page: confirmed, corrected, discarded."""

from playwright.sync_api import Page, expect

from tests.browser.clerk import NAME, confirm_and_go_on, discard, held, issue, sent_to


def test_a_typing_error_is_corrected_from_the_open_page(page: Page):
    sent = sent_to(page, "/cards")
    wrong = issue(page, "Amara Nwoso")
    page.get_by_role("button", name="Correct a typing error").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Amara Nwoso")
    page.keyboard.type(NAME)
    page.get_by_role("button", name="See the card").click()
    page.get_by_role("button", name="Correct the card").click()
    expect(page.locator("#printed-number")).not_to_have_text(wrong["card_number"])
    first, second = (request.post_data_json for request in sent)
    assert second["corrects"] == wrong["slip_code"]
    assert second["issue_seed"] != first["issue_seed"]
    assert second["name"] == NAME
    confirm_and_go_on(page)
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    issue(page)
    assert "corrects" not in sent[2].post_data_json


def test_a_discarded_card_is_revoked_at_once_and_gone_from_the_page(page: Page):
    card = issue(page)
    with page.expect_response("**/cards/revoke") as revoked:
        discard(page)

    assert revoked.value.json() == {"card_number": card["card_number"], "state": "revoked"}
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    expect(page.locator("#printed-slip")).to_have_text("")


def test_a_card_that_cannot_be_revoked_now_stays_on_the_page(page: Page):
    card = issue(page)
    page.route("**/cards/revoke", lambda route: route.fulfill(status=503, json={"title": "The log is away"}))
    discard(page)

    expect(page.locator("#printed-alert")).to_contain_text("The log is away")
    expect(page.locator("#printed-slip")).to_have_text(card["slip_code"])


def test_a_card_blocked_before_it_is_confirmed_is_not_said_to_work(page: Page):
    card = issue(page)
    page.get_by_role("button", name="Block a card").click()
    page.get_by_label("Card number").fill(card["card_number"])
    page.get_by_label("Why").select_option("lost")
    page.get_by_role("button", name="Suspend card").click()
    expect(page.locator("#block-done")).to_contain_text("is suspended")
    page.get_by_role("button", name="Issue a card").click()
    page.get_by_role("button", name="Confirm printed").click()

    expect(page.locator("#printed-alert")).to_have_text("This card is blocked: destroy it and make a new one.")
    expect(page.locator("#printed-status")).not_to_contain_text("works from now on")
    expect(page.get_by_role("button", name="Next resident")).to_be_hidden()
    page.get_by_role("button", name="Correct a typing error").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)


def test_while_one_answer_about_a_card_is_awaited_nothing_else_is_asked(page: Page):
    issue(page)
    waiting = held(page, "**/cards/ack")
    deeds = [page.locator(f"#{deed}-button") for deed in ("ack", "correct", "discard")]
    with page.expect_request("**/cards/ack"):
        page.get_by_role("button", name="Confirm printed").click()
    for deed in deeds:
        expect(deed).to_be_disabled()
    with page.expect_response("**/cards/ack"):
        waiting[0].fulfill(status=503, json={"title": "The register is away"})
    for deed in deeds:
        expect(deed).to_be_enabled()
    page.get_by_role("button", name="Confirm printed").click()
    expect(page.get_by_role("button", name="Next resident")).to_be_focused()
