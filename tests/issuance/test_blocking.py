"""Who holds what may block or unblock which card."""

from typing import Any

import pytest

from cardservice.credential import codec, cose
from cardservice.credential.claims import decode
from cardservice.credential.codec import open_text
from cardservice.credential.numbers import card_number, slip_code
from issuance import blocking
from issuance.blocking import Final, Mistyped, Unknown, by_number, by_qr, by_slip, reinstate, revoke, suspend
from issuance.models import Card
from tests.issuance.office import Office, dump, order, photos

pytestmark = pytest.mark.django_db(databases=["issuance"])


class Changes:
    """Counts the changes that were announced, which is when the desk counts and records them."""

    def __init__(self, *, refuse: bool = False) -> None:
        self.announced, self.refuse = 0, refuse

    def __call__(self) -> None:
        self.announced += 1
        if self.refuse:
            raise PermissionError


def _issued(office: Office, **about: Any) -> tuple[Card, Any]:
    issued = office.issue(order(**about))
    return by_number(issued.card_number), issued


def _set(card: Card, state: str) -> Card:
    Card.objects.filter(id=card.id).update(state=state)
    card.state = state
    return card


def test_number_slip_and_either_face_find_the_card(office: Office) -> None:
    card, issued = _issued(office, photo_qr=photos()[0])
    _issued(office)

    assert by_slip(issued.slip_code) == card
    assert by_slip(issued.slip_code.lower().replace("-", " ")) == card
    assert [by_qr(face.qr) for face in issued.faces] == [card, card]


def test_every_credential_of_a_card_of_sectors_finds_it(office: Office) -> None:
    card, issued = _issued(office, profile="sectors")

    assert {by_number(face.number) for face in issued.faces} == {card}
    assert {by_qr(face.qr) for face in issued.faces} == {card}


def test_a_typing_error_is_noticed(office: Office) -> None:
    _, issued = _issued(office)
    for text, finder in ((issued.card_number, by_number), (issued.slip_code, by_slip)):
        other = "0" if text[0] != "0" else "1"
        for wrong in (other + text[1:], text[:-1], text + "0", "", "é" * len(text), text[1] + text[0] + text[2:]):
            if wrong != text:
                with pytest.raises(Mistyped):
                    finder(wrong)


def test_what_belongs_to_no_card_is_unknown(office: Office) -> None:
    card, issued = _issued(office)
    free = next(n for n in range(50) if n != card.id)

    for finder, shown in (
        (by_number, card_number(list_number=0, index=free)),
        (by_number, card_number(list_number=1023, index=card.id)),
        (by_slip, slip_code(bytes(10))),
        (by_qr, ""),
        (by_qr, "HELLO"),
        (by_qr, "é" * 20),
        (by_qr, "A" * 4097),
    ):
        with pytest.raises(Unknown):
            finder(shown)


def test_a_qr_that_says_anything_else_is_unknown_even_with_the_right_number(office: Office) -> None:
    _, issued = _issued(office)
    signed, claims = open_text(issued.faces[1].qr)
    assert claims.born
    for changed in (
        {"name": "Bogdan Vorbild"},
        {"born": "19900301"},
        {"cti": bytes(16)},
        {"link": bytes(16)},
        {"exp": claims.exp + 31 * 86_400},
        {"issuer": "https://other.invalid"},
    ):
        forged = decode(signed.payload).__class__(**(vars(claims) | changed))
        text = codec.seal(
            protected=cose.protected_header(alg=signed.alg, kid=signed.kid),
            payload=forged.encode(),
            signature=signed.signature,
        )
        with pytest.raises(Unknown):
            by_qr(text)


def test_a_qr_needs_no_signature_because_only_the_card_knows_its_random_bits(office: Office) -> None:
    card, issued = _issued(office)
    signed, _ = open_text(issued.faces[0].qr)
    text = codec.seal(
        protected=cose.protected_header(alg=signed.alg, kid=bytes(8)), payload=signed.payload, signature=bytes(64)
    )

    assert by_qr(text) == card


@pytest.mark.parametrize(
    ("act", "before", "after"),
    [
        ("suspend", "reserved", "suspended"),
        ("suspend", "active", "suspended"),
        ("reinstate", "suspended", "active"),
        ("revoke", "reserved", "revoked"),
        ("revoke", "active", "revoked"),
        ("revoke", "suspended", "revoked"),
    ],
)
def test_a_change_is_announced_before_it_is_made(office: Office, act: str, before: str, after: str) -> None:
    card = _set(_issued(office)[0], before)
    seen: list[str] = []

    changed = _do(act, card, lambda: seen.append(Card.objects.get().state))

    assert seen == [before]
    assert changed.state == Card.objects.get().state == after


def _do(act: str, card: Card, before_change: Any) -> Card:
    if act == "reinstate":
        return reinstate(card, slip_card=card, before_change=before_change)
    return {"suspend": suspend, "revoke": revoke}[act](card, before_change=before_change)


@pytest.mark.parametrize(
    ("act", "state"),
    [
        ("suspend", "suspended"),
        ("suspend", "revoked"),
        ("reinstate", "reserved"),
        ("reinstate", "active"),
        ("revoke", "revoked"),
    ],
)
def test_what_changes_nothing_is_not_announced(office: Office, act: str, state: str) -> None:
    card = _set(_issued(office)[0], state)
    before, changes = dump(), Changes()

    assert _do(act, card, changes).state == state
    assert (dump(), changes.announced) == (before, 0)


def test_a_revoked_card_is_never_reinstated(office: Office) -> None:
    card = _set(_issued(office)[0], "revoked")
    before, changes = dump(), Changes()

    with pytest.raises(Final):
        reinstate(card, slip_card=card, before_change=changes)
    assert (dump(), changes.announced) == (before, 0)


def test_the_slip_of_another_card_does_not_reinstate(office: Office) -> None:
    card, other = _set(_issued(office)[0], "suspended"), _issued(office)[0]
    before, changes = dump(), Changes()

    with pytest.raises(Unknown) as caught:
        reinstate(card, slip_card=other, before_change=changes)
    assert caught.value.field == "slip_code"
    assert (dump(), changes.announced) == (before, 0)


@pytest.mark.parametrize(("act", "state"), [("suspend", "active"), ("reinstate", "suspended"), ("revoke", "active")])
def test_nothing_changes_when_the_announcement_is_refused(office: Office, act: str, state: str) -> None:
    card = _set(_issued(office)[0], state)
    before = dump()

    with pytest.raises(PermissionError):
        _do(act, card, Changes(refuse=True))
    assert dump() == before


def test_the_state_is_read_when_it_is_changed(office: Office) -> None:
    card = _issued(office)[0]
    Card.objects.update(state="revoked")
    changes = Changes()

    # The desk found the card while it was still good.
    assert card.state == "reserved"
    assert suspend(card, before_change=changes).state == "revoked"
    assert changes.announced == 0


def test_a_row_deleted_meanwhile_is_unknown(office: Office) -> None:
    card = _issued(office)[0]
    Card.objects.all().delete()

    with pytest.raises(Unknown):
        suspend(card, before_change=Changes())


def test_purposes_are_a_closed_list() -> None:
    assert list(blocking.Purpose) == [
        "lost",
        "stolen",
        "found",
        "damaged",
        "holder_request",
        "typing_error",
        "misuse",
    ]
