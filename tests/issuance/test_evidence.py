"""The evidence policies: what is in force, and which files are refused."""

import pytest

from issuance.evidence import PolicyError, in_force, parse_policy
from issuance.orders import POLICY_VERSION

GOOD = """
[needs]
identity = 2
residence = 1
[carer]
from_age = 10
[[evidence]]
code = "letter"
identity = 2
residence = 1
label = { en = "Letter", nl = "Brief" }
"""


def test_orders_are_taken_under_the_policy_in_force() -> None:
    assert in_force().version == POLICY_VERSION


def test_who_has_no_address_reaches_the_points_with_one_letter_and_one_document() -> None:
    policy = in_force()
    points = {entry.code: entry for entry in policy.evidence}
    assert points["care_letter"].residence >= policy.residence
    assert points["photo_document"].identity >= policy.identity


def test_who_has_no_document_at_all_can_reach_the_points() -> None:
    policy = in_force()
    without = [entry for entry in policy.evidence if entry.code in ("care_letter", "school_letter")]
    assert sum(entry.identity for entry in without) >= policy.identity
    assert sum(entry.residence for entry in without) >= policy.residence


def test_whatever_a_letter_of_refusal_tells_to_bring_is_enough_by_itself() -> None:
    policy = in_force()
    points = {entry.code: entry.identity for entry in policy.evidence}
    told = ("photo_document", "driving_licence", "card_with_photo", "care_letter", "school_letter")
    assert {code: points[code] >= policy.identity for code in told} == dict.fromkeys(told, True)


def test_a_child_from_ten_needs_its_carer_and_nothing_else() -> None:
    policy = in_force()
    (carer,) = [entry for entry in policy.evidence if entry.code == "carer"]
    assert policy.carer_from_age == 10
    assert carer.identity >= policy.identity and carer.residence >= policy.residence


def test_each_kind_of_points_can_be_had_in_at_least_three_ways() -> None:
    policy = in_force()
    for kind in ("identity", "residence"):
        assert len([entry for entry in policy.evidence if getattr(entry, kind)]) >= 3, kind


def test_a_good_file_is_read() -> None:
    assert parse_policy(GOOD, version=4).version == 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("identity = 2\nresidence = 1\n[carer]", "identity = 3\nresidence = 1\n[carer]"),
        ("identity = 2\nresidence = 1\n[carer]", "identity = 0\nresidence = 1\n[carer]"),
        ("identity = 2\nresidence = 1\n[carer]", "identity = true\nresidence = 1\n[carer]"),
        ("identity = 2\nresidence = 1\nlabel", "label"),
        (', nl = "Brief"', ""),
        ('"Brief"', '""'),
        ('code = "letter"', 'code = "letter"\nnationality = "any"'),
        ("from_age = 10", "from_age = 10\nname = 'kept'"),
        ("[needs]", "[needs"),
        ("[carer]\nfrom_age = 10\n", ""),
    ],
)
def test_a_file_that_is_not_a_policy_is_refused(old: str, new: str) -> None:
    assert old in GOOD
    with pytest.raises(PolicyError):
        parse_policy(GOOD.replace(old, new), version=4)


def test_a_code_that_stands_twice_is_refused() -> None:
    with pytest.raises(PolicyError, match="twice"):
        parse_policy(GOOD + GOOD[GOOD.index("[[evidence]]") :], version=4)
