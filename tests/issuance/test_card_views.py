"""Making cards over HTTP: every broken request is a problem that changes nothing and repeats no value."""

import base64
import json
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError
from django.test import Client

from cardservice.credential.codec import open_text
from issuance import card_views, cards, desk, printing
from issuance.models import Card, SigningKey
from issuance.render import card as layout
from issuance.signer.client import SignerRefused
from tests.issuance.desk_browser import Browser, office_of, order_body, signed_in
from tests.issuance.office import photos

pytestmark = pytest.mark.django_db(databases=["staff", "issuance"])
SEED = "c4" * 32


def _problem(response: Any, status: int, code: str) -> dict[str, Any]:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    body = json.loads(response.content)
    assert (body["status"], body["code"]) == (status, code)
    return dict(body)


def test_an_order_is_answered_with_the_card(desk_browser: Browser) -> None:
    response = desk_browser.post("/cards", order_body(issue_seed=SEED))

    body = response.json()
    assert response.status_code == 201
    assert body.keys() == {"card_number", "slip_code", "expires", "faces", "card_pdf", "paper_pdf"}
    assert [face.keys() for face in body["faces"]] == [{"name", "sector", "number", "qr"}] * 2
    assert [face["name"] for face in body["faces"]] == ["compact", "portrait"]
    assert open_text(body["faces"][1]["qr"])[1].name == "Amina Example"
    assert base64.b64decode(body["card_pdf"]).startswith(b"%PDF")
    assert base64.b64decode(body["paper_pdf"]).startswith(b"%PDF")
    assert response.headers["Cache-Control"] == "no-store"
    entry = desk_browser.recorded[0]
    assert (entry["actor"].code, entry["action"], entry["purpose"]) == (
        desk_browser.account.staff_code,
        "issue",
        "new_card",
    )
    assert len(desk_browser.recorded) == 1


def test_a_replayed_order_is_answered_with_the_same_card_and_changes_nothing(desk_browser: Browser) -> None:
    body = order_body(issue_seed=SEED)
    first = desk_browser.post("/cards", body)
    before = desk_browser.state()

    again = desk_browser.post("/cards", body)

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json() == first.json()
    assert desk_browser.state() == before


def test_other_data_under_the_same_seed_are_a_conflict(desk_browser: Browser) -> None:
    desk_browser.issue(issue_seed=SEED)
    before = desk_browser.state()

    response = desk_browser.post("/cards", order_body(issue_seed=SEED, name="Bogdan Vorbild"))

    _problem(response, 409, "seed_used")
    assert desk_browser.state() == before


def test_a_blocked_card_is_gone(desk_browser: Browser) -> None:
    body = order_body(issue_seed=SEED)
    issued = desk_browser.post("/cards", body).json()
    desk_browser.post("/cards/revoke", {"slip_code": issued["slip_code"], "purpose": "typing_error"})
    before = desk_browser.state()

    _problem(desk_browser.post("/cards", body), 410, "card_gone")
    assert desk_browser.state() == before


def test_a_profile_for_sectors_is_answered_with_a_face_each(desk_browser: Browser) -> None:
    issued = desk_browser.issue(profile="sectors", photo_qr=None)

    assert len({face["sector"] for face in issued["faces"]}) == len({face["number"] for face in issued["faces"]}) == 7


