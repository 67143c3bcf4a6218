"""Signing in by the city's OpenID Connect provider in Chromium: the provider lies at another site than the desk."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from cardservice import children
from cardservice.supervisor import free_ports, web_server
from tests.browser.test_staff_pages import PASSWORD, invite, judge, key_in, signed_in_as
from tests.stack import Stack

SECRET = "a secret of the desk"


@pytest.fixture(scope="module")
def provided(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A second desk of the installation, at localhost, that has a provider, at 127.0.0.1: two sites to a browser."""
    place, port = tmp_path_factory.mktemp("provider"), free_ports()["desk"]
    desk = f"http://localhost:{port}"
    command = [sys.executable, "-m", "tests.staff.provider_process", "desk", SECRET, f"{desk}/sign-in/provider/return"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as provider:
        assert provider.stdout is not None
        issuer = provider.stdout.readline().strip()
        written = place / "openid.toml"
        written.touch(mode=0o600)
        facts = {"issuer": issuer, "client_id": "desk", "client_secret": SECRET, "desk": desk}
        written.write_text("".join(f"{name} = {json.dumps(value)}\n" for name, value in facts.items()))
        environment = stack.home.environment("desk") | {"CARDSERVICE_OPENID_FILE": str(written)}
        served = web_server("cardservice.rsgi:application", port)
        process = children.start(served, environment=environment, log=place / "desk.log")
        try:
            wait_until_it_answers(f"{desk}/healthz", place / "desk.log")
            yield desk, issuer
        finally:
            process.terminate()
            process.wait(20)
            provider.terminate()


def wait_until_it_answers(address: str, log: Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            if httpx.get(address).status_code == 200:
                return
        except httpx.HTTPError:
            time.sleep(0.1)
    pytest.fail(log.read_text())


def test_a_clerk_links_the_citys_account_and_signs_in_across_sites(
    chromium: Browser, stack: Stack, provided: tuple[str, str]
):
    desk, issuer = provided
    made: dict[str, Any] = invite(stack)
    httpx.post(f"{issuer}/next", json={"claims": {"sub": made["staff_code"]}})
    context = chromium.new_context(base_url=desk, viewport={"width": 1280, "height": 960})
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    key_in(page)
    page.goto(f"/invitation#{made['link'].split('#')[1]}")
    page.get_by_label("New password").fill(PASSWORD)
    page.get_by_label("The same password again").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Make a passkey").click()
    page.get_by_role("link", name="I have them on paper").click()

    page.goto("/account")
    expect(page.get_by_text("Not linked.")).to_be_visible()
    judge(page)
    page.get_by_role("link", name="Link", exact=True).click()
    expect(page.get_by_text("Linked: it can stand in place")).to_be_visible()
    assert any(address.startswith(f"{issuer}/authorize") for address in asked), "the browser was at the other site"
    assert page.url == f"{desk}/account", "still signed in after the way across sites"
    judge(page)

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("link", name="Sign in with the city's account")).to_be_visible()
    judge(page)
    page.get_by_role("link", name="Sign in with the city's account").click()
    expect(page.get_by_role("button", name="Use your passkey")).to_be_visible()
    assert page.url == f"{desk}/sign-in/code", "the second factor is asked here"
    page.get_by_role("button", name="Use your passkey").click()
    signed_in_as(page, made["staff_code"])
    assert [it["name"] for it in context.cookies() if it["name"] == "desk_provider"] == []

    # Another site cannot have it begin, and thus end this session.
    page.goto(issuer)
    page.evaluate("(to) => { location.href = to }", f"{desk}/sign-in/provider")
    expect(page).to_have_url(re.compile(f"^{desk}/(sign-in)?$"))
    page.goto("/account")
    signed_in_as(page, made["staff_code"])

    httpx.post(f"{issuer}/next", json={"claims": {"sub": "nobody"}})
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in with the city's account").click()
    expect(page.get_by_role("alert")).to_contain_text("No account here is linked to you")
    judge(page)
    page.get_by_role("link", name="To the sign-in page").click()
    expect(page.get_by_label("Staff code")).to_be_visible()
    context.close()
    assert not [text for text in complaints if "Content Security Policy" in text], complaints
