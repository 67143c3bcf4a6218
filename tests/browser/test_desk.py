"""The desk page at work: one clerk, one running installation, invented residents."""

import base64
import json
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from cardservice.cli.portrait import draw_portrait
from cardservice.credential.codec import open_text

NAME = "Amara Nwosu"


def sent_to(page: Page, address: str) -> list[Request]:
    """The list of POSTs to `address`; grows while the page works."""
    sent: list[Request] = []
    page.on("request", lambda request: request.url.endswith(address) and sent.append(request))
    return sent


def issue(page: Page, name: str = NAME) -> dict[str, Any]:
    """Ticks evidence, types a name and issues; the answer of the desk."""
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(name)
    with page.expect_response("**/cards") as answer:
        page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#printed-number")).to_have_text(answer.value.json()["card_number"])
    card: dict[str, Any] = answer.value.json()
    return card


def see_evidence(page: Page) -> None:
    """Ticks what is enough for somebody without an address."""
    page.get_by_label("Passport, identity or consular card").check()
    page.get_by_label("Letter of a shelter, NGO or health service").check()


def held(page: Page, address: str) -> list[Route]:
    """The next request to `address`, once made: it waits here until it is told to go on."""
    waiting: list[Route] = []
    page.route(address, lambda route: waiting.append(route), times=1)  # Playwright takes no built-in as handler
    return waiting


def let_go(page: Page, waiting: list[Route]) -> None:
    """Sends the held request, and returns when the page has had its answer for a while."""
    with page.expect_response(waiting[0].request.url):
        waiting[0].continue_()
    page.wait_for_timeout(500)


def confirm_and_go_on(page: Page) -> None:
    page.get_by_role("button", name="Confirm printed").click()
    page.get_by_role("button", name="Next resident").click()


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


def test_a_chosen_file_becomes_a_small_grey_picture_without_metadata(page: Page, tmp_path: Path):
    photo = Image.open(BytesIO(draw_portrait(3)))
    exif = Image.Exif()
    exif[0x010E] = "planted description"
    photo.save(tmp_path / "photo.jpg", exif=exif)
    sent = sent_to(page, "/cards")
    page.locator("#photo-file").set_input_files(tmp_path / "photo.jpg")
    expect(page.get_by_text("In the QR")).to_be_visible()
    issue(page)
    order = sent[0].post_data_json
    small, large = base64.b64decode(order["photo_qr"]), base64.b64decode(order["photo_print"])
    assert len(small) <= 340
    assert small[8:16] == large[8:16] == b"WEBPVP8 "
    assert b"planted" not in small + large
    picture = Image.open(BytesIO(small))
    assert picture.size == (64, 80)
    assert all(max(colour) - min(colour) <= 2 for _, colour in picture.convert("RGB").getcolors(64 * 80))
    assert Image.open(BytesIO(large)).size == (400, 500)


def test_a_busy_photo_still_fits(page: Page, tmp_path: Path):
    Image.effect_noise((800, 1000), 120).convert("RGB").save(tmp_path / "noise.png")
    page.locator("#photo-file").set_input_files(tmp_path / "noise.png")
    expect(page.get_by_text("In the QR")).to_be_visible()
    assert 0 < int(page.locator("#photo-bytes").inner_text()) <= 340


@pytest.mark.parametrize("content", [b"this is no picture", b"", b"\x89PNG\r\n\x1a\n broken"])
def test_a_file_that_is_no_picture_is_refused_in_words(page: Page, tmp_path: Path, content: bytes):
    (tmp_path / "photo.png").write_bytes(content)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.locator("#photo-file").set_input_files(tmp_path / "photo.png")
    expect(page.locator("#photo-error")).to_contain_text("not a picture that can be read")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)


def test_a_photo_still_being_read_when_the_page_is_cleared_is_nobodys(page: Page, tmp_path: Path):
    (tmp_path / "photo.jpg").write_bytes(draw_portrait(3))
    page.evaluate("""() => {
      const read = window.createImageBitmap;
      const gate = new Promise((open) => (window.openGate = open));
      window.createImageBitmap = (...source) => gate.then(() => read(...source));
    }""")
    sent = sent_to(page, "/cards")
    page.locator("#photo-file").set_input_files(tmp_path / "photo.jpg")
    page.get_by_role("button", name="Clear all").click()
    page.evaluate("() => window.openGate()")
    page.wait_for_timeout(1000)
    expect(page.locator("#photo-print")).to_be_hidden()
    issue(page)
    assert "photo_qr" not in sent[0].post_data_json


