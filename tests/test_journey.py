"""One resident's way through the whole installation: desk, print, library, loss, return, end."""

import base64
import json
import time
from typing import Any

import httpx
import pytest

from cardservice.cli.portrait import draw_portrait
from issuance.render.readback import read_back
from tests.stack import Stack

PATIENCE = 10.0
"""Seconds after which the gate must have taken over what was published."""


def _ask_gate(stack: Stack, api_key: str, qr: str) -> httpx.Response:
    headers = {"Authorization": f"Api-Key {api_key}"}
    return httpx.post(f"{stack.gate}/api/v1/verifications", json={"qr": qr}, headers=headers)


def _check(stack: Stack, api_key: str, qr: str, verdict: str) -> dict[str, Any]:
    """The gate's answer once it says `verdict`, or its last one."""
    deadline = time.monotonic() + PATIENCE
    while True:
        response = _ask_gate(stack, api_key, qr)
        body = dict(response.json())
        if body.get("verdict") == verdict or time.monotonic() > deadline:
            return body
        time.sleep(0.1)


def test_a_card_lives_from_the_desk_to_its_end(stack: Stack) -> None:
    library = stack.agree("name")
    clinic = stack.agree("name", "born", "photo", sector="health")
    issued = stack.issue(name="Amina Example", born="1990-05-17", picture=draw_portrait(1))
    front, back = read_back(base64.b64decode(issued["card_pdf"]))
    assert [face["qr"] for face in issued["faces"]] == [front, back]

    at_library = _check(stack, library, front, "valid")
    assert at_library["card"] == {"name": "Amina Example"}
    at_clinic = _check(stack, clinic, back, "valid")
    assert at_clinic["card"]["born"] == "1990-05-17"
    assert at_clinic["card"]["photo"]
    assert at_clinic["provider_number"] != at_library["provider_number"]
    assert _check(stack, library, back, "valid")["provider_number"] == at_library["provider_number"]

    suspended = stack.word("suspend", issued["card_number"], "--purpose", "lost", "--json")
    assert json.loads(suspended.stdout) == {"card_number": issued["card_number"], "state": "suspended"}
    assert stack.word("publish").returncode == 0
    refused = _check(stack, library, front, "refused")
    assert (refused["reason"], refused["card"], refused["provider_number"]) == ("blocked", None, None)
    offline = stack.word("check", "-", "--json", stdin=back)
    assert (offline.returncode, json.loads(offline.stdout)["reason"]) == (1, "blocked")

    slip = ("--slip", issued["slip_code"])
    reinstated = stack.word("reinstate", "--card", front, *slip, "--purpose", "found", "--json")
    assert json.loads(reinstated.stdout)["state"] == "active"
    stack.word("publish")
    assert _check(stack, library, front, "valid")["verdict"] == "valid"
    assert stack.word("check", "-", stdin=front).returncode == 0

    assert json.loads(stack.word("revoke", *slip, "--json").stdout)["state"] == "revoked"
    assert stack.word("reinstate", "--card", front, *slip).returncode == 2
    stack.word("publish")
    assert _check(stack, library, front, "refused")["reason"] == "blocked"


def test_a_card_of_sectors_opens_one_door_a_face_and_its_records_do_not_join(stack: Stack) -> None:
    library, clinic = stack.agree("name"), stack.agree("name", "born", sector="health")
    issued = stack.issue(name="Bogdan Example", born="1981-01-02", profile="sectors")
    faces = {face["sector"]: face for face in issued["faces"]}
    assert _check(stack, library, faces["culture"]["qr"], "valid")["verdict"] == "valid"
    assert _check(stack, clinic, faces["health"]["qr"], "valid")["card"]["born"] == "1981-01-02"
    assert _check(stack, library, faces["health"]["qr"], "refused")["reason"] == "wrong_sector"
    assert len({face["number"] for face in issued["faces"]}) == len(faces) == 7

    stack.word("suspend", faces["legal"]["number"])
    stack.word("publish")
    assert _check(stack, library, faces["culture"]["qr"], "refused")["reason"] == "blocked"
    assert _check(stack, clinic, faces["health"]["qr"], "refused")["reason"] == "blocked"


def test_the_word_issue_reads_an_order_from_standard_input(stack: Stack) -> None:
    done = stack.word("issue", "--json", stdin='{"name": "Chloé Example", "born": "2001-02-03"}')
    assert done.returncode == 0, done.stderr
    body = json.loads(done.stdout)
    assert {"card_number", "slip_code", "expires", "faces"} <= body.keys()
    assert {"name", "sector", "number", "qr"} <= body["faces"][0].keys()
    checked = stack.word("check", body["faces"][0]["qr"], "--json")
    assert json.loads(checked.stdout)["card"]["name"] == "Chloé Example"


@pytest.mark.parametrize(
    ("words", "stdin", "sentence"),
    [
        (("issue",), "no json", "Give one JSON object"),
        (("issue",), '{"name": "A", "gender": "x"}', "Give one JSON object"),
        (("issue",), '{"name": "A\\u202eB"}', "direction"),
        (("issue",), '{"name": "A", "born": "2001-02-30"}', "is not a date"),
        (("suspend", "000-0000"), "", "belongs to no card"),
        (("suspend", "000-0001"), "", "mistyped"),
        (("revoke",), "", "--card"),
        (("keys", "forge"), "", "No such command"),
        (("agreement", "suspend", "AAAAAAAA"), "", "no agreement"),
    ],
)
def test_a_word_that_cannot_be_done_says_why_in_one_sentence(
    stack: Stack, words: tuple[str, ...], stdin: str, sentence: str
) -> None:
    done = stack.word(*words, stdin=stdin)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
