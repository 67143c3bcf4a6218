"""What the desk page says to bad input: in words beside the field, losing nothing."""

import json

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.clerk import NAME, issue, see_evidence, sent_to


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
