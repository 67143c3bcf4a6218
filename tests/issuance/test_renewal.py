"""Renewing a card: its content is carried over, it is blocked once the new one is confirmed, nothing joins the two."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from cardservice.credential import codec, cose, keys
from cardservice.credential.calendar import DAY
from cardservice.credential.derive import renewal_of
from issuance import desk
from issuance.models import Card
from privacy.actions import LogUnavailable
from staff.models import DailyTally
from tests.issuance.desk_browser import Body, Browser, order_body
from tests.issuance.office import dump, held
from tests.issuance.test_card_views import _problem

pytestmark = pytest.mark.django_db(databases=["staff", "issuance"])
FIRST, SECOND, THIRD = "c4" * 32, "d5" * 32, "e6" * 32


def _qrs(issued: Body) -> list[str]:
    return [face["qr"] for face in issued["faces"]]


def _links(issued: Body) -> list[bytes]:
    return [codec.open_text(text)[1].link for text in _qrs(issued)]


def _state(issued: Body) -> str:
    return _row(issued).state


def _row(issued: Body) -> Card:
    from issuance.blocking import by_slip

    return by_slip(issued["slip_code"])


@pytest.fixture
def old(desk_browser: Browser) -> Body:
    """A card that its holder has in hands."""
    issued = desk_browser.issue(issue_seed=FIRST)
    assert desk_browser.post("/cards/ack", {"issue_seed": FIRST}).json()["state"] == "active"
    desk_browser.recorded.clear()
    return issued


def _renew(desk_browser: Browser, old: Body, seed: str = SECOND, **changed: Any) -> Any:
    return desk_browser.post("/cards", order_body(**({"issue_seed": seed, "renews": [_qrs(old)[0]]} | changed)))


def _acknowledge(desk_browser: Browser, old: Body, seed: str = SECOND) -> Any:
    return desk_browser.post("/cards/ack", {"issue_seed": seed, "renews": old["card_number"]})


def _recorded(desk_browser: Browser) -> list[tuple[str, str]]:
    return [(entry["action"], entry["purpose"]) for entry in desk_browser.recorded]


def test_a_card_is_renewed_and_the_old_one_blocked_once_the_new_one_is_confirmed(
    desk_browser: Browser, old: Body
) -> None:
    said = desk_browser.post("/cards/renewal", {"renews": [_qrs(old)[1]]}).json()
    assert (said["name"], said["born"], said["profile"]) == ("Amina Example", "1990-02-28", "standard")
    assert (said["card_number"], said["expires"], said["expired"]) == (old["card_number"], old["expires"], False)
    assert said["photo"]

    response = _renew(desk_browser, old)
    new = response.json()
    assert response.status_code == 201
    assert set(_links(new)) == set(_links(old))
    assert new["card_number"] != old["card_number"]
    assert new["slip_code"] != old["slip_code"]
    assert (_state(old), _state(new)) == ("active", "reserved")

    assert _acknowledge(desk_browser, old).json() == {"card_number": new["card_number"], "state": "active"}
    assert (_state(old), _state(new)) == ("revoked", "active")
    assert _recorded(desk_browser) == [("issue", "renewed"), ("revoke", "renewed")]
    assert not DailyTally.objects.exists()

    # Both asked again: the same card, nothing changed, nothing more recorded.
    before = desk_browser.state()
    again = _renew(desk_browser, old)
    assert (again.status_code, again.json()) == (200, new)
    assert _acknowledge(desk_browser, old).json()["state"] == "active"
    assert desk_browser.state() == before


def test_no_row_tells_which_card_renewed_which(desk_browser: Browser, old: Body) -> None:
    before = dump()
    new = _renew(desk_browser, old).json()
    after = dump()
    assert set(before["Card"]) < set(after["Card"])
    ((row,),) = [set(after["Card"]) - set(before["Card"])]
    # What the row is found by follows from both cards; alone neither page's seed nor the old number leads to it.
    assert _row(new).row_key == renewal_of(seed=bytes.fromhex(SECOND), old=_row(old).id).row_key
    assert not {_row(old).id, bytes(_row(old).row_key), bytes(_row(old).slip_hash)} & set(row)
    for body in ({"issue_seed": SECOND}, {"issue_seed": SECOND, "renews": new["card_number"]}):
        _problem(desk_browser.post("/cards/ack", body), 404, "no_such_card")
    assert (_state(old), _state(new)) == ("active", "reserved")


def _suspend(desk_browser: Browser, old: Body) -> None:
    desk_browser.post("/cards/suspend", {"card_number": old["card_number"], "purpose": "lost"})


def _revoke(desk_browser: Browser, old: Body) -> None:
    desk_browser.post("/cards/revoke", {"slip_code": old["slip_code"], "purpose": "lost"})


def _unconfirm(desk_browser: Browser, old: Body) -> None:
    Card.objects.update(state="reserved")


@pytest.mark.parametrize(("change", "why"), [(_suspend, "blocked"), (_revoke, "blocked"), (_unconfirm, "unconfirmed")])
def test_a_card_that_is_blocked_or_unconfirmed_is_not_renewed(
    desk_browser: Browser, old: Body, change: Callable[[Browser, Body], None], why: str
) -> None:
    change(desk_browser, old)
    _refused(desk_browser, [_qrs(old)[0]], why)


def _refused(desk_browser: Browser, texts: list[Any], why: str) -> None:
    """Neither read nor renewed, in words, without a change."""
    before = desk_browser.state()
    for response in (
        desk_browser.post("/cards/renewal", {"renews": texts}),
        desk_browser.post("/cards", order_body(issue_seed=SECOND, renews=texts)),
    ):
        problem = _problem(response, 409, f"renewal_{why}")
        assert problem["title"] and problem["detail"]
    assert desk_browser.state() == before


def _signed(old: Body, *, kid: str | None = None, **changed: Any) -> str:
    """The old card with other claims, signed by a card key of the city: as a thief of that key could."""
    signed, claims = codec.open_text(_qrs(old)[0])
    name, private = next((n, k) for n, k in held().made.private_keys.items() if n == (kid or signed.kid.hex()))
    header = cose.protected_header(alg=signed.alg, kid=bytes.fromhex(name))
    payload = replace(claims, **changed).encode()
    signature = keys.sign(private, cose.message_to_sign(protected=header, payload=payload))
    return codec.seal(protected=header, payload=payload, signature=signature)


def _altered(old: Body) -> str:
    signed, claims = codec.open_text(_qrs(old)[0])
    header = cose.protected_header(alg=signed.alg, kid=signed.kid)
    return codec.seal(protected=header, payload=replace(claims, name="Else").encode(), signature=signed.signature)


FALSE: dict[str, tuple[Callable[[Body], list[Any]], str]] = {
    "nothing": (lambda old: [], "unreadable"),
    "no card": (lambda old: ["HELLO MARKED"], "unreadable"),
    "no text": (lambda old: [5], "unreadable"),
    "a slip": (lambda old: [f"https://demo.invalid/block#{old['slip_code']}"], "unreadable"),
    "another city": (lambda old: [_signed(old, issuer="https://elsewhere.example")], "other_city"),
    "an altered card": (lambda old: [_altered(old)], "forged"),
    "signed with a stolen key": (lambda old: [_signed(old, name="MARKED")], "forged"),
}


@pytest.mark.parametrize("case", FALSE)
def test_what_this_city_did_not_issue_is_refused_in_words(desk_browser: Browser, old: Body, case: str) -> None:
    make, why = FALSE[case]
    _refused(desk_browser, make(old), why)


def test_the_control_of_the_forgeries_is_accepted(desk_browser: Browser, old: Body) -> None:
    assert desk_browser.post("/cards/renewal", {"renews": [_signed(old)]}).status_code == 200


@pytest.mark.parametrize(("days", "answer"), [(-1, False), (0, True), (184, True), (185, "too_old")])
def test_a_card_is_renewed_until_six_months_after_its_expiry(
    desk_browser: Browser, old: Body, monkeypatch: pytest.MonkeyPatch, days: int, answer: Any
) -> None:
    expires = _row(old).expires
    then = int(datetime(expires.year, expires.month, expires.day, tzinfo=UTC).timestamp()) + days * DAY
    monkeypatch.setattr(desk, "now", lambda: then)
    if answer == "too_old":
        _refused(desk_browser, [_qrs(old)[0]], answer)
        return
    assert desk_browser.post("/cards/renewal", {"renews": [_qrs(old)[0]]}).json()["expired"] is answer
    new = _renew(desk_browser, old)
    assert new.status_code == 201
    assert _acknowledge(desk_browser, old).json()["state"] == "active"
    assert new.json()["expires"] > old["expires"]


def test_a_card_of_sectors_keeps_the_link_of_each_when_all_codes_are_shown(desk_browser: Browser) -> None:
    kind = {"profile": "sectors", "born": None, "photo_qr": None}
    old = desk_browser.issue(issue_seed=FIRST, **kind)
    desk_browser.post("/cards/ack", {"issue_seed": FIRST})

    part = desk_browser.post("/cards/renewal", {"renews": _qrs(old)[:3]}).json()
    assert (part["codes"], part["scanned"]) == (7, 3)
    _problem(_renew(desk_browser, old, **kind, renews=_qrs(old)[:6]), 409, "renewal_incomplete")
    _problem(_renew(desk_browser, old), 409, "renewal_other_kind")

    new = _renew(desk_browser, old, **kind, renews=_qrs(old)[::-1])
    assert new.status_code == 201
    assert _links(new.json()) == _links(old)
    assert len(set(_links(old))) == 7
    assert _acknowledge(desk_browser, old).json()["state"] == "active"
    assert _state(old) == "revoked"


def test_codes_of_two_cards_are_not_mixed(desk_browser: Browser, old: Body) -> None:
    other = desk_browser.issue(issue_seed=THIRD)
    desk_browser.post("/cards/ack", {"issue_seed": THIRD})
    _refused(desk_browser, [_qrs(old)[0], _qrs(other)[1]], "several_cards")


def test_a_card_renewed_on_two_pages_gets_one_successor(desk_browser: Browser, old: Body) -> None:
    first, second = _renew(desk_browser, old).json(), _renew(desk_browser, old, THIRD).json()
    assert _acknowledge(desk_browser, old).json()["state"] == "active"
    for _ in range(2):
        assert _acknowledge(desk_browser, old, THIRD).json()["state"] == "revoked"
    assert [_state(card) for card in (old, first, second)] == ["revoked", "active", "revoked"]


def test_a_card_blocked_before_the_new_one_is_confirmed_gets_no_successor(desk_browser: Browser, old: Body) -> None:
    new = _renew(desk_browser, old).json()
    _suspend(desk_browser, old)
    assert _acknowledge(desk_browser, old).json()["state"] == "revoked"
    assert (_state(old), _state(new)) == ("suspended", "revoked")


def test_a_new_card_that_is_never_confirmed_leaves_the_old_one_as_it_is(desk_browser: Browser, old: Body) -> None:
    new = _renew(desk_browser, old).json()
    Card.objects.filter(id=_row(new).id).update(state="revoked")  # by the daily sweep
    assert _acknowledge(desk_browser, old).json()["state"] == "revoked"
    assert _state(old) == "active"


def test_a_log_that_fails_leaves_both_cards_and_asking_again_goes_on(
    desk_browser: Browser, old: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = _renew(desk_browser, old).json()

    def away(**entry: Any) -> None:
        raise LogUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(desk, "record", away)
        _problem(_acknowledge(desk_browser, old), 503, "log_unavailable")
    assert (_state(old), _state(new)) == ("active", "reserved")
    assert _acknowledge(desk_browser, old).json()["state"] == "active"
    assert _state(old) == "revoked"


def test_the_entry_of_the_old_card_is_the_same_however_often_it_is_recorded(
    desk_browser: Browser, old: Body, monkeypatch: pytest.MonkeyPatch
) -> None:
    _renew(desk_browser, old)
    desk_browser.recorded.clear()
    _acknowledge(desk_browser, old)
    # As if the power had gone between the entry and the register.
    Card.objects.update(state="active")
    Card.objects.exclude(id=_row(old).id).update(state="reserved")
    _acknowledge(desk_browser, old)
    assert _recorded(desk_browser) == [("revoke", "renewed")] * 2
    assert len({entry["entry_id"] for entry in desk_browser.recorded}) == 1


def test_a_typing_error_on_a_renewed_card_is_corrected(desk_browser: Browser, old: Body) -> None:
    wrong = _renew(desk_browser, old).json()
    right = _renew(desk_browser, old, THIRD, name="Amina Exempla", corrects=wrong["slip_code"]).json()
    assert _acknowledge(desk_browser, old, THIRD).json()["state"] == "active"
    assert [_state(card) for card in (old, wrong, right)] == ["revoked", "revoked", "active"]
    assert set(_links(right)) == set(_links(old))


@pytest.mark.parametrize("number", ["000-0001", "", "MARKED"])
def test_a_mistyped_number_of_the_old_card_is_told(desk_browser: Browser, old: Body, number: str) -> None:
    _renew(desk_browser, old)
    before = desk_browser.state()
    problem = _problem(desk_browser.post("/cards/ack", {"issue_seed": SECOND, "renews": number}), 400, "invalid_fields")
    assert problem["errors"].keys() == {"renews"}
    assert desk_browser.state() == before
