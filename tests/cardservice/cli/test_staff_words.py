"""The words `staff ...` beside a running desk, each process with the rights it has in production."""

import json
import re
import time

import httpx
import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from tests.stack import Stack

PASSWORD = "seven quiet herons"


class Typing:
    """Somebody at a browser: forms go out with the token that the cookie holds."""

    def __init__(self, desk: str) -> None:
        self.client = httpx.Client(base_url=desk, timeout=60)
        self.client.get("/sign-in")

    def get(self, address: str) -> str:
        return self.client.get(address).text

    def post(self, address: str, **form: str) -> str:
        """Where the answer leads."""
        answer = self.client.post(address, data=form, headers={"X-CSRFToken": self.client.cookies["csrftoken"]})
        return str(answer.headers.get("Location", answer.text))


def said(stack: Stack, *words: str) -> dict:
    done = stack.word("staff", *words, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def listed(stack: Stack) -> dict[str, str]:
    return {it["staff_code"]: it["state"] for it in said(stack, "list")["accounts"]}


def test_an_account_goes_through_its_life(stack: Stack):
    made = said(stack, "invite", "--role=auditor", "--district=WEST2")
    assert set(made) == {"staff_code", "role", "link", "valid_hours"}
    link, code = made["link"].split("#")
    assert link == f"{stack.desk}/invitation"

    browser = Typing(stack.desk)
    assert browser.post("/invitation", code=code, password=PASSWORD, again=PASSWORD) == "/sign-in/set-up"
    assert listed(stack)[made["staff_code"]] == "no second factor"
    page = browser.get("/sign-in/set-up")
    secret = "".join(re.findall(r'class="secret">([A-Z2-7 ]+)<', page)[0].split())
    (sealed,) = re.findall(r'name="sealed" value="([^"]+)"', page)
    first = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    assert browser.post("/sign-in/set-up", code=first, sealed=sealed) == "/sign-in/recovery-codes"
    assert browser.post("/account/recovery-codes") == "/sign-in/recovery-codes"
    recovery = re.findall(r'codes__code">([0-9]+)<', browser.get("/sign-in/recovery-codes"))
    assert browser.post("/sign-out") == "/sign-in"
    assert browser.post("/sign-in", login=made["staff_code"], password=PASSWORD) == "/sign-in/code"
    assert browser.post("/sign-in/code", code=recovery[4]) == "/"
    assert "Codes left: 9." in browser.get("/account")

    again = said(stack, "reset", made["staff_code"], "--desk=https://desk.example")
    assert re.fullmatch(r"https://desk\.example/invitation#[0-9A-HJKMNP-TV-Z]{32}", again["link"])
    assert said(stack, "disable", made["staff_code"].lower()) == {"staff_code": made["staff_code"], "state": "disabled"}
    assert listed(stack)[made["staff_code"]] == "disabled"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("invite", "--role=janitor"), "'janitor' is no role: use one of clerk, supervisor, coordinator, auditor."),
        (("invite", "--role=clerk", "--desk=desk.example"), "is no address of a desk"),
        (("disable", "ZZZZZZ"), "There is no account 'ZZZZZZ'"),
    ],
)
def test_bad_input_is_answered_by_one_sentence(stack: Stack, words, sentence):
    done = stack.word("staff", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr and len(done.stderr.splitlines()) == 1
