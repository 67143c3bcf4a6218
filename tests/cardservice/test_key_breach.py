"""The key-breach drill on a running installation: it holds, and it fails when a fault is planted."""

import time
from dataclasses import dataclass

import pytest

from cardservice.cli.drill import breach
from cardservice.home import Home
from cardservice.key_breach import Card, Loot, Outcome, judge
from tests.stack import Stack
from verification.documents import read_published


@dataclass(frozen=True)
class Drill:
    home: Home
    outcome: Outcome
    loot: Loot
    before: list[Card]
    after: list[Card]

    def judged_by(self, documents: dict[str, bytes]) -> Outcome:
        now = int(time.time()) + 2
        found = judge(self.home, self.loot, documents, before=self.before, after=self.after, now=now)
        return Outcome(**found, again_refused=True, issuing_goes_on=True)


@pytest.fixture(scope="module")
def drill(stack: Stack) -> Drill:
    outcome, (loot, before, after) = breach(stack.home, stack.desk)
    return Drill(stack.home, outcome, loot, before, after)


def test_no_forgery_is_believed_and_every_card_of_before_the_breach_lives(drill: Drill) -> None:
    outcome = drill.outcome

    assert outcome.ok
    assert (outcome.forged, outcome.controls, outcome.accepted) == (8, 8, 0)
    assert (outcome.cards_before, outcome.valid_before) == (3, 3)
    assert (outcome.cards_after, outcome.refused_after) == (3, 3)
    assert outcome.again_refused
    assert outcome.issuing_goes_on


def test_it_fails_where_the_keys_were_never_marked_as_compromised(drill: Drill) -> None:
    outcome = drill.judged_by({})

    assert not outcome.ok
    assert outcome.accepted >= outcome.forged == 8
    assert outcome.refused_after == 0


def test_it_fails_where_the_commitment_lists_are_missing(drill: Drill) -> None:
    published = read_published(drill.home.published)

    outcome = drill.judged_by({name: octets for name, octets in published.items() if "commitments" not in name})

    assert not outcome.ok
    assert outcome.valid_before == 0


def test_it_fails_where_nothing_was_forged(drill: Drill) -> None:
    harmless = Loot(stolen={}, old=drill.loot.old, cards=(), documents=())
    found = judge(drill.home, harmless, read_published(drill.home.published), before=drill.before, after=drill.after,
                  now=int(time.time()) + 2)  # fmt: skip

    assert not Outcome(**found, again_refused=True, issuing_goes_on=True).ok