BROKEN: dict[str, tuple[dict[str, Any], set[str]]] = {
    "no seed": ({"issue_seed": None}, {"issue_seed"}),
    "a short seed": ({"issue_seed": "ab"}, {"issue_seed"}),
    "a long seed": ({"issue_seed": "ab" * 40}, {"issue_seed"}),
    "a seed of spaces": ({"issue_seed": " " * 64}, {"issue_seed"}),
    "a seed beyond ASCII": ({"issue_seed": "é" * 64}, {"issue_seed"}),
    "a number for a name": ({"name": 5}, {"name"}),
    "a list for a name": ({"name": ["MARKED"]}, {"name"}),
    "a long name": ({"name": "MARKED " * 100}, {"name"}),
    "a name of 81": ({"name": "M" * 81}, {"name"}),
    "a name to turn the line": ({"name": "MARKED\u202e"}, {"name"}),
    "a name without shapes": ({"name": "王小明"}, {"name"}),
    "an empty name": ({"name": ""}, {"name"}),
    "a true policy": ({"policy_version": True}, {"policy_version"}),
    "a policy in words": ({"policy_version": "1"}, {"policy_version"}),
    "a broken policy": ({"policy_version": 1.0}, {"policy_version"}),
    "another policy": ({"policy_version": 2}, {"policy_version"}),
    "a huge policy": ({"policy_version": 10**400}, {"policy_version"}),
    "an impossible day": ({"born": "1990-02-30"}, {"born"}),
    "a day to come": ({"born": "2999-01-01"}, {"born"}),
    "an object for a day": ({"born": {}}, {"born"}),
    "another profile": ({"profile": "MARKED"}, {"profile"}),
    "another language": ({"language": "MARKED"}, {"language"}),
    "a photo that is no base64": ({"photo_qr": "MARKED!"}, {"photo_qr"}),
    "a photo beyond ASCII": ({"photo_qr": "éé=="}, {"photo_qr"}),
    "a photo in base64url": ({"photo_print": "__--"}, {"photo_print"}),
    "a photo in lines": ({"photo_print": "AAAA\nAAAA"}, {"photo_print"}),
    "a photo that is none": ({"photo_print": "TUFSS0VE"}, {"photo_print"}),
    "no photo at all": ({"photo_qr": ""}, {"photo_qr"}),
    "a large photo for the qr": ({"photo_qr": "A" * 801}, {"photo_qr"}),
    "a large photo": ({"photo_print": "A" * 1_900_001}, {"photo_print"}),
    "a photo for sectors": ({"profile": "sectors"}, {"photo_qr"}),
    "unknown fields": ({"evidence": "MARKED passport", "nationality": "MARKED"}, {"evidence", "nationality"}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_order_names_its_fields_and_changes_nothing(desk_browser: Browser, case: str) -> None:
    changed, names = BROKEN[case]
    before = desk_browser.state()

    response = desk_browser.post("/cards", order_body(**changed))

    problem = _problem(response, 400, "invalid_fields")
    assert problem["errors"].keys() == names
    assert b"MARKED" not in response.content
    assert desk_browser.state() == before


def test_null_is_not_the_same_as_left_out(desk_browser: Browser) -> None:
    response = desk_browser.post("/cards", order_body() | {"born": None})

    assert _problem(response, 400, "invalid_fields")["errors"].keys() == {"born"}


@pytest.mark.parametrize(
    "raw",
    [
        b"null",
        b"[]",
        b'"MARKED"',
        b"{",
        b'{"name": "MARKED"',
        b'{"name": "MARKED", "name": "MARKED"}',
        b'{"policy_version": NaN}',
        b'{"policy_version": Infinity}',
        b'\xef\xbb\xbf{"name": "MARKED"}',
        b'{"name": "\xff"}',
        b'{"name": "\\ud800"}',
        b'{"\\ud800": 1}',
        b"[" * 100_000,
        b"name=MARKED",
    ],
)
@pytest.mark.parametrize("path", ["/cards", "/cards/ack", "/cards/suspend", "/cards/reinstate", "/cards/revoke"])
def test_what_is_no_json_object_is_a_broken_request(desk_browser: Browser, path: str, raw: bytes) -> None:
    before = desk_browser.state()

    response = desk_browser.client.post(path, raw, content_type="application/json")

    assert _problem(response, 400, "broken_request")
    assert b"MARKED" not in response.content
    assert desk_browser.state() == before


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html"]
)
def test_only_json_is_read(desk_browser: Browser, content_type: str) -> None:
    before = desk_browser.state()

    response = desk_browser.client.post("/cards", json.dumps(order_body()), content_type=content_type)

    _problem(response, 415, "unsupported_media_type")
    assert desk_browser.state() == before


def test_a_body_over_two_megabytes_is_refused(desk_browser: Browser) -> None:
    response = desk_browser.post("/cards", order_body(name="M" * 2_000_001))

    _problem(response, 413, "body_too_large")


@pytest.mark.parametrize("path", ["/cards", "/cards/ack", "/cards/suspend", "/cards/reinstate", "/cards/revoke"])
@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head"])
def test_other_methods_are_not_answered(desk_browser: Browser, path: str, method: str) -> None:
    assert getattr(desk_browser.client, method)(path).status_code == 405


@pytest.mark.parametrize("path", ["/cards", "/cards/ack", "/cards/suspend", "/cards/reinstate", "/cards/revoke"])
def test_nobody_acts_without_a_session(desk_browser: Browser, path: str) -> None:
    before = desk_browser.state()

    response = Client().post(path, order_body(), content_type="application/json")

    _problem(response, 401, "not_authenticated")
    assert desk_browser.state() == before


@pytest.mark.parametrize("path", ["/cards", "/cards/ack", "/cards/suspend", "/cards/reinstate", "/cards/revoke"])
def test_a_session_alone_is_not_enough_without_the_page_that_it_belongs_to(desk_browser: Browser, path: str) -> None:
    client, _ = signed_in("clerk")
    forged = Client(enforce_csrf_checks=True)
    forged.cookies = client.cookies
    before = desk_browser.state()

    response = forged.post(path, order_body(), content_type="application/json")

    assert response.status_code == 403
    assert desk_browser.state() == before


@pytest.mark.parametrize("role", ["coordinator", "auditor"])
@pytest.mark.parametrize("path", ["/cards", "/cards/ack", "/cards/suspend", "/cards/reinstate", "/cards/revoke"])
def test_other_roles_make_and_change_no_cards(desk_browser: Browser, role: str, path: str) -> None:
    client, _ = signed_in(role)
    before = desk_browser.state()

    response = client.post(path, order_body(), content_type="application/json")

    _problem(response, 403, "not_allowed")
    assert desk_browser.state() == before


def test_a_supervisor_may_issue_too(desk_browser: Browser) -> None:
    desk_browser.client, account = signed_in("supervisor")

    desk_browser.issue()
    assert desk_browser.recorded[0]["actor"].code == account.staff_code


def _repeats_after(desk_browser: Browser, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """The planted trouble is a 503 with this code, and the same order works once it is over."""
    body = order_body(issue_seed=SEED)
    problem = _problem(desk_browser.post("/cards", body), 503, code)
    assert "Try again" in problem["detail"]
    monkeypatch.undo()
    monkeypatch.setattr(desk, "issuing_office", lambda: office_of(desk_browser.signer))
    monkeypatch.setattr(desk, "record", lambda **entry: desk_browser.recorded.append(entry))
    desk_browser.signer.down, desk_browser.signer.before = False, lambda: None

    assert desk_browser.post("/cards", body).status_code in (200, 201)
    assert Card.objects.count() == 1
    assert SigningKey.objects.get(use="card", state="active").issued == 1


def test_a_signer_away_is_waited_for(desk_browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    desk_browser.signer.down = True

    _repeats_after(desk_browser, monkeypatch, "signer_unavailable")


def test_a_refusing_signer_is_waited_for(desk_browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise SignerRefused("hourly_ceiling")

    desk_browser.signer.before = refuse

    _repeats_after(desk_browser, monkeypatch, "signer_hourly_ceiling")


def test_a_print_that_cannot_be_read_is_not_handed_out(desk_browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    other = base64.b64decode(desk_browser.issue()["card_pdf"])
    Card.objects.all().delete()
    SigningKey.objects.update(issued=0)
    monkeypatch.setattr(printing, "card_pdf", lambda **about: other)

    _repeats_after(desk_browser, monkeypatch, "unreadable_print")


def test_a_register_that_cannot_be_written_is_waited_for(
    desk_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(**about: Any) -> None:
        raise OperationalError("database is locked: MARKED")

    monkeypatch.setattr(cards.register, "reserve", locked)

    _repeats_after(desk_browser, monkeypatch, "database_unavailable")


def test_without_a_key_nothing_is_issued(desk_browser: Browser) -> None:
    SigningKey.objects.filter(use="card").update(state="retired")
    before = desk_browser.state()

    _problem(desk_browser.post("/cards", order_body()), 503, "no_key")
    assert desk_browser.state() == before


def test_a_row_that_never_holds_still_is_a_503(desk_browser: Browser) -> None:
    desk_browser.signer.before = lambda: Card.objects.all().delete() and None

    _problem(desk_browser.post("/cards", order_body()), 503, "row_changed")


def test_a_name_that_finds_no_room_is_the_clerks_to_shorten(
    desk_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(layout, "_NAME_SIZES", (15,))
    before = desk_browser.state()

    response = desk_browser.post("/cards", order_body(name="Wilhelmina-Alexandra " * 3))

    assert _problem(response, 400, "invalid_fields")["errors"].keys() == {"name"}
    assert desk_browser.state() == before


def test_a_printed_card_is_acknowledged(desk_browser: Browser) -> None:
    issued = desk_browser.issue(issue_seed=SEED)

    for _ in range(2):
        response = desk_browser.post("/cards/ack", {"issue_seed": SEED})
        assert response.status_code == 200
        assert response.json() == {"card_number": issued["card_number"], "state": "active"}


@pytest.mark.parametrize("seed", ["", "ab", "zz" * 32, SEED, " " * 64, "é" * 64])
def test_a_seed_that_made_no_card_cannot_be_acknowledged(desk_browser: Browser, seed: str) -> None:
    desk_browser.issue()
    before = desk_browser.state()

    _problem(desk_browser.post("/cards/ack", {"issue_seed": seed}), 404, "no_such_card")
    assert desk_browser.state() == before


@pytest.mark.parametrize(
    "body", [{}, {"issue_seed": 5}, {"issue_seed": None}, {"issue_seed": "a" * 65}, {"issue_seed": SEED, "name": "x"}]
)
def test_a_broken_acknowledgement_changes_nothing(desk_browser: Browser, body: dict[str, Any]) -> None:
    desk_browser.issue(issue_seed=SEED)
    before = desk_browser.state()

    _problem(desk_browser.post("/cards/ack", body), 400, "invalid_fields")
    assert desk_browser.state() == before


def test_a_register_away_at_the_acknowledgement_is_waited_for(
    desk_browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(**about: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(card_views, "acknowledge", locked)

    _problem(desk_browser.post("/cards/ack", {"issue_seed": SEED}), 503, "database_unavailable")


def test_what_was_ordered_is_left_nowhere_in_the_session(desk_browser: Browser) -> None:
    desk_browser.issue()

    kept = [session.get_decoded() for session in Session.objects.all()]
    assert kept
    assert not any("Amina" in str(session) or "1990" in str(session) for session in kept)


def test_the_photos_are_those_of_the_desk_page() -> None:
    """The limits of the form leave room for what the page compresses."""
    small, large = photos()
    assert len(base64.b64encode(small)) <= card_views.ISSUE_FORM["photo_qr"].most
    assert len(base64.b64encode(large)) <= card_views.MAX_PHOTO_TEXT
