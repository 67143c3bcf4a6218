"""Issuing: row before log before signature before print, and the same order always the same card."""

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from cardservice.credential import codec
from cardservice.credential.calendar import DAY
from cardservice.credential.codec import open_text
from cardservice.credential.cose import Signed
from cardservice.credential.derive import secrets_of
from cardservice.credential.numbers import LIST_SIZE, MAX_LISTS, parse_card_number
from cardservice.credential.profiles import SECTORS
from issuance import blocking, printing, register
from issuance.cards import CardGone, SeedUsed, acknowledge
from issuance.keys import NoActiveKey, active_key, is_open, public_key
from issuance.models import Card, Credential, IndexChunk, SigningKey, StatusList
from issuance.printing import CannotPrint, ReadBackFailed
from issuance.register import RowChanged
from issuance.render import card as layout
from issuance.signer.client import SignerRefused, SignerUnavailable
from issuance.statusbits import current_bits
from tests.issuance.office import NOW, DirectSigner, Office, dump, enter_keys, order, photos, rules

pytestmark = pytest.mark.django_db(databases=["issuance"])
LONG = "Maria Guadalupe Fernanda de los Ángeles Hernández-Villanueva y Gutiérrez-Castañe"


def _nothing() -> None:
    pass


def _used_indexes() -> int:
    return sum(IndexChunk.objects.values_list("used", flat=True))


def _opened(issued: Any) -> list[Signed]:
    return [open_text(face.qr)[0] for face in issued.faces]


def _card_key() -> SigningKey:
    return SigningKey.objects.get(use="card", state="active")


def test_a_card_says_what_was_ordered(office: Office) -> None:
    small, large = photos()
    ordered = order(photo_qr=small, photo_print=large)

    issued = office.issue(ordered)

    card = Card.objects.get()
    secrets = secrets_of(seed=ordered.seed, credentials=1)
    assert [face.name for face in issued.faces] == ["compact", "portrait"]
    for face in issued.faces:
        signed, claims = open_text(face.qr)
        assert signed.verified_by(public_key(card.key))
        assert (claims.name, claims.number) == ("Amina Example", issued.card_number)
        assert claims.born == ("19900228" if face.name == "portrait" else None)
        assert (claims.cti, claims.link) == (secrets.ctis[0], secrets.links[0])
        assert (claims.list_number, claims.index) == parse_card_number(issued.card_number)
        assert claims.list_number * LIST_SIZE + claims.index == card.id
        assert claims.sector is None
    assert open_text(issued.faces[0].qr)[1].photo is None
    assert open_text(issued.faces[1].qr)[1].photo == small
    assert (issued.created, issued.expires) == (True, "2029-11")
    assert issued.prints.card_pdf.startswith(b"%PDF")
    assert blocking.by_slip(issued.slip_code) == card


def test_the_register_keeps_a_row_without_the_person(office: Office) -> None:
    small, large = photos()
    issued = office.issue(order(photo_qr=small, photo_print=large))

    card = Card.objects.get()
    assert (card.state, card.signed, card.week, card.expires) == (
        "reserved",
        True,
        date(2026, 11, 23),
        date(2029, 12, 1),
    )
    assert len(bytes(card.commitments)) == 32
    assert _card_key().issued == 1
    kept = repr(dump()).encode()
    _, claims = open_text(issued.faces[1].qr)
    for value in (claims.cti, claims.link, claims.name.encode(), small[30:50]):
        assert value not in kept
        assert repr(value)[2:-1].encode() not in kept
        assert value.hex().encode() not in kept


def test_the_row_stands_before_the_log_hears_of_it_and_the_log_before_the_signer(office: Office) -> None:
    seen: list[str] = []

    def log(entry_id: bytes, week: date) -> None:
        card = Card.objects.get()
        seen.append(f"log: rows 1, signed {card.signed}")
        assert week == card.week

    office.signer.before = lambda: seen.append("signer")
    office.issue(order(), log=log)

    assert seen == ["log: rows 1, signed False", "signer"]


def test_the_same_order_gives_the_same_card(office: Office) -> None:
    small, large = photos()
    ordered = order(photo_qr=small, photo_print=large)
    first = office.issue(ordered)
    before, asked = dump(), list(office.signer.asked)

    # Eight weeks later: all that depends on the day comes from the row.
    again = office.issue(replace(ordered, language="en"), now=NOW + 56 * DAY)

    assert dump() == before
    assert again == replace(first, created=False)
    assert [signed.payload for signed in _opened(again)] == [signed.payload for signed in _opened(first)]
    assert {signed.kid for signed in _opened(again)} == {signed.kid for signed in _opened(first)}
    assert office.signer.asked[1:] == asked
    assert len(office.logged) == 1


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "Amina Exampel"},
        {"born": "1990-02-27"},
        {"born": None},
        {"photo_qr": None},
        {"profile": "sectors", "photo_qr": None},
    ],
)
def test_other_data_under_the_same_seed_are_refused(office: Office, changed: dict[str, Any]) -> None:
    given = {"issue_seed": "ab" * 32, "photo_qr": photos()[0]}
    office.issue(order(**given))
    before = dump()

    with pytest.raises(SeedUsed):
        office.issue(order(**(given | changed)))

    assert dump() == before
    assert len(office.signer.asked) == 1


