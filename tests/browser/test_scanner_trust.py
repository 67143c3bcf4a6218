"""The scanner without its server, with an old list, a wrong clock, and with documents that somebody altered."""

import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from playwright.sync_api import Browser, expect

from cardservice.credential import cose, keys, keyset
from issuance import ceremony
from tests.browser.conftest import CHROMIUM
from tests.browser.front import Front, front_of
from tests.browser.scanner import Scanner, pairing_code
from tests.stack import Stack

DAY = 86_400


@pytest.fixture(scope="module")
def api_key(stack: Stack) -> str:
    return stack.agree("name")


@pytest.fixture(scope="module")
def card(stack: Stack) -> dict[str, str]:
    """A card of an invented person: its number and the QR text of its front."""
    issued = stack.issue(name="Imane Verzonnen")
    return {"number": issued["card_number"], "qr": issued["faces"][0]["qr"], "slip": issued["slip_code"]}


@pytest.fixture
def front(stack: Stack) -> Iterator[Front]:
    with front_of(stack.gate) as front:
        yield front


@pytest.fixture
def scanner(chromium: Browser, front: Front, stack: Stack, api_key: str) -> Iterator[Scanner]:
    """A freshly paired scanner whose verdicts stay."""
    context = chromium.new_context()
    scanner = Scanner(context.new_page(), front)
    scanner.open()
    scanner.pair(pairing_code(stack, api_key))
    yield scanner
    context.close()


def judged(scanner: Scanner, qr: str, word: str) -> str:
    """Scans a card; the text of the verdict, which says `word`."""
    scanner.scan(qr)
    text = str(scanner.verdict(word).inner_text())
    scanner.page.keyboard.press("Escape")
    expect(scanner.page.locator("#verdict")).to_be_hidden()
    return text


def test_an_installed_scanner_starts_and_judges_while_the_server_is_down(
    chromium: Browser, stack: Stack, front: Front, api_key: str, card: dict[str, str], tmp_path: Path
) -> None:
    playwright = chromium.browser_type
    options = {"executable_path": str(CHROMIUM), "args": ["--no-sandbox"] if os.geteuid() == 0 else []}
    context = playwright.launch_persistent_context(tmp_path, **options)
    scanner = Scanner(context.new_page(), front)
    scanner.open()
    scanner.pair(pairing_code(stack, api_key))
    scanner.wait_until_installed()
    context.close()
    front.stop()
    context = playwright.launch_persistent_context(tmp_path, **options)
    scanner = Scanner(context.new_page(), front)
    for language, word in (("en", "Valid"), ("nl", "Geldig")):
        scanner.open(language=language)
        judged(scanner, card["qr"], word)
    context.close()


def test_a_changed_file_is_not_installed(chromium: Browser, front: Front) -> None:
    altered = httpx.get(f"{front.address}/static/verification/verifier.js").content + b"\n// altered"
    front.instead["/static/verification/verifier.js"] = altered
    context = chromium.new_context()
    scanner = Scanner(context.new_page(), front)
    scanner.open()
    state = scanner.page.evaluate(
        """async () => {
          const registration = await navigator.serviceWorker.register("/scan/worker.js", { scope: "/scan/" });
          const worker = registration.installing ?? registration.waiting ?? registration.active;
          while (!["redundant", "activated"].includes(worker.state)) {
            await new Promise((done) => worker.addEventListener("statechange", done, { once: true }));
          }
          return worker.state;
        }"""
    )
    assert state == "redundant"
    context.close()


def test_a_card_is_refused_once_the_list_that_blocks_it_was_fetched(
    scanner: Scanner, stack: Stack, front: Front
) -> None:
    issued = stack.issue(name="Imane Verzonnen")
    qr = issued["faces"][0]["qr"]
    judged(scanner, qr, "Valid")
    stack.clerk().post("/cards/suspend", {"card_number": issued["card_number"], "purpose": "lost"})
    before = httpx.get(f"{front.gate}/s/0").content
    time.sleep(1.1)
    assert stack.word("publish").returncode == 0
    deadline = time.monotonic() + 30
    while httpx.get(f"{front.gate}/s/0").content == before and time.monotonic() < deadline:
        time.sleep(0.2)
    scanner.refresh()
    assert "blocked" in judged(scanner, qr, "Not valid")
    # The list that was good a moment ago is no longer taken, and the block stays.
    front.instead["/s/0"] = before
    scanner.refresh()
    expect(scanner.page.locator("#alarm")).to_contain_text("contradict")
    assert "blocked" in judged(scanner, qr, "Not valid")


def test_documents_are_fetched_by_one_refresh_at_a_time(scanner: Scanner, front: Front, card: dict[str, str]) -> None:
    click = "() => document.getElementById('refresh').click()"
    front.waits["/trust/key-set"] = arrives = threading.Event()
    # The browser's cache lets one request for an address wait for another: count what the page asks for.
    asked: list[str] = []
    scanner.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    for _ in range(3):
        scanner.page.evaluate(click)
    scanner.page.wait_for_timeout(500)
    assert asked == ["/trust/key-set"]
    arrives.set()
    for _ in range(40):
        if asked.count("/trust/key-set") > 1:
            break
        scanner.page.wait_for_timeout(250)
        scanner.page.evaluate(click)
    assert asked.count("/trust/key-set") > 1
    judged(scanner, card["qr"], "Valid")


