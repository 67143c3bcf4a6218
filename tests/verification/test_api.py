"""POST /api/v1/verifications and GET /api/v1/agreement, as a provider's system sees them."""

import base64
import json
import threading
from datetime import date

import pytest
from django.apps import apps

from cardservice.credential.derive import provider_number
from tests.verification import build
from verification.agreements import rotate_key, suspend_agreement
from verification.models import Agreement

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]


def problem(response, status, code):
    """Whether `response` is that problem, and quotes nothing."""
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["title"]
    return body


def test_a_valid_card_is_answered_with_the_agreed_fields_and_the_providers_own_number(counter):
    response = counter.check(build.card())
    terms = Agreement.objects.get()
    assert response.status_code == 200
    assert response.json() == {
        "verdict": "valid",
        "reason": None,
        "expires": "2029-11",
        "provider_number": provider_number(link=build.claims().link, provider_key=bytes(terms.provider_key)),
        "card": {"name": "Ada Example"},
        "trust": {"key_set_seq": 7, "status_list_issued_at": "2026-11-23T23:59:00Z"},
    }
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("fields", "card"),
    [
        ([], {}),
        (["name"], {"name": "Ada Example"}),
        (["born"], {"born": "1984-02-29"}),
        (["photo"], {"photo": base64.b64encode(build.PHOTO).decode()}),
        (["photo", "born", "name"], {"name": "Ada Example", "born": "1984-02-29", "photo": "UklGR" + "A" * 267}),
    ],
)
def test_a_provider_sees_the_fields_of_its_agreement_and_no_other(counter, fields, card):
    counter.agree(fields=fields)
    seen = counter.check(build.card()).json()["card"]
    assert seen.keys() == card.keys()
    assert {name: value for name, value in seen.items() if name != "photo"} == {
        name: value for name, value in card.items() if name != "photo"
    }
    assert seen.get("photo") in (None, base64.b64encode(build.PHOTO).decode())


def test_an_agreed_field_that_the_face_does_not_hold_is_null(counter):
    counter.agree(fields=["name", "born", "photo"])
    assert counter.check(build.card(born=None, photo=None)).json()["card"] == {
        "name": "Ada Example",
        "born": None,
        "photo": None,
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [(build.card(iat=build.NOW), "unsupported"), (build.forged_card(), "bad_signature"), ("nonsense", "malformed")],
)
def test_a_refused_card_is_an_answer_without_any_field(counter, text, reason):
    response = counter.check(text)
    assert response.status_code == 200
    body = response.json()
    assert (body["verdict"], body["reason"]) == ("refused", reason)
    assert body["card"] is body["provider_number"] is body["expires"] is None


def test_a_blocked_card_is_refused_after_the_next_list(counter):
    assert counter.check(build.card()).json()["verdict"] == "valid"
    newer = build.Publication({"s/0": build.status_list(blocked=(build.INDEX,), iat=build.NOW)})
    counter.publish(newer)
    body = counter.check(build.card()).json()
    assert (body["verdict"], body["reason"], body["card"]) == ("refused", "blocked", None)
    assert body["trust"]["status_list_issued_at"] == "2026-11-24T00:00:00Z"


def test_an_unsure_card_shows_the_fields_but_gives_no_number(counter):
    counter.agree(face="portrait")
    body = counter.check(build.card(photo=None)).json()
    assert (body["verdict"], body["reason"]) == ("unsure", "wrong_face")
    assert body["card"] == {"name": "Ada Example"}
    assert body["provider_number"] is None


def test_a_card_of_another_sector_is_refused_by_the_agreements_sector(counter):
    counter.agree(sector="health")
    assert counter.check(build.card(sector="culture")).json()["reason"] == "wrong_sector"


def test_two_providers_get_different_numbers_and_one_gets_the_same_again(counter):
    first = counter.check(build.card()).json()["provider_number"]
    assert counter.check(build.card(cti=bytes(16))).json()["provider_number"] == first
    counter.agree(provider="Clinic", sector="health")
    assert counter.check(build.card()).json()["provider_number"] != first


def test_a_check_asks_the_database_nothing(counter, django_assert_num_queries):
    with django_assert_num_queries(0, using="verification"):
        assert counter.check(build.card()).json()["verdict"] == "valid"
        assert counter.check("nonsense").status_code == 200


def test_a_hundred_checks_leave_the_database_as_it_was(counter):
    def content():
        models = apps.get_app_config("verification").get_models()
        return [row for model in models for row in model.objects.order_by("pk").values_list()]

    before = content()
    assert len(before) > 2  # an agreement, its key, documents
    for number in range(100):
        counter.check(build.card() if number % 2 else "nonsense")
    counter.refresh()
    assert content() == before


@pytest.mark.parametrize(
    "authorization",
    ["", "Api-Key", "Api-Key ", "Api-Key nonsense", "Bearer {key}", "{key}", "Api-Key {key}x", "Api-Key \u00e9"],
)
def test_without_a_valid_key_nothing_is_judged(counter, authorization):
    header = authorization.format(key=counter.api_key)
    response = counter.check(build.card(), headers={"Authorization": header})
    problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == "Api-Key, Bearer"


def test_the_name_of_the_scheme_is_read_in_any_case(counter):
    header = f"API-KEY  {counter.api_key}"
    assert counter.check(build.card(), headers={"Authorization": header}).status_code == 200