@pytest.mark.parametrize("block", [blocking.suspend, blocking.revoke])
def test_a_blocked_card_is_not_made_again(office: Office, block: Callable[..., Card]) -> None:
    ordered = order()
    office.issue(ordered)
    block(Card.objects.get(), before_change=_nothing)

    with pytest.raises(CardGone):
        office.issue(ordered)
    assert len(office.signer.asked) == 1


def test_a_card_blocked_between_desk_and_signer_is_not_made(office: Office) -> None:
    office.signer.before = lambda: blocking.suspend(Card.objects.get(), before_change=_nothing) and None

    with pytest.raises(CardGone):
        office.issue(order())
    assert not Card.objects.get().signed


def test_a_retired_key_signs_its_own_rows_again(office: Office) -> None:
    ordered = order()
    first = office.issue(ordered)
    kid = _card_key().kid
    SigningKey.objects.filter(kid=kid).update(state="retired")
    office.issue(order())
    assert _card_key().kid != kid

    again = office.issue(ordered)

    assert again == replace(first, created=False)
    assert SigningKey.objects.get(kid=kid).issued == 1


def test_a_compromised_key_signs_nothing_again(office: Office) -> None:
    ordered = order()
    office.issue(ordered)
    SigningKey.objects.filter(kid=_card_key().kid).update(state="compromised")
    before = dump()

    with pytest.raises(CardGone):
        office.issue(ordered)
    assert dump() == before


