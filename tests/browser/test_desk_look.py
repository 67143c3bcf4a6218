"""How the desk page looks on screens of all widths."""

import pytest
from playwright.sync_api import Page


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_stands_beside_the_screen(page: Page, width: int):
    page.set_viewport_size({"width": width, "height": 800})
    for duty in ("Issue a card", "Block a card"):
        page.get_by_role("button", name=duty).click()
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
