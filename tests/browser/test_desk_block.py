"""Blocking at the desk page: by number, slip or card, and with a second person."""

import json

from playwright.sync_api import Page, expect

from tests.browser.clerk import confirm_and_go_on, issue, sent_to


def test_the_next_resident_finds_nothing_of_a_scanned_card_in_the_block_form(page: Page):
    card = issue(page)
    page.get_by_role("button", name="Block a card").click()
    page.get_by_label("Slip or card").check()
    page.get_by_label("Slip code or scanned QR").fill(card["faces"][-1]["qr"])
    page.get_by_role("button", name="Issue a card").click()
    confirm_and_go_on(page)
    assert page.locator("#either").input_value() == ""


def test_a_refused_second_person_types_password_and_code_anew(page: Page):
    refused = {"title": "The second person was not accepted", "status": 403, "code": "second_person_refused"}
    page.route("**/cards/suspend", lambda route: route.fulfill(status=403, json=refused))
    page.get_by_role("button", name="Block a card").click()
    page.get_by_label("Card number").fill("000-0012")
    page.get_by_label("Why").select_option("lost")
    page.get_by_role("button", name="Suspend card").click()
    page.get_by_label("Password").fill("a password")
    page.get_by_label("Code", exact=True).fill("123456")
    with page.expect_response("**/cards/suspend"):
        page.get_by_role("button", name="Suspend card").click()
    expect(page.get_by_label("Password")).to_have_value("")
    expect(page.get_by_label("Code", exact=True)).to_have_value("")


def test_a_card_is_suspended_by_number_reinstated_by_both_and_revoked_by_slip(page: Page):
    card = issue(page)
    confirm_and_go_on(page)
    page.get_by_role("button", name="Block a card").click()

    page.get_by_label("Card number").fill(card["card_number"].lower())
    page.get_by_label("Why").select_option("lost")
    page.get_by_role("button", name="Suspend card").click()
    expect(page.locator("#block-done")).to_have_text(f"Card {card['card_number']} is suspended.")

    page.get_by_label("Slip and card").check()
    page.get_by_label("QR of the card").fill(card["faces"][0]["qr"])
    page.get_by_label("Slip code", exact=True).fill(card["slip_code"])
    page.get_by_label("Why").select_option("found")
    page.get_by_role("button", name="Reinstate card").click()
    expect(page.locator("#block-done")).to_have_text(f"Card {card['card_number']} works again.")

    page.get_by_label("Slip or card").check()
    page.get_by_label("Slip code or scanned QR").fill(f"https://cards.invalid/lost#{card['slip_code']}")
    page.get_by_label("Why").select_option("stolen")
    page.get_by_role("button", name="Revoke card for good").click()
    expect(page.locator("#block-done")).to_have_text(f"Card {card['card_number']} is revoked for good.")


def test_a_card_is_revoked_by_its_qr(page: Page):
    card = issue(page)
    confirm_and_go_on(page)
    page.get_by_role("button", name="Block a card").click()
    page.get_by_label("Slip or card").check()
    page.get_by_label("Slip code or scanned QR").fill(card["faces"][-1]["qr"])
    page.get_by_label("Why").select_option("damaged")
    page.get_by_role("button", name="Revoke card for good").click()
    expect(page.locator("#block-done")).to_contain_text("is revoked for good")


def test_a_worn_slip_is_told_to_be_misread_before_the_desk_is_asked(page: Page):
    card = issue(page)
    confirm_and_go_on(page)
    asked = sent_to(page, "/cards/revoke")
    code = card["slip_code"]
    page.get_by_role("button", name="Block a card").click()
    page.get_by_label("Slip or card").check()
    page.get_by_label("Why").select_option("lost")
    for worn in (code[:-1] + ("0" if code[-1] != "0" else "1"), code[:9], code.replace("-", "?")):
        page.get_by_label("Slip code or scanned QR").fill(worn)
        page.get_by_role("button", name="Revoke card for good").click()
        expect(page.locator("#either-error")).to_contain_text("mistyped or misread")
    assert asked == []
    page.get_by_label("Slip code or scanned QR").fill(code.lower().replace("-", " "))
    page.get_by_role("button", name="Revoke card for good").click()
    expect(page.locator("#block-done")).to_contain_text("is revoked for good")


def test_a_mistyped_number_is_told_beside_the_field(page: Page):
    page.get_by_role("button", name="Block a card").click()
    page.get_by_label("Card number").fill("000-0001")
    page.get_by_role("button", name="Suspend card").click()
    expect(page.locator("#purpose-error")).to_have_text("Choose why.")
    page.get_by_label("Why").select_option("lost")
    page.get_by_role("button", name="Suspend card").click()
    expect(page.locator("#card_number-error")).to_contain_text("mistyped")
    expect(page.get_by_label("Card number")).to_be_focused()


def test_a_second_person_signs_in_place(page: Page):
    card = issue(page)
    confirm_and_go_on(page)
    needed = {"title": "More than 20 changes today need a second person", "status": 403, "code": "second_person_needed"}
    page.route(
        "**/cards/suspend",
        lambda route: route.fulfill(status=403, content_type="application/problem+json", body=json.dumps(needed)),
        times=1,
    )
    sent = sent_to(page, "/cards/suspend")
    page.get_by_role("button", name="Block a card").click()
    page.get_by_label("Card number").fill(card["card_number"])
    page.get_by_label("Why").select_option("lost")
    page.get_by_role("button", name="Suspend card").click()
    expect(page.get_by_label("Staff code")).to_be_focused()
    page.get_by_label("Staff code").fill("ABC123")
    page.get_by_label("Password").fill("a password")
    page.get_by_label("Code", exact=True).fill("123456")
    page.get_by_role("button", name="Suspend card").click()
    expect(page.locator("#block-done")).to_contain_text("is suspended")
    assert sent[1].post_data_json["second_person"] == {
        "staff_code": "ABC123", "password": "a password", "totp": "123456",
    }  # fmt: skip
    expect(page.get_by_label("Password")).to_be_hidden()
    assert page.locator("#second-password").input_value() == ""