@pytest.mark.parametrize("state", ["retired", "compromised"])
def test_an_unsigned_row_of_a_key_no_longer_used_gets_another_key(office: Office, state: str) -> None:
    ordered = order()
    office.signer.down = True
    with pytest.raises(SignerUnavailable):
        office.issue(ordered)
    first = Card.objects.get()
    used = _used_indexes()
    SigningKey.objects.filter(kid=first.key_id).update(state=state)
    office.signer.down = False

    office.issue(ordered)

    second = Card.objects.get()
    assert (second.key_id != first.key_id, second.signed) == (True, True)
    assert second.id != first.id
    assert _used_indexes() == used + 1
    assert bytes(IndexChunk.objects.get(id=first.id // 4096).bits)[first.id % 4096 >> 3] >> (first.id % 8) & 1
    assert office.logged[0][0] == office.logged[1][0]


def test_an_unsigned_row_of_an_open_key_is_used_again(office: Office) -> None:
    ordered = order()
    office.signer.down = True
    for _ in range(2):
        with pytest.raises(SignerUnavailable):
            office.issue(ordered)
    row = Card.objects.get()
    assert (row.signed, _card_key().issued) == (False, 0)
    office.signer.down = False

    issued = office.issue(ordered)

    assert Card.objects.get().id == row.id
    assert (issued.created, _card_key().issued) == (False, 1)


def test_a_key_used_up_by_another_desk_meanwhile_is_replaced_without_the_clerk_noticing(office: Office) -> None:
    SigningKey.objects.filter(use="card").update(cap=2)
    office.issue(order())
    full = _card_key().kid
    other, ordered = Office(), order()
    office.signer.before = lambda: other.issue(order()) and None if _card_key().issued == 1 else None

    issued = office.issue(ordered)

    mine = blocking.by_number(issued.card_number)
    assert (issued.created, mine.signed, mine.key_id != full) == (True, True, True)
    assert SigningKey.objects.get(kid=full).issued == 2
    assert SigningKey.objects.get(kid=full).state == "retired"
    assert SigningKey.objects.get(kid=mine.key_id).issued == 1
    # The index that was reserved first stays used, and the log hears the same entry again.
    assert (Card.objects.count(), Credential.objects.count()) == (3, 3)
    assert len({entry for entry, _ in office.logged}) == 2


def test_a_key_retired_between_desk_and_signer_is_replaced(office: Office) -> None:
    kid = ""

    def retire_once() -> None:
        nonlocal kid
        if not kid:
            kid = _card_key().kid
            SigningKey.objects.filter(kid=kid).update(state="retired")

    office.signer.before = retire_once
    issued = office.issue(order())

    assert blocking.by_number(issued.card_number).key_id != kid


def test_a_row_that_another_request_let_go_is_made_anew(office: Office) -> None:
    gone: list[int] = []

    def let_go_once() -> None:
        if not gone:
            gone.append(Card.objects.get().id)
            register.release_unsigned(Card.objects.get())

    office.signer.before = let_go_once
    issued = office.issue(order())

    assert blocking.by_number(issued.card_number).id != gone[0]


def test_it_gives_up_on_a_row_that_never_holds_still(office: Office) -> None:
    office.signer.before = lambda: register.release_unsigned(Card.objects.get())

    with pytest.raises(RowChanged):
        office.issue(order())
    assert not SigningKey.objects.filter(issued__gt=0).exists()


def test_the_last_key_at_its_cap_stops_issuing(db: None) -> None:
    enter_keys(cap=1)
    office = Office()
    for _ in range(12):
        office.issue(order())

    before = dump()
    with pytest.raises(NoActiveKey):
        office.issue(order())
    assert dump() == before
    assert set(SigningKey.objects.filter(use="card").values_list("issued", flat=True)) == {1}


def test_nothing_is_signed_when_the_log_fails(office: Office) -> None:
    class LogFailed(Exception):
        pass

    def log(entry_id: bytes, week: date) -> None:
        raise LogFailed

    ordered = order()
    with pytest.raises(LogFailed):
        office.issue(ordered, log=log)
    assert (office.signer.asked, Card.objects.get().signed, _card_key().issued) == ([], False, 0)

    assert office.issue(ordered).card_number
    assert (len(office.logged), _card_key().issued) == (1, 1)


@pytest.mark.parametrize("code", ["hourly_ceiling", "key_not_here", "row_differs", "bad_request"])
def test_other_refusals_of_the_signer_are_passed_on(office: Office, code: str) -> None:
    def refuse() -> None:
        raise SignerRefused(code)

    office.signer.before = refuse
    with pytest.raises(SignerRefused) as caught:
        office.issue(order())
    assert caught.value.code == code
    assert not Card.objects.get().signed


def test_a_print_that_reads_otherwise_never_leaves_and_the_card_can_be_made_again(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = office.issue(order(name="Bogdan Vorbild"))
    ordered, real = order(), printing.card_pdf
    monkeypatch.setattr(printing, "card_pdf", lambda **about: stranger.prints.card_pdf)
    with pytest.raises(ReadBackFailed):
        office.issue(ordered)
    monkeypatch.setattr(printing, "card_pdf", lambda **about: real(**about)[:-800])
    with pytest.raises(ReadBackFailed):
        office.issue(ordered)
    monkeypatch.setattr(printing, "card_pdf", real)
    monkeypatch.setattr(printing, "paper_pdf", lambda **about: stranger.prints.paper_pdf)
    with pytest.raises(ReadBackFailed):
        office.issue(ordered)
    monkeypatch.undo()

    issued = office.issue(ordered)

    assert (issued.created, Card.objects.count(), _card_key().issued) == (False, 2, 2)


def test_a_signature_that_does_not_verify_never_leaves(office: Office) -> None:
    @dataclass
    class Wrong(DirectSigner):
        def sign_card(self, *, card: int, payloads: list[bytes]) -> list[bytes]:
            right = super().sign_card(card=card, payloads=payloads)
            return [right[0], right[0]]

    office.signer = Wrong()
    with pytest.raises(ReadBackFailed):
        office.issue(order(photo_qr=photos()[0]))


def test_sectors_get_a_credential_each_with_only_their_fields(office: Office) -> None:
    issued = office.issue(order(profile="sectors", photo_print=photos()[1]))

    opened = [open_text(face.qr)[1] for face in issued.faces]
    assert [claims.sector for claims in opened] == list(SECTORS)
    assert [face.sector for face in issued.faces] == list(SECTORS)
    for value in ("cti", "link", "index", "number"):
        assert len({getattr(claims, value) for claims in opened}) == 7
    assert [face.number for face in issued.faces] == [claims.number for claims in opened]
    assert {claims.sector for claims in opened if claims.born} == {"health", "education"}
    assert {claims.photo for claims in opened} == {None}
    assert {claims.name for claims in opened} == {"Amina Example"}
    card = Card.objects.get()
    assert list(card.credentials.order_by("place").values_list("id", flat=True)) == [
        claims.list_number * LIST_SIZE + claims.index for claims in opened
    ]
    assert _card_key().issued == 1
    assert issued.card_number == issued.faces[0].number


def test_the_same_order_for_sectors_gives_the_same_card(office: Office) -> None:
    ordered = order(profile="sectors")
    first = office.issue(ordered)

    assert office.issue(ordered) == replace(first, created=False)


@pytest.mark.parametrize("which", [0, 3, 6])
def test_blocking_one_number_blocks_all_credentials(office: Office, which: int) -> None:
    issued = office.issue(order(profile="sectors"))
    office.issue(order(profile="sectors"))
    before = current_bits(StatusList.objects.get())

    blocking.suspend(blocking.by_number(issued.faces[which].number), before_change=_nothing)

    after = current_bits(StatusList.objects.get())
    changed = {index for index in range(LIST_SIZE) if (before[index >> 3] ^ after[index >> 3]) >> (index & 7) & 1}
    assert changed == {open_text(face.qr)[1].index for face in issued.faces}


def test_a_printed_card_is_acknowledged_once_it_was_signed(office: Office) -> None:
    ordered = order()
    assert acknowledge(seed=ordered.seed) is None
    office.signer.down = True
    with pytest.raises(SignerUnavailable):
        office.issue(ordered)
    assert acknowledge(seed=ordered.seed) is None
    assert Card.objects.get().state == "reserved"
    office.signer.down = False
    office.issue(ordered)

    for _ in range(2):
        card = acknowledge(seed=ordered.seed)
        assert card is not None
        assert card.state == Card.objects.get().state == "active"


@pytest.mark.parametrize("block", [blocking.suspend, blocking.revoke])
def test_acknowledging_does_not_unblock(office: Office, block: Callable[..., Card]) -> None:
    ordered = order()
    office.issue(ordered)
    state = block(Card.objects.get(), before_change=_nothing).state

    card = acknowledge(seed=ordered.seed)

    assert card is not None
    assert card.state == Card.objects.get().state == state


def test_acknowledging_a_card_of_sectors_finds_it(office: Office) -> None:
    ordered = order(profile="sectors")
    office.issue(ordered)

    assert acknowledge(seed=ordered.seed) == Card.objects.get()


@pytest.mark.parametrize("photo", [True, False])
@pytest.mark.parametrize("name", [LONG, "W" * 80, "ምሳሌ " * 16, "محمد " * 16, "Ng"])
def test_what_passes_the_check_is_printed(office: Office, name: str, photo: bool) -> None:
    small, large = photos()
    ordered = order(name=name, photo_qr=small if photo else None, photo_print=large if photo else None)
    try:
        issued = office.issue(ordered)
    except CannotPrint:
        assert not Card.objects.exists()
    else:
        assert issued.prints.card_pdf


def test_a_name_that_finds_no_room_beside_a_photo_is_refused_before_anything_is_written(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_NAME_SIZES", (15,))
    before = dump()
    with pytest.raises(CannotPrint) as caught:
        office.issue(order(name=LONG, photo_print=photos()[1]))
    assert caught.value.field == "name"
    assert (dump(), office.logged, office.signer.asked) == (before, [], [])

    assert office.issue(order(name=LONG)).card_number


def test_a_photo_too_large_beside_a_long_name_is_refused_before_anything_is_written(office: Office) -> None:
    chance = random.Random(3)
    syllables = [chr(code) for code in range(0x1208, 0x1348) if unicodedata.name(chr(code), "")]
    name = "".join(chance.choice(syllables) for _ in range(80))
    ordered = replace(order(name=name), photo_qr=chance.randbytes(400))
    before = dump()
    with pytest.raises(CannotPrint) as caught:
        office.issue(ordered)
    assert caught.value.field == "photo_qr"
    assert (dump(), office.logged) == (before, [])


def test_the_check_counts_with_the_longest_position_there_may_be(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:

    encoded: list[int] = []
    seal = codec.seal
    monkeypatch.setattr(codec, "seal", lambda **parts: encoded.append(len(parts["payload"])) or seal(**parts))
    office.issue(order())

    compact_checked, portrait_checked, compact, portrait = encoded
    assert compact_checked >= compact + len(str(MAX_LISTS - 1)) - 1
    assert portrait_checked >= portrait + len(str(MAX_LISTS - 1)) - 1


def test_an_active_key_stays_open_to_the_last_card(office: Office) -> None:
    SigningKey.objects.filter(use="card").update(cap=2)
    office.issue(order())

    assert is_open(active_key("card"))  # type: ignore[arg-type]
    office.issue(order())
    assert not is_open(_card_key())


def test_the_hourly_ceiling_stops_a_desk_that_asks_too_much(office: Office) -> None:
    office.signer.rules = rules(most=2)
    for _ in range(2):
        office.issue(order())

    with pytest.raises(SignerRefused) as caught:
        office.issue(order())
    assert caught.value.code == "hourly_ceiling"


def test_a_card_blocked_before_it_was_signed_is_not_made_under_another_key(office: Office) -> None:
    ordered = order()
    office.signer.down = True
    with pytest.raises(SignerUnavailable):
        office.issue(ordered)
    blocking.revoke(Card.objects.get(), before_change=_nothing)
    SigningKey.objects.filter(kid=_card_key().kid).update(state="retired")
    office.signer.down = False

    with pytest.raises(CardGone):
        office.issue(ordered)
    assert not Card.objects.get().signed