def test_checks_write_no_log(counter, caplog):
    with caplog.at_level("DEBUG"):
        for text in (build.card(), build.forged_card(), "nonsense"):
            assert counter.check(text).status_code == 200
    # Other threads of this process, such as the desk's that reads fonts, have nothing to do with a check.
    assert [record for record in caplog.records if record.thread == threading.get_ident()] == []


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(date(2026, 11, 25), date(2026, 12, 31)), (date(2026, 1, 1), date(2026, 11, 23))],
    ids=["not begun", "over"],
)
def test_an_agreement_outside_of_its_days_gives_no_access(counter, starts, ends):
    counter.agree(starts=starts, ends=ends)
    problem(counter.check(build.card()), 403, "agreement_not_active")


def test_an_agreement_gives_access_on_its_first_and_on_its_last_day(counter):
    counter.agree(starts=date(2026, 11, 24), ends=date(2026, 11, 24))
    assert counter.check(build.card()).status_code == 200


def test_a_suspended_agreement_gives_no_access_after_the_next_refresh(counter):
    suspend_agreement(provider_id=Agreement.objects.get().provider_id)
    counter.refresh()
    problem(counter.check(build.card()), 403, "agreement_not_active")
    problem(
        counter.client.get("/api/v1/agreement", headers={"Authorization": f"Api-Key {counter.api_key}"}),
        403,
        "agreement_not_active",
    )


def test_the_old_key_stays_valid_for_one_rotation_and_not_for_two(counter):
    provider_id, old = Agreement.objects.get().provider_id, counter.api_key
    second = rotate_key(provider_id=provider_id).api_key
    counter.refresh()
    for counter.api_key in (old, second):
        assert counter.check(build.card()).status_code == 200
    third = rotate_key(provider_id=provider_id).api_key
    counter.refresh()
    for counter.api_key in (second, third):
        assert counter.check(build.card()).status_code == 200
    counter.api_key = old
    problem(counter.check(build.card()), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, {"qr"}),
        ({"qr": 5}, {"qr"}),
        ({"qr": None}, {"qr"}),
        ({"qr": ["x"]}, {"qr"}),
        ({"qr": "x", "name": "SECRET"}, {"name"}),
    ],
)
def test_a_broken_request_names_the_fields_and_quotes_no_value(counter, body, names):
    response = counter.client.post(
        "/api/v1/verifications",
        body,
        content_type="application/json",
        headers={"Authorization": f"Api-Key {counter.api_key}"},
    )
    assert problem(response, 400, "invalid_fields")["errors"].keys() == names
    assert b"SECRET" not in response.content


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'"x"', b"\xff", b'{"qr": "x", "qr": "y"}', b'{"qr": NaN}', b"[" * 9999]
)
def test_what_is_no_json_object_is_a_broken_request(counter, raw):
    response = counter.client.generic(
        "POST",
        "/api/v1/verifications",
        raw,
        content_type="application/json",
        headers={"Authorization": f"Api-Key {counter.api_key}"},
    )
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_only_json_is_read(counter, kind):
    response = counter.client.generic(
        "POST",
        "/api/v1/verifications",
        json.dumps({"qr": "x"}),
        content_type=kind,
        headers={"Authorization": f"Api-Key {counter.api_key}"},
    )
    problem(response, 415, "unsupported_media_type")


def test_json_may_say_its_character_set(counter):
    response = counter.client.generic(
        "POST",
        "/api/v1/verifications",
        json.dumps({"qr": "x"}),
        content_type="application/json; charset=utf-8",
        headers={"Authorization": f"Api-Key {counter.api_key}", "Accept": "text/html"},
    )
    assert response.json()["reason"] == "malformed"


def test_a_text_longer_than_any_card_is_too_large_a_request(counter):
    problem(counter.check("A" * 4097), 413, "qr_too_long")
    assert counter.check("A" * 4096).status_code == 200
    problem(counter.check("A" * 2_000_001), 413, "body_too_large")


def test_before_the_first_refresh_the_gate_asks_for_patience(counter, monkeypatch):
    monkeypatch.setattr(counter.gate, "snapshot", None)
    response = counter.check(build.card())
    problem(response, 503, "unavailable")
    assert response["Retry-After"] == "2"


def test_a_provider_may_read_its_own_terms_without_the_provider_key(counter):
    response = counter.client.get("/api/v1/agreement", headers={"Authorization": f"Api-Key {counter.api_key}"})
    assert response.json() == {
        "provider_id": Agreement.objects.get().provider_id,
        "provider": "Library of the Demo City",
        "sector": "culture",
        "purpose": "lending books",
        "fields": ["name"],
        "face": "any",
        "starts": "2026-01-01",
        "ends": "2026-12-31",
        "state": "active",
    }
    problem(counter.client.get("/api/v1/agreement"), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("method", "path"), [("get", "verifications"), ("put", "verifications"), ("post", "agreement")]
)
def test_other_methods_are_refused_as_problems(counter, method, path):
    response = getattr(counter.client, method)(f"/api/v1/{path}")
    problem(response, 405, "method_not_allowed")
    assert response["Allow"]


def test_options_says_the_methods_and_nothing_else(counter):
    response = counter.client.options("/api/v1/verifications")
    assert (response.status_code, response.content) == (204, b"")
    assert response["Allow"] == "POST, OPTIONS"
