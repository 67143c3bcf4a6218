"""A scanner in a browser, paired with an invented library: what the tests of the scanner do with it."""

import json
import re
import time
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.front import Front
from tests.stack import Stack

US_CODES = {
    **{str(digit): (f"Digit{digit}", False) for digit in range(10)},
    **{letter: (f"Key{letter}", True) for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    " ": ("Space", False),
    "$": ("Digit4", True),
    "%": ("Digit5", True),
    "*": ("Digit8", True),
    "+": ("Equal", True),
    "-": ("Minus", False),
    ".": ("Period", False),
    "/": ("Slash", False),
    ":": ("Semicolon", True),
}
"""Which key of a US keyboard writes a character, and whether with shift: what a scanner that types presses."""

_FIRST_ASKED = "/trust/key-set"
_PRESS = """(keys) => {
  for (const { code, key, shiftKey } of keys) {
    const event = { code, key, shiftKey, bubbles: true, cancelable: true };
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", event));
  }
}"""


@dataclass
class Scanner:
    """The page of a scanner and the server that it takes for the gate."""

    page: Page
    front: Front

    def open(self, *, language: str = "en") -> None:
        self.page.goto(f"{self.front.address}/scan/?lang={language}")
        self.page.locator("html[data-ready]").wait_for()

    def pair(self, code: str) -> None:
        self.page.locator("#code").fill(code)
        self.page.locator("#code").press("Enter")
        expect(self.page.locator("#scan-step")).to_be_visible()
        self.wait_for_list()

    def wait_for_list(self) -> None:
        expect(self.page.locator("#age")).to_have_attribute("data-level", "fresh")

    def wait_until_installed(self) -> None:
        self.page.evaluate("() => navigator.serviceWorker.ready")
        self.page.wait_for_function("() => navigator.serviceWorker.controller !== null")

    def scan(self, text: str, *, layout: dict[str, str] | None = None) -> None:
        """As a scanner that types does: keys of a US keyboard; `layout` is what the computer makes of them."""
        keys = [
            {
                "code": US_CODES[character][0],
                "shiftKey": US_CODES[character][1],
                "key": (layout or {}).get(character, character),
            }
            for character in text
        ]
        self.page.evaluate(_PRESS, [*keys, {"code": "Enter", "key": "Enter", "shiftKey": False}])

    def refresh(self) -> None:
        """Fetches the documents now and waits until that is done: only then does the page begin another round."""
        for _ in range(2):
            rounds, deadline = self.front.asked.count(_FIRST_ASKED), time.monotonic() + 60
            while self.front.asked.count(_FIRST_ASKED) == rounds:
                assert time.monotonic() < deadline, "the scanner asked for no key set"
                self.page.evaluate("() => document.getElementById('refresh').click()")
                self.page.wait_for_timeout(50)

    def verdict(self, word: str, *, within: float = 30) -> Any:
        """The region of the verdict, which says `word` and opens within so many seconds."""
        # From its start: "Not valid" ends in a word that must not count as "Valid".
        region = self.page.get_by_role("region", name=re.compile(rf"^{re.escape(word)}\b"))
        expect(region).to_be_visible(timeout=within * 1000)
        return region

    def dismiss(self) -> None:
        self.page.locator("#next").click()
        expect(self.page.locator("#verdict")).to_be_hidden()


def pairing_code(stack: Stack, api_key: str) -> str:
    """A fresh code for a scanner of the provider that `api_key` is of."""
    return str(json.loads(stack.word("agreement", "pair", api_key.split("_")[1], "--json").stdout)["code"])