def test_a_double_click_makes_one_card(page: Page):
    sent = sent_to(page, "/cards")
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Issue card").dblclick()
    expect(page.locator("#printed")).to_be_visible()
    assert len(sent) == 1


def test_a_connection_cut_before_the_answer_ends_in_the_same_card(page: Page):
    answers: list[dict[str, Any]] = []

    def cut_the_first(route: Route) -> None:
        answer = route.fetch()
        answers.append({"status": answer.status, **answer.json()})
        if len(answers) == 1:
            route.abort("connectionreset")
        else:
            route.fulfill(response=answer)

    page.route("**/cards", cut_the_first)
    sent = sent_to(page, "/cards")
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#printed")).to_be_visible()
    assert [answer["status"] for answer in answers] == [201, 200]
    assert answers[0]["card_number"] == answers[1]["card_number"]
    assert sent[0].post_data == sent[1].post_data


def test_after_a_cut_the_clerk_can_only_repeat_or_clear(page: Page):
    page.clock.install()
    page.route("**/cards", lambda route: route.abort("connectionreset"))
    sent = sent_to(page, "/cards")
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Issue card").click()
    for _ in range(4):
        page.clock.run_for(4000)
    expect(page.locator("#issue-alert")).to_contain_text("cannot be reached")
    expect(page.get_by_label("Name", exact=True)).to_be_disabled()
    page.unroute("**/cards")
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#printed")).to_be_visible()
    assert len({request.post_data for request in sent}) == 1


def test_a_card_made_for_a_cleared_page_is_not_shown_to_the_next_resident(page: Page):
    waiting = held(page, "**/cards")
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(NAME)
    with page.expect_request("**/cards"):
        page.get_by_role("button", name="Issue card").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear all").click()
    page.get_by_label("Name", exact=True).fill("Bilal Haddad")
    let_go(page, waiting)
    expect(page.locator("#printed")).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Bilal Haddad")

    card = issue(page, "Bilal Haddad")
    with page.expect_response("**/cards/ack") as acknowledged:
        page.get_by_role("button", name="Confirm printed").click()
    assert acknowledged.value.json() == {"card_number": card["card_number"], "state": "active"}


def test_the_failure_of_a_cleared_request_is_not_told_to_the_next_resident(page: Page):
    waiting = held(page, "**/cards")
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(NAME)
    with page.expect_request("**/cards"):
        page.get_by_role("button", name="Issue card").click()
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Clear all").click()
    with page.expect_response("**/cards"):
        waiting[0].fulfill(status=503, json={"title": "The signer is away"})
    page.wait_for_timeout(500)
    expect(page.locator("#issue-alert")).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_be_enabled()
    expect(page.locator("#issue-button")).to_have_text("Issue card")


def test_a_refusal_stands_beside_its_field_and_loses_nothing(page: Page):
    sent = sent_to(page, "/cards")
    see_evidence(page)
    page.get_by_label("Birth date").fill("27-03-1985")
    page.get_by_label("Name", exact=True).fill("Ama\u202era")
    page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#name-error")).to_contain_text("The name contains an invisible character")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Birth date")).to_have_value("27-03-1985")
    issue(page)
    assert sent[0].post_data_json["issue_seed"] != sent[1].post_data_json["issue_seed"]


def test_without_enough_evidence_nothing_is_sent_and_the_ticks_never_are(page: Page):
    sent = sent_to(page, "/cards")
    page.get_by_label("Passport, identity or consular card").check()
    expect(page.locator("#evidence-points")).to_have_text("Identity 3 of 3, living here 0 of 2")
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#evidence-error")).to_contain_text("both kinds of points")
    expect(page.get_by_label("Passport, identity or consular card")).to_be_focused()
    assert not sent
    issue(page)
    assert "letter" not in (sent[0].post_data or "").lower()
    assert sent[0].post_data_json["policy_version"] == 1


