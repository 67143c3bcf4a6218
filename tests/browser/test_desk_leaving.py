"""What is left when the desk page is left: a warning before, nobody after."""

from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.clerk import NAME, issue


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
