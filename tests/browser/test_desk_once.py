"""One card and never two: double click, lost answers, an ended session, a page cleared meanwhile."""

import json
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser.clerk import NAME, clear_all, codes_of, fill_in, held, issue, let_go, see, sent_to
from tests.stack import Stack


def test_a_double_click_makes_one_card(page: Page):
    sent = sent_to(page, "/cards")
    fill_in(page)
    page.get_by_role("button", name="See the card").dblclick()
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
    fill_in(page)
    see(page)
    page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#printed")).to_be_visible()
    assert [answer["status"] for answer in answers] == [201, 200]
    assert answers[0]["card_number"] == answers[1]["card_number"]
    assert sent[0].post_data == sent[1].post_data


def test_after_a_cut_the_clerk_can_only_repeat_or_clear(page: Page):
    page.clock.install()
    page.route("**/cards", lambda route: route.abort("connectionreset"))
    sent = sent_to(page, "/cards")
    fill_in(page)
    see(page)
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
    fill_in(page)
    see(page)
    with page.expect_request("**/cards"):
        page.get_by_role("button", name="Issue card").click()
    clear_all(page)
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
    fill_in(page)
    see(page)
    with page.expect_request("**/cards"):
        page.get_by_role("button", name="Issue card").click()
    clear_all(page)
    with page.expect_response("**/cards"):
        waiting[0].fulfill(status=503, json={"title": "The signer is away"})
    page.wait_for_timeout(500)
    expect(page.locator("#issue-alert")).to_be_hidden()
    expect(page.get_by_label("Name", exact=True)).to_be_enabled()
    expect(page.locator("#issue-button")).to_have_text("Issue card")


def end_session(context: BrowserContext) -> None:
    """The browser goes on with a session that the desk knows no more, as after ten idle minutes."""
    ended = next(cookie for cookie in context.cookies() if cookie["name"] == "desk_session")
    context.add_cookies([ended | {"value": "e" * 32}])


def test_an_ended_session_is_renewed_in_place_and_makes_one_card(page: Page, context: BrowserContext, stack: Stack):
    clerk = json.loads(stack.home.demo_staff.read_text())["clerk"]
    sent = sent_to(page, "/cards")
    fill_in(page)
    see(page)
    end_session(context)
    page.get_by_role("button", name="Issue card").click()
    dialog = page.get_by_role("dialog", name="Sign in again")
    expect(dialog.get_by_label("Password")).to_be_focused()
    expect(dialog.get_by_label("Staff code")).to_have_value(clerk["staff_code"])
    dialog.get_by_label("Password").fill("not it")
    dialog.get_by_label("Code", exact=True).fill("000000")
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("alert")).to_contain_text("You were not signed in")
    expect(dialog.get_by_label("Password")).to_have_value("")
    for code in codes_of(clerk):
        dialog.get_by_label("Password").fill(clerk["password"])
        dialog.get_by_label("Code", exact=True).fill(code)
        with page.expect_response("**/sign-in/again") as answer:
            page.keyboard.press("Enter")
        if answer.value.ok:
            break
    expect(page.locator("#printed")).to_be_visible()
    expect(dialog).to_be_hidden()
    expect(page.locator("#again-password")).to_have_count(0)
    assert [request.post_data for request in sent] == [sent[0].post_data] * 2
    assert [request.response().status for request in sent] == [401, 201]


def test_whoever_does_not_sign_in_now_loses_nothing(page: Page, context: BrowserContext):
    cookies = context.cookies()
    fill_in(page)
    see(page)
    end_session(context)
    page.get_by_role("button", name="Issue card").click()
    page.get_by_role("button", name="Not now").click()
    expect(page.locator("#issue-alert")).to_contain_text("You were signed out")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)
    context.add_cookies(cookies)  # as signing in in another tab does
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("#printed")).to_be_visible()
