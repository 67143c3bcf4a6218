"""The verdict: every reason has a card that gets it, and of two reasons the first in precedence is given."""

import hashlib
import zlib
from dataclasses import dataclass, field
from typing import Any

import pytest

from cardservice.credential import base45
from cardservice.credential.calendar import DAY, WEEK, month_after
from cardservice.credential.keyset import State, Use
from cardservice.credential.reasons import Reason, Verdict
from tests.verification import build
from tests.verification.build import INDEX, NOW
from verification.trust import Trust
from verification.verifier import Judgement, verify


def judge(text: str, trust: Trust | None = None, **changed: Any) -> Judgement:
    trust = trust or build.Publication().trust()
    return verify(**({"text": text, "trust": trust, "now": NOW, "sector": "culture", "face": "any"} | changed))


@dataclass(frozen=True)
class Scene:
    """A card, what is believed, and how it is asked; each fault changes one of them and leaves the rest alone."""

    claims: dict[str, Any] = field(default_factory=dict)
    card_key: dict[str, Any] = field(default_factory=dict)
    signer: str = "card"
    forged: bool = False
    blocked: tuple[int, ...] = ()
    with_list: bool = True
    with_commitments: str = ""
    key_set: dict[str, Any] = field(default_factory=dict)
    asked: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    def judged(self) -> Judgement:
        claims = build.claims(**self.claims)
        payload = build.commitments_payload(claims if self.with_commitments == "listed" else build.claims(name="X"))
        changed = dict(self.card_key)
        if self.with_commitments:
            changed |= {"state": State.COMPROMISED, "commitments": hashlib.sha256(payload).digest()}
        documents = {"key-set": build.key_set(entries=build.standard_keys(**changed), **self.key_set)}
        if self.with_list:
            documents["s/0"] = build.status_list(blocked=self.blocked)
        if self.with_commitments:
            documents[f"commitments/{build.kid('card').hex()}"] = build.commitments(payload)
        text = self.text or build.card(signer=self.signer, **self.claims)
        if self.forged:
            text = build.sealed_with_wrong_signature(claims.encode(), signer=self.signer)
        return judge(text, build.Publication(documents).trust(), **self.asked)


TOO_LARGE = base45.encode(zlib.compress(bytes(70_000)))
OTHER_CITY = {"issuer": "https://other.invalid"}
LAST_MONTH = month_after(NOW, months=-2)

# What to change in a scene so that the reason applies, in order of precedence.
FAULTS: dict[Reason, dict[str, Any]] = {
    Reason.MALFORMED: {"text": "lower case"},
    Reason.TOO_LARGE: {"text": TOO_LARGE},
    Reason.UNSUPPORTED: {"text": build.foreign_shape()},
    Reason.UNKNOWN_ISSUER: {"claims": OTHER_CITY},
    Reason.WRONG_REALM: {"card_key": {"realm": "production"}},
    Reason.UNKNOWN_KEY: {"card_key": {"use": Use.SERVICES}},
    Reason.BAD_SIGNATURE: {"forged": True},
    Reason.KEY_WITHDRAWN: {"card_key": {"not_before": NOW + 20 * WEEK}},
    Reason.NOT_YET_VALID: {"claims": {"iat": build.monday_of(NOW) + 2 * WEEK}},
    Reason.EXPIRED: {"claims": {"exp": LAST_MONTH}},
    Reason.WRONG_SECTOR: {"claims": {"sector": "health"}},
    Reason.WRONG_FACE: {"claims": {"photo": None}, "asked": {"face": "portrait"}},
    Reason.BLOCKED: {"blocked": (INDEX,)},
    Reason.STATUS_UNKNOWN: {"card_key": {"state": State.COMPROMISED}},
    Reason.STALE_TRUST: {"key_set": {"exp": NOW}},
}


def scene(*reasons: Reason) -> Scene:
    merged: dict[str, Any] = {}
    for reason in reasons:
        for name, value in FAULTS[reason].items():
            merged[name] = merged[name] | value if isinstance(merged.get(name), dict) else value
    return Scene(**merged)


def test_a_good_card_is_valid_and_its_claims_are_believed():
    judgement = scene().judged()
    assert (judgement.verdict, judgement.reason) == (Verdict.VALID, None)
    assert judgement.claims is not None
    assert judgement.claims.name == "Ada Example"
    assert judgement.expires == "2029-11"
    assert judgement.list_issued_at == NOW - 60


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_a_card_that_gets_it(reason):
    judgement = scene(reason).judged()
    assert judgement.reason is reason
    assert judgement.verdict is reason.verdict


@pytest.mark.parametrize("reason", list(Reason))
def test_claims_are_told_only_behind_a_fitting_signature_and_never_of_a_refused_card(reason):
    judgement = scene(reason).judged()
    assert (judgement.claims is None) == (judgement.verdict is Verdict.REFUSED)
    assert (judgement.expires is None) == (judgement.claims is None)


# The first three are said of a text that is no card, which can have no other fault.
FAULTS_OF_CARDS = list(Reason)[3:]


@pytest.mark.parametrize(("earlier", "later"), list(zip(FAULTS_OF_CARDS, FAULTS_OF_CARDS[1:], strict=False)))
def test_of_two_reasons_that_follow_each_other_the_earlier_is_given(earlier, later):
    assert scene(earlier, later).judged().reason is earlier


