"""Refusing a card at the desk page: reason, letter, and a supervisor who sets the refusal aside in place."""

import json
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.clerk import codes_of, confirm_and_go_on, held, issue, let_go, sent_to
from tests.browser.test_scan_page import AXE
from tests.stack import Stack


def refuse(page: Page, reason: str = "home_unproven", language: str = "ar") -> None:
    page.get_by_text("Refuse, with a letter").click()
    page.get_by_label("Reason of the refusal").select_option(reason)
    page.get_by_label("Language of the letter").select_option(language)
    page.get_by_role("button", name="Refuse and make the letter").click()


def test_a_refusal_gives_a_letter_and_leaves_the_page_as_it_was(page: Page):
    page.get_by_label("Name", exact=True).fill("Amara Nwosu")
    sent = sent_to(page, "/refusals")
    refuse(page)
    expect(page.get_by_role("link", name="Open the letter")).to_be_focused()
    assert page.locator("#refusal-letter").get_attribute("href").startswith("blob:")
    assert set(sent[0].post_data_json) == {"entry_id", "reason", "language"}
    assert page.get_by_label("Name", exact=True).input_value() == "Amara Nwosu"


def test_without_a_reason_nothing_is_sent(page: Page):
    sent = sent_to(page, "/refusals")
    refuse(page, reason="")
    expect(page.locator("#refusal-reason-error")).to_have_text("Choose why.")
    expect(page.get_by_label("Reason of the refusal")).to_be_focused()
    assert not sent


def test_a_connection_cut_before_the_answer_counts_the_refusal_once(page: Page):
    sent = sent_to(page, "/refusals")

    def cut(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/refusals", cut, times=1)
    refuse(page)
    expect(page.get_by_role("link", name="Open the letter")).to_be_visible()
    assert len(sent) == 2
    assert len({request.post_data_json["entry_id"] for request in sent}) == 1


def test_a_supervisor_sets_the_refusal_aside_in_place(page: Page, stack: Stack):
    supervisor = json.loads(stack.home.demo_staff.read_text())["supervisor"]
    refuse(page)
    form = page.locator("#override-form")
    form.get_by_label("Staff code").fill(supervisor["staff_code"])
    form.get_by_label("Password").fill("not it")
    form.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Set the refusal aside").click()
    expect(page.locator("#refusal-alert")).to_contain_text("second person was not accepted")
    expect(form.get_by_label("Password")).to_have_value("")

    form.get_by_label("Password").fill(supervisor["password"])
    for code in codes_of(supervisor):
        form.get_by_label("Code", exact=True).fill(code)
        with page.expect_response("**/refusals/override") as answer:
            page.get_by_role("button", name="Set the refusal aside").click()
        if answer.value.ok:
            break
    expect(page.locator("#refusal-done")).to_contain_text("The refusal is set aside")
    expect(form).to_have_count(0)


def test_a_refusal_ends_with_its_resident_and_the_next_one_is_counted_too(page: Page):
    sent = sent_to(page, "/refusals")
    refuse(page)
    page.locator("#override-form").get_by_label("Password").fill("a password")
    issue(page)
    confirm_and_go_on(page)
    expect(page.locator("#override-form")).to_have_count(0)
    expect(page.locator("#refusal-letter")).to_be_hidden()
    assert page.locator("#refusal-letter").get_attribute("href") is None
    refuse(page)
    expect(page.get_by_role("link", name="Open the letter")).to_be_visible()
    assert len({request.post_data_json["entry_id"] for request in sent}) == len(sent) == 2


def test_clearing_the_page_ends_the_refusal(page: Page):
    refuse(page)
    page.locator("#override-form").get_by_label("Password").fill("a password")
    page.get_by_role("button", name="Clear all").click()
    expect(page.locator("#override-form")).to_have_count(0)


def test_two_people_refused_for_one_reason_are_counted_twice(page: Page):
    sent = sent_to(page, "/refusals")
    refuse(page)
    expect(page.get_by_role("link", name="Open the letter")).to_be_visible()
    with page.expect_response("**/refusals"):
        page.get_by_role("button", name="Refuse and make the letter").click()
    assert len({request.post_data_json["entry_id"] for request in sent}) == 2


def test_a_letter_that_comes_after_clearing_is_not_shown(page: Page):
    waiting = held(page, "**/refusals")
    with page.expect_request("**/refusals"):
        refuse(page)
    page.get_by_role("button", name="Clear all").click()
    let_go(page, waiting)
    assert page.locator("#refusal-letter").get_attribute("href") is None
    expect(page.locator("#override-form")).to_have_count(0)


def test_the_panel_offers_every_reason_there_is(page: Page):
    from issuance.refusals import RefusalReason

    offered = page.locator("#refusal-reason option").evaluate_all("options => options.map(option => option.value)")
    assert offered == ["", *RefusalReason]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_beside_a_refusal(page: Page, scheme: Any):
    page.emulate_media(color_scheme=scheme)
    refuse(page)
    page.locator("#override-form").wait_for()
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run()")
    assert [f"{violation['id']}: {violation['nodes'][0]['html'][:90]}" for violation in found["violations"]] == []


def test_a_refusal_fits_a_narrow_screen(page: Page):
    page.set_viewport_size({"width": 320, "height": 800})
    refuse(page)
    page.locator("#override-form").wait_for()
    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
