"""The words `staff ...` beside a running desk, each process with the rights it has in production."""

import json
import re

import httpx
import pytest

from tests.stack import Stack


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

    with httpx.Client(base_url=stack.desk) as browser:
        browser.get("/invitation")
        token = {"X-CSRFToken": browser.cookies["csrftoken"]}
        form = {"code": code, "password": "seven quiet herons", "again": "seven quiet herons"}
        assert browser.post("/invitation", data=form, headers=token).headers["Location"] == "/sign-in/set-up"
    assert listed(stack)[made["staff_code"]] == "no second factor"

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
