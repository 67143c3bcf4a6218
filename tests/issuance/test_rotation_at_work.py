"""Rotation in a running installation: desks that issue meanwhile notice nothing."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from cardservice.cli.desk_client import DeskClient
from tests.issuance.desk_browser import order_body
from tests.stack import Stack

CARDS = 8


@pytest.fixture
def clerk(stack: Stack) -> DeskClient:
    clerk = stack.clerk()
    clerk._sign_in()
    return clerk


def test_keys_change_twice_under_load_and_no_card_is_refused(stack: Stack, clerk: DeskClient) -> None:
    stack.issue(name="Before the change")
    before = dict(stack.rows("issuance", "SELECT kid, issued FROM issuance_signingkey"))

    with ThreadPoolExecutor(3) as pool:
        cards = [pool.submit(clerk.post, "/cards", order_body(name=f"Invented {n}")) for n in range(CARDS)]
        rotated = [json.loads(stack.word("keys", "rotate", "--json").stdout) for _ in range(2)]
        numbers = {card.result()["card_number"] for card in cards}

    assert len(numbers) == CARDS
    assert len({said["active"] for said in rotated}) == 2
    states = dict(stack.rows("issuance", "SELECT kid, state FROM issuance_signingkey WHERE use = 'card'"))
    assert [states[said["active"]] for said in rotated] == ["retired", "active"]
    after = dict(stack.rows("issuance", "SELECT kid, issued FROM issuance_signingkey"))
    assert sum(after.values()) - sum(before.values()) == CARDS
    assert {key["state"] for key in rotated[-1]["keys"] if key["use"] == "card"} >= {"planned", "active", "retired"}