def test_an_answer_that_breaks_off_is_as_none(scanner: Scanner, front: Front, card: dict[str, str]) -> None:
    errors: list[str] = []
    scanner.page.on("pageerror", lambda error: errors.append(str(error)))
    front.cut.add("/s/0")
    scanner.refresh()
    assert errors == []
    judged(scanner, card["qr"], "Valid")


@pytest.mark.parametrize(("days", "said"), [(8, "too old"), (-1 / 24, "a clock is wrong")])
def test_with_an_old_list_or_a_wrong_clock_the_scanner_is_unsure(
    scanner: Scanner, card: dict[str, str], days: float, said: str
) -> None:
    scanner.page.clock.set_fixed_time(time.time() + days * DAY)
    assert said in judged(scanner, card["qr"], "Not sure")


def test_the_age_of_the_list_is_always_in_sight(scanner: Scanner, card: dict[str, str]) -> None:
    page = scanner.page
    page.set_viewport_size({"width": 320, "height": 568})
    for hours, said in ((3, "3 h old"), (30, "30 h old"), (8 * 24, "8 days old")):
        page.clock.set_fixed_time(time.time() + hours * 3600)
        scanner.refresh()
        expect(page.locator("#age")).to_contain_text(said)
        expect(page.locator("#age")).to_be_in_viewport()
        scanner.scan(card["qr"])
        expect(page.locator("#verdict-age")).to_contain_text(said)
        expect(page.locator("#verdict-age")).to_be_in_viewport()
        page.keyboard.press("Escape")
        expect(page.locator("#verdict")).to_be_hidden()


def test_a_tampered_key_set_is_refused_and_alarms(scanner: Scanner, front: Front, card: dict[str, str]) -> None:
    published = bytearray(httpx.get(f"{front.gate}/trust/key-set", headers={"Accept": "application/cose"}).content)
    published[-1] ^= 1
    front.instead["/trust/key-set"] = bytes(published)
    scanner.refresh()
    expect(scanner.page.locator("#alarm")).to_contain_text("contradict")
    judged(scanner, card["qr"], "Valid")


def test_a_rolled_back_key_set_is_refused_and_alarms(
    scanner: Scanner, front: Front, stack: Stack, card: dict[str, str]
) -> None:
    root = load_pem_private_key(stack.home.root_key.read_bytes(), None)
    public = keys.public_key_of(root)  # type: ignore[arg-type]
    old = keyset.verify(stack.home.key_set.read_bytes(), root=public)
    payload = replace(old, seq=old.seq + 1).encode()
    header = keyset.signed_header(public)
    signature = keys.sign(root, cose.message_to_sign(protected=header, payload=payload))  # type: ignore[arg-type]
    front.instead["/trust/key-set"] = cose.assemble(protected=header, payload=payload, signature=signature)
    scanner.refresh()
    expect(scanner.page.locator("#alarm")).to_be_hidden()
    front.instead.clear()
    scanner.refresh()
    expect(scanner.page.locator("#alarm")).to_contain_text("contradict")
    judged(scanner, card["qr"], "Valid")
    # Remembered over a restart.
    scanner.page.reload()
    scanner.page.locator("html[data-ready]").wait_for()
    expect(scanner.page.locator("#alarm")).to_contain_text("contradict")


def test_the_scanner_follows_an_announced_root_and_remembers_it_over_a_restart(
    scanner: Scanner, front: Front, stack: Stack, card: dict[str, str]
) -> None:
    held = keyset.read_unverified(stack.home.key_set.read_bytes())
    emptied = replace(held, keys=tuple(key for key in held.keys if key.use != "card"))
    next_root = load_pem_private_key(stack.home.next_root_key.read_bytes(), None)
    stranger = ceremony.new_root()

    def handed_out(root: keys.PrivateKey, seq: int, *, says: keyset.KeySet = held) -> None:
        following = ceremony.under_next_root(says, next_root=root, after_next=ceremony.new_root(), now=int(time.time()))
        front.instead["/trust/key-set"] = ceremony.sign_key_set(replace(following, seq=seq), root=root)
        scanner.refresh()

    handed_out(stranger, held.seq + 5, says=emptied)
    judged(scanner, card["qr"], "Valid")
    handed_out(next_root, held.seq + 3)  # type: ignore[arg-type]
    judged(scanner, card["qr"], "Valid")
    # The former root is no longer believed, also after a restart: its newer set with other keys changes nothing.
    former = load_pem_private_key(stack.home.root_key.read_bytes(), None)
    later = replace(emptied, seq=held.seq + 9)
    front.instead["/trust/key-set"] = ceremony.sign_key_set(later, root=former)  # type: ignore[arg-type]
    for _ in range(2):
        scanner.refresh()
        judged(scanner, card["qr"], "Valid")
        scanner.page.reload()
        scanner.page.locator("html[data-ready]").wait_for()
    handed_out(next_root, held.seq + 4)  # type: ignore[arg-type]
    judged(scanner, card["qr"], "Valid")


def test_unpairing_forgets_the_agreement_and_its_key(scanner: Scanner) -> None:
    scanner.page.evaluate("() => { document.querySelector('details').open = true }")
    scanner.page.get_by_role("button", name="Unpair").click()
    expect(scanner.page.get_by_label("Pairing code")).to_be_visible()
    kept = scanner.page.evaluate(
        """() => new Promise((done) => {
          indexedDB.open("cardservice-scanner").onsuccess = ({ target: { result } }) => {
            const request = result.transaction("pairing").objectStore("pairing").count();
            request.onsuccess = () => done(request.result);
          };
        })"""
    )
    assert json.dumps(kept) == "0"
