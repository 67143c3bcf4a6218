"""What the desk page says to bad input: in words beside the field, losing nothing."""

import json
from contextlib import suppress
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, expect

from cardservice.cli.desk_client import DeskClient
from tests.browser.clerk import NAME, fill_in, issue, see, see_evidence, sent_to
from tests.stack import Stack


def test_a_refusal_stands_beside_its_field_and_loses_nothing(page: Page):
    sent = sent_to(page, "/cards")
    page.get_by_label("Birth date").fill("27-03-1985")
    fill_in(page, "Ama\u202era")
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#name-error")).to_contain_text("The name contains an invisible character")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    expect(page.get_by_label("Birth date")).to_have_value("27-03-1985")
    issue(page)
    assert len(sent) == 1


def test_without_enough_evidence_nothing_is_sent_and_the_ticks_never_are(page: Page):
    sent, seen = sent_to(page, "/cards"), sent_to(page, "/cards/preview")
    page.get_by_label("Passport, identity or consular card").check()
    expect(page.locator("#evidence-points")).to_have_text("Identity 3 of 3, living here 0 of 2")
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#evidence-error")).to_contain_text("both kinds of points")
    expect(page.get_by_label("Passport, identity or consular card")).to_be_focused()
    assert not sent + seen
    issue(page)
    for request in (sent[0], seen[0]):
        assert "letter" not in (request.post_data or "").lower()
        assert request.post_data_json["policy_version"] == 1


def test_a_policy_that_changed_meanwhile_is_taken_over_and_nothing_typed_is_lost(page: Page):
    def older(route: Route) -> None:
        route.continue_(post_data=json.dumps(route.request.post_data_json | {"policy_version": 9}))

    page.route("**/cards/preview", older, times=1)
    fill_in(page)
    page.evaluate("""() => {
      document.getElementById("evidence").dataset.policyVersion = "9";
      document.getElementById("evidence").dataset.identity = "20";
      document.querySelector("#evidence input").dataset.identity = "20";
    }""")
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#evidence-error")).to_contain_text("The policy changed while this page was open")
    expect(page.locator("#evidence-points")).to_have_text("Identity 0 of 3, living here 0 of 2")
    expect(page.get_by_label("Passport, identity or consular card")).to_be_focused()
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)
    see_evidence(page)
    see(page)


def test_a_date_that_never_was_is_not_sent(page: Page):
    seen = sent_to(page, "/cards/preview")
    fill_in(page)
    for typed in ("31-02-1985", "27-13-1985", "yesterday", "01-01-2999", "1985"):
        page.get_by_label("Birth date").fill(typed)
        page.get_by_role("button", name="See the card").click()
        expect(page.locator("#born-error")).to_contain_text("not a date")
        expect(page.get_by_label("Birth date")).to_be_focused()
        page.get_by_label("Birth date").fill("")
    assert not seen


def test_the_age_of_a_child_with_a_carer_is_seen_in_the_birth_date_or_ticked(page: Page):
    page.get_by_label("Child from 10: a carer is here").check()
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#evidence-error")).to_contain_text("Tick that the child is 10 or older")
    expect(page.get_by_label("The child is 10 or older")).to_be_focused()
    page.get_by_label("Birth date").fill("01-01-2024")
    page.get_by_role("button", name="See the card").click()
    expect(page.locator("#born-error")).to_contain_text("There are cards from 10 years on")
    page.get_by_label("Birth date").fill("01-01-2012")
    see(page)
    page.get_by_role("button", name="Change something").click()
    page.get_by_label("Birth date").fill("")
    page.get_by_label("The child is 10 or older").check()
    sent = sent_to(page, "/cards/preview")
    see(page)
    assert "carer" not in (sent[0].post_data or "") and "born" not in sent[0].post_data_json
    page.get_by_label("Child from 10: a carer is here").uncheck()
    expect(page.get_by_label("The child is 10 or older")).to_be_hidden()


def test_a_seed_that_made_another_card_is_told_and_loses_nothing(page: Page):
    sent = sent_to(page, "/cards")
    first = issue(page)
    seed = sent[0].post_data_json["issue_seed"]
    page.get_by_role("button", name="Correct a typing error").click()

    def replayed(route: Route) -> None:
        body = {key: value for key, value in route.request.post_data_json.items() if key != "corrects"}
        route.continue_(post_data=json.dumps(body | {"issue_seed": seed}))

    page.route("**/cards", replayed, times=1)
    page.get_by_label("Name", exact=True).fill("Bilal Haddad")
    page.get_by_role("button", name="See the card").click()
    page.get_by_role("button", name="Correct the card").click()
    expect(page.locator("#issue-alert")).to_contain_text("This page already issued a card with other data")
    expect(page.get_by_label("Name", exact=True)).to_have_value("Bilal Haddad")
    page.get_by_role("button", name="See the card").click()
    with page.expect_response("**/cards") as answer:
        page.get_by_role("button", name="Correct the card").click()
    assert answer.value.status == 201
    expect(page.locator("#printed-number")).not_to_have_text(first["card_number"])


def test_whoever_may_not_issue_is_told_and_loses_nothing(page: Page, context: BrowserContext, stack: Stack):
    class Auditor(DeskClient):
        """Signs in without touching the session that is kept for the clerk."""

        def _keep(self) -> None:
            context.add_cookies(_cookies(self._http.cookies, stack.desk))

    fill_in(page)
    see(page)
    auditor = Auditor(stack.home, stack.desk, role="auditor")
    with suppress(Exception):
        auditor.post("/cards/ack", {"issue_seed": ""})
    page.get_by_role("button", name="Issue card").click()
    expect(page.locator("#issue-alert")).to_contain_text("This account may not do that")
    expect(page.get_by_label("Name", exact=True)).to_have_value(NAME)


def _cookies(jar: Any, address: str) -> list[Any]:
    return [{"name": name, "value": value, "url": address} for name, value in jar.items()]
