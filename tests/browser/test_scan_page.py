"""The scanner at a counter: paired once, it judges cards by itself, fills the screen, keeps nothing."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cardservice.cli.portrait import draw_portrait
from cardservice.declarations import Kind
from cardservice.inventory import declared
from tests.browser.front import Front, front_of
from tests.browser.scanner import Scanner, pairing_code
from tests.stack import Stack

NAME = "Layla Example"
GREY, RED, YELLOW = "rgb(85, 97, 106)", "rgb(156, 34, 25)", "rgb(245, 197, 66)"
AXE = Path(__file__).parent / "vendor" / "axe-core@4.14.1" / "axe.min.js"

LAYOUTS: dict[str, dict[str, str]] = {
    "US": {},
    "BE": dict(zip("1234567890AQWZM$%*+-./: ", "&é\"'(§è!çàQAZW?4580):=M ", strict=True)),
    "FR": dict(zip("1234567890AQWZM$%*+-./: ", "&é\"'(-è_çàQAZW?458+):!M ", strict=True)),
    "DE": dict(zip("YZ$%*+-./:", "ZY$%(`ß.-Ö", strict=True)),
    "CH": dict(zip("YZ$%*+-./:", "ZYç%(`'.-é", strict=True)),
}
"""What a computer with that layout writes for keys that a US keyboard has for the base45 characters."""


@pytest.fixture(scope="module")
def api_key(stack: Stack) -> str:
    return stack.agree("name", "photo")


@pytest.fixture(scope="module")
def faces(stack: Stack) -> dict[str, str]:
    """The QR texts of a card of an invented person, by face."""
    issued = stack.issue(name=NAME, born="1990-05-17", picture=draw_portrait(3))
    return {face["name"]: face["qr"] for face in issued["faces"]}


@pytest.fixture(scope="module")
def front(stack: Stack) -> Iterator[Front]:
    with front_of(stack.gate) as front:
        yield front


@pytest.fixture(scope="module")
def paired(chromium: Browser, stack: Stack, front: Front, api_key: str) -> Iterator[Scanner]:
    """A paired scanner. Whatever the tests do, nothing may break the policy, set a cookie or leave the origin."""
    context = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme="light")
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=front.address)
    page = context.new_page()
    complaints: list[str] = []
    strayed: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(f"Error: {error}"))
    context.on("request", lambda r: None if r.url.startswith((front.address, "blob:")) else strayed.append(r.url))
    scanner = Scanner(page, front)
    scanner.open()
    scanner.pair(pairing_code(stack, api_key))
    yield scanner
    assert not [text for text in complaints if "Content Security Policy" in text or "Error:" in text], complaints
    assert strayed == []
    assert context.cookies() == []
    assert page.evaluate("() => localStorage.length + sessionStorage.length") == 0
    context.close()


@pytest.fixture
def scanner(paired: Scanner) -> Iterator[Scanner]:
    """The paired scanner, waiting for a card; its settings are open."""
    paired.page.evaluate("() => { document.querySelector('details').open = true }")
    yield paired
    if paired.page.locator("#verdict").is_visible():
        paired.dismiss()


def colour(page: Page) -> Any:
    return page.evaluate("() => getComputedStyle(document.getElementById('verdict')).backgroundColor")


def test_a_wrong_code_is_told_and_nothing_can_be_scanned(chromium: Browser, front: Front) -> None:
    context = chromium.new_context()
    scanner = Scanner(context.new_page(), front)
    scanner.open()
    expect(scanner.page.get_by_label("Pairing code")).to_be_focused()
    scanner.page.keyboard.type("0000-0000-0000-0000-0")
    scanner.page.keyboard.press("Enter")
    expect(scanner.page.get_by_role("alert")).to_contain_text("This code cannot be used")
    expect(scanner.page.locator("#scan-step")).to_be_hidden()
    context.close()


def test_a_valid_card_fills_the_screen_with_the_agreed_fields(scanner: Scanner, faces: dict[str, str]) -> None:
    scanner.page.locator("#closes-after").select_option("0")
    scanner.scan(faces["portrait"])
    verdict = scanner.verdict("Valid")
    expect(verdict).to_be_focused()
    expect(verdict).to_contain_text(NAME)
    expect(verdict).not_to_contain_text("1990")
    expect(verdict.get_by_role("img", name="Photo on the card")).to_be_visible()
    assert scanner.page.evaluate("() => document.getElementById('card-photo').naturalWidth") > 0
    expect(verdict).to_contain_text(re.compile("List of blocked cards: .* old"))
    assert colour(scanner.page) == GREY, "cards of a demo are grey"
    assert scanner.page.evaluate("() => document.documentElement.scrollWidth") == 320


def test_the_number_of_the_card_is_the_gates_and_is_copied_in_one_tap(
    scanner: Scanner, faces: dict[str, str], stack: Stack, api_key: str
) -> None:
    import httpx

    headers = {"Authorization": f"Api-Key {api_key}"}
    answer = httpx.post(f"{stack.gate}/api/v1/verifications", json={"qr": faces["compact"]}, headers=headers)
    scanner.scan(faces["compact"])
    scanner.verdict("Valid").get_by_role("button", name="Copy").click()
    expect(scanner.page.locator("#copied")).to_have_text("Copied")
    assert scanner.page.evaluate("() => navigator.clipboard.readText()") == answer.json()["provider_number"]


def test_a_valid_verdict_closes_by_itself_and_a_refused_one_stays(scanner: Scanner, faces: dict[str, str]) -> None:
    scanner.page.locator("#closes-after").select_option("1.5")
    scanner.scan(faces["compact"])
    scanner.verdict("Valid")
    expect(scanner.page.locator("#verdict")).to_be_hidden()
    scanner.scan(faces["compact"][:-6] + "000000")
    scanner.verdict("Not valid")
    scanner.page.wait_for_timeout(2500)
    scanner.verdict("Not valid")
    scanner.page.keyboard.press("Escape")
    expect(scanner.page.locator("#verdict")).to_be_hidden()


def test_a_refused_card_says_what_to_do_and_that_nobody_is_turned_away(scanner: Scanner) -> None:
    scanner.scan("NONSENSE" * 20)
    verdict = scanner.verdict("Not valid")
    expect(verdict).to_contain_text("Scan again, closer")
    expect(verdict).to_contain_text("Do not turn the person away.")
    expect(scanner.page.locator("#card")).to_be_hidden()
    assert colour(scanner.page) == RED


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_scanner_that_types_works_under_every_layout(scanner: Scanner, faces: dict[str, str], layout: str) -> None:
    scanner.page.locator("#closes-after").select_option("0")
    scanner.scan(faces["compact"], layout=LAYOUTS[layout])
    scanner.verdict("Valid")


def test_checking_asks_nobody(scanner: Scanner, faces: dict[str, str]) -> None:
    before = list(scanner.front.asked)
    for text in (faces["compact"], faces["portrait"], "NONSENSE" * 20):
        scanner.scan(text)
        expect(scanner.page.locator("#verdict")).to_be_visible()
        scanner.dismiss()
    assert scanner.front.asked == before


def test_nothing_of_a_card_stays_on_the_page(scanner: Scanner, faces: dict[str, str]) -> None:
    scanner.scan(faces["portrait"])
    scanner.verdict("Valid")
    scanner.dismiss()
    left = scanner.page.content()
    assert NAME not in left
    assert "blob:" not in left


def test_a_typed_number_says_only_whether_it_is_blocked(scanner: Scanner, stack: Stack) -> None:
    number = stack.issue(name="Imane Verzonnen")["card_number"]
    for typed, said in ((number, "is not blocked. That proves nothing"), ("000-0001", "was mistyped")):
        scanner.page.get_by_label("Number on the card").fill(typed)
        scanner.page.keyboard.press("Enter")
        expect(scanner.page.locator("#number-answer")).to_contain_text(said)
    assert not scanner.page.locator("#verdict").is_visible()


def test_the_browser_keeps_what_is_declared_and_no_card(scanner: Scanner, faces: dict[str, str]) -> None:
    scanner.scan(faces["portrait"])
    scanner.verdict("Valid")
    scanner.dismiss()
    kept = scanner.page.evaluate(
        """async () => {
          const [{ name }] = await indexedDB.databases();
          const database = await new Promise((done) => {
            indexedDB.open(name).onsuccess = (event) => done(event.target.result);
          });
          const all = {};
          for (const store of database.objectStoreNames) {
            const read = (what) => new Promise((done) => {
              database.transaction(store).objectStore(store)[what]().onsuccess = (event) => done(event.target.result);
            });
            all[store] = { keys: await read("getAllKeys"), values: await read("getAll") };
          }
          const { providerKey } = all.pairing.values[0];
          return {
            fields: {
              pairing: Object.keys(all.pairing.values[0]),
              documents: Object.keys(all.documents.values[0]),
              settings: all.settings.keys,
            },
            readable: providerKey.extractable,
            text: JSON.stringify(all, (key, value) => (key === "octets" ? "" : value)),
            caches: (await caches.keys()).length,
          };
        }"""
    )
    said = {it.name.removeprefix("/scan/ IndexedDB "): set(it.fields) for it in declared(Kind.BROWSER_STORAGE)}
    assert said.keys() == {*kept["fields"], "/scan/ cache"}
    assert set(kept["fields"]["pairing"]) == said["pairing"]
    assert set(kept["fields"]["documents"]) == said["documents"]
    assert set(kept["fields"]["settings"]) <= said["settings"]
    assert kept["readable"] is False
    assert NAME not in kept["text"]
    assert kept["caches"] == 1


def faults_of_accessibility(page: Page) -> list[str]:
    # Past the policy: the test's own script, not the page's.
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run()")
    return [f"{violation['id']}: {violation['nodes'][0]['html'][:90]}" for violation in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["nl", "en", "fr", "es", "de", "ar"])
def test_axe_finds_nothing_in_any_language(scanner: Scanner, faces: dict[str, str], language: str, scheme: Any) -> None:
    page = scanner.page
    page.emulate_media(color_scheme=scheme)
    scanner.open(language=language)
    assert page.evaluate("() => document.documentElement.dir") == ("rtl" if language == "ar" else "ltr")
    page.evaluate("() => { document.querySelector('details').open = true }")
    found = faults_of_accessibility(page)
    for text in (faces["portrait"], faces["compact"][:-6] + "000000"):
        scanner.scan(text)
        expect(page.locator("#verdict")).to_be_visible()
        found += faults_of_accessibility(page)
        scanner.dismiss()
    assert found == []
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320
    page.emulate_media(color_scheme="light")
