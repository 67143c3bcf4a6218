"""The holder process of a running installation: a slip blocks the card for everybody, and no line tells of it."""

import json
from typing import Any

import httpx

from cardservice.credential.numbers import slip_code
from tests.stack import Stack


def verdict(stack: Stack, card: dict[str, Any]) -> tuple[str, str | None]:
    """What a check without network says by the documents that are published."""
    judged = json.loads(stack.word("check", card["faces"][0]["qr"], "--json").stdout)
    return judged["verdict"], judged["reason"]


def test_a_slip_blocks_its_card_in_the_published_list_and_is_answered_like_any_other(stack: Stack) -> None:
    issued, other = stack.issue(name="Ines Example"), stack.issue(name="Noor Example")
    log = stack.home.logs / "holder.log"
    with httpx.Client(base_url=stack.supervisor.addresses["holder"], timeout=60.0) as resident:
        before = log.read_bytes()
        codes = (slip_code(b"no slip at"), issued["slip_code"], issued["slip_code"], "mistyped")
        answers = [resident.post("/block", json={"slip_code": code}) for code in codes]
        rows = [resident.post("/held", json={"card_number": card["card_number"]}).json() for card in (issued, other)]
        pages = [resident.post(path, data=body) for path, body in (
            ("/block", {"slip_code": issued["slip_code"]}), ("/held", {"card_number": issued["card_number"]}),
            ("/block", {"slip_code": "Zq7"}), ("/held", {"nothing": "Zq7"}),
        )]  # fmt: skip
        refused = resident.post("/block", content=b"x" * 5000, headers={"Content-Type": "application/json"})
    assert {(answer.status_code, answer.content) for answer in answers} == {(200, answers[0].content)}
    assert [row["held"]["state"] for row in rows] == ["blocked", "not blocked"]
    assert [page.status_code for page in pages] == [200, 200, 400, 400]
    assert refused.status_code == 413
    assert not any(answer.cookies or answer.headers.get("server") for answer in (*answers, *pages, refused))
    assert json.loads(stack.word("publish", "--json").stdout)["lists"]
    assert [verdict(stack, card) for card in (issued, other)] == [("refused", "blocked"), ("valid", None)]
    assert log.read_bytes() == before