def test_another_policy_than_the_one_in_force_is_told_at_the_evidence_and_loses_nothing(page: Page):
    def older(route: Route) -> None:
        route.continue_(post_data=json.dumps(route.request.post_data_json | {"policy_version": 9}))

    page.route("**/cards", older)
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#evidence-error")).to_contain_text("is not the policy in force (1)")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)


@pytest.mark.parametrize("typed", ["31-02-1985", "27-13-1985", "yesterday", "01-01-2999", "1985"])
def test_a_date_that_never_was_is_not_sent(page: Page, typed: str):
    sent = sent_to(page, "/cards")
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Birth date").fill(typed)
    page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#born-error")).to_contain_text("not a date")
    expect(page.get_by_label("Birth date")).to_be_focused()
    assert not sent


def test_a_profile_without_photo_sends_none(page: Page):
    sent = sent_to(page, "/cards")
    page.get_by_role("button", name="Take photo").click()
    expect(page.get_by_text("In the QR")).to_be_visible()
    page.get_by_label("Sectors").check()
    card = issue(page)
    taken = page.locator('[value="sectors"]').get_attribute("data-takes-photo") == "yes"
    assert ("photo_qr" in sent[0].post_data_json) is taken
    assert len({face["sector"] for face in card["faces"]}) > 1


def test_leaving_with_a_resident_on_the_page_warns(page: Page):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("Name", exact=True).press_sequentially("A")
    page.goto("/healthz")
    assert asked == ["beforeunload"]


def test_leaving_a_finished_page_does_not_warn_and_coming_back_shows_nobody(page: Page):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    issue(page)
    page.get_by_role("button", name="Confirm printed").click()
    expect(page.get_by_role("button", name="Next resident")).to_be_visible()
    page.goto("/healthz")
    page.go_back()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    assert NAME not in page.content()
    assert asked == []


def test_an_ended_session_loses_nothing_and_makes_one_card(page: Page, context: BrowserContext):
    cookies = context.cookies()
    context.clear_cookies()
    see_evidence(page)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#issue-alert")).to_contain_text("You were signed out")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)
    context.add_cookies(cookies)  # as signing in again in another tab does
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#printed")).to_be_visible()


def test_nothing_is_kept_in_the_browser(page: Page, context: BrowserContext):
    issue(page)
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, (await indexedDB.databases()).length]"
    )
    assert kept == [0, 0, 0]
    assert {cookie["name"] for cookie in context.cookies()} == {"desk_session", "csrftoken"}
    for field in page.locator("#issue-form input:not([type=radio], [type=file])").all():
        assert field.get_attribute("autocomplete") == "off"
        assert field.get_attribute("name") is None, "a field without name cannot end up in an address or in autofill"


def test_a_typing_error_is_corrected_from_the_open_page(page: Page):
    sent = sent_to(page, "/cards")
    wrong = issue(page, "Amara Nwoso")
    page.get_by_role("button", name="Correct a typing error").click()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Amara Nwoso")
    page.keyboard.type(NAME)
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
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/cards/revoke") as revoked:
        page.get_by_role("button", name="Discard this card").click()

    assert revoked.value.json() == {"card_number": card["card_number"], "state": "revoked"}
    expect(page.get_by_label("Name", exact=True)).to_have_value("")
    expect(page.locator("#printed-slip")).to_have_text("")


def test_a_card_that_cannot_be_revoked_now_stays_on_the_page(page: Page):
    card = issue(page)
    page.once("dialog", lambda dialog: dialog.accept())
    page.route("**/cards/revoke", lambda route: route.fulfill(status=503, json={"title": "The log is away"}))
    page.get_by_role("button", name="Discard this card").click()

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
    page.get_by_label("Card number").fill("000-0001")
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


def test_the_demo_is_marked(page: Page):
    expect(page.get_by_text("Cards made here are refused everywhere else")).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_stands_beside_the_screen(page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    for duty in ("Issue a card", "Block a card"):
        page.get_by_role("button", name=duty).click()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