@pytest.mark.parametrize("earlier", FAULTS_OF_CARDS)
def test_the_first_reason_is_given_even_if_all_later_ones_apply(earlier):
    later = FAULTS_OF_CARDS[FAULTS_OF_CARDS.index(earlier) :]
    # With an expired key set an unknown key is stale trust by definition, so that fault stays out of that one.
    if earlier is Reason.UNKNOWN_KEY:
        later.remove(Reason.STALE_TRUST)
    assert scene(*later).judged().reason is earlier


def test_a_blocked_card_is_blocked_even_by_a_stale_list():
    assert scene(Reason.BLOCKED, Reason.STALE_TRUST).judged().reason is Reason.BLOCKED


def test_a_text_of_over_four_kilobytes_is_too_large_before_anything_is_parsed():
    assert judge("a" * 4097).reason is Reason.TOO_LARGE


@pytest.mark.parametrize("text", ["", " ", "HELLO", "\ud800", "6BF" * 40, build.card()[:-1], build.card() + "0"])
def test_what_is_no_credential_is_malformed(text):
    assert judge(text).reason is Reason.MALFORMED


def test_a_changed_name_under_a_real_signature_is_a_bad_signature():
    assert judge(build.forged_card()).reason is Reason.BAD_SIGNATURE


def test_a_key_that_nobody_knows_is_unknown_and_with_an_expired_key_set_unsure():
    text = build.card(signer="stranger")
    assert judge(text).reason is Reason.UNKNOWN_KEY
    assert judge(text, now=NOW + 90 * DAY).reason is Reason.STALE_TRUST


def test_without_any_key_set_nothing_is_sure():
    assert judge(build.card(), Trust(issuer=build.ISSUER, realm="demo")).reason is Reason.STALE_TRUST


def test_a_card_signed_by_the_status_key_is_refused():
    assert judge(build.card(signer="status")).reason is Reason.UNKNOWN_KEY


def test_a_card_of_a_compromised_key_issued_before_the_breach_lives_on():
    assert Scene(with_commitments="listed").judged().verdict is Verdict.VALID


def test_a_card_of_a_compromised_key_that_is_not_listed_is_withdrawn():
    assert Scene(with_commitments="not listed").judged().reason is Reason.KEY_WITHDRAWN


def test_a_card_whose_list_was_never_accepted_is_unsure():
    judgement = Scene(with_list=False).judged()
    assert (judgement.reason, judgement.list_issued_at) == (Reason.STATUS_UNKNOWN, None)


@pytest.mark.parametrize("state", [State.PLANNED, State.ACTIVE, State.RETIRED])
def test_planned_active_and_retired_keys_are_believed_alike(state):
    assert Scene(card_key={"state": state}).judged().verdict is Verdict.VALID


def test_an_index_beyond_the_list_is_unknown():
    trust = build.Publication().trust()
    uri, held = next(iter(trust.lists.items()))
    short = build.replace(trust, lists={uri: build.replace(held, bits=b"\0")})
    assert judge(build.card(), short).reason is Reason.STATUS_UNKNOWN


def test_a_list_is_stale_from_the_second_it_expires():
    trust = build.Publication().trust()
    assert judge(build.card(), trust, now=NOW - 60 + WEEK - 1).verdict is Verdict.VALID
    assert judge(build.card(), trust, now=NOW - 60 + WEEK).reason is Reason.STALE_TRUST


def test_a_clock_behind_the_newest_signed_time_is_never_sure():
    trust = build.Publication().trust()
    assert judge(build.card(), trust, now=NOW - 60).verdict is Verdict.VALID
    assert judge(build.card(), trust, now=NOW - 61).reason is Reason.STALE_TRUST


def test_a_card_expires_in_its_first_second_after_the_last_valid_month():
    text, exp = build.card(), build.claims().exp
    documents = {"key-set": build.key_set(exp=exp + DAY), "s/0": build.status_list(iat=NOW)}
    trust = build.Publication(documents).trust()
    assert judge(text, trust, now=exp).reason is Reason.EXPIRED
    assert judge(text, trust, now=exp - 1).reason is Reason.STALE_TRUST


def test_a_card_of_next_week_is_believed_ten_minutes_before_it_begins():
    monday = build.monday_of(NOW) + WEEK
    text = build.card(iat=monday)
    assert judge(text, now=monday - 601).reason is Reason.NOT_YET_VALID
    assert judge(text, now=monday - 600).reason is not Reason.NOT_YET_VALID


def test_a_sector_card_is_good_in_its_own_sector_and_where_no_sector_is_asked():
    text = build.card(sector="culture")
    assert judge(text).verdict is Verdict.VALID
    assert judge(text, sector=None).verdict is Verdict.VALID
    assert judge(text, sector="health").reason is Reason.WRONG_SECTOR


def test_a_portrait_satisfies_an_agreement_that_wants_one():
    assert judge(build.card(), face="portrait").verdict is Verdict.VALID


def test_a_judgement_does_not_show_the_claims_when_it_is_printed():
    assert "Ada" not in repr(scene().judged())
