"""Client credentials of OAuth 2.0, and the batch that library systems send with them."""

import base64
from urllib.parse import urlencode

import pytest
import time_machine
from django.conf import settings

from tests.verification import build
from verification.agreements import rotate_key, suspend_agreement
from verification.bearer import LIFETIME, issue, key_hash_of
from verification.models import Agreement

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]
FORM = "application/x-www-form-urlencoded"


def ask(counter, *, headers=None, **form):
    whole = {"grant_type": "client_credentials"} | form
    sent = {name: value for name, value in whole.items() if value is not None}
    return counter.client.generic("POST", "/oauth/token", urlencode(sent), content_type=FORM, headers=headers or {})


def credentials(counter):
    return {"client_id": Agreement.objects.get().provider_id, "client_secret": counter.api_key}


def verdict_with(counter, token):
    return counter.check(build.card(), headers={"Authorization": f"Bearer {token}"})


def test_a_system_gets_a_token_and_checks_with_it(counter):
    body = ask(counter, scope="anything", **credentials(counter)).json()
    assert (body["token_type"], body["expires_in"]) == ("Bearer", LIFETIME)
    assert verdict_with(counter, body["access_token"]).json()["verdict"] == "valid"


def test_credentials_may_come_in_the_header(counter):
    pair = ":".join(credentials(counter).values())
    answer = ask(counter, headers={"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"})
    assert answer.status_code == 200


def test_a_token_ends_after_five_minutes(counter):
    token = ask(counter, **credentials(counter)).json()["access_token"]
    with time_machine.travel(build.NOW + LIFETIME - 1, tick=False):
        assert verdict_with(counter, token).status_code == 200
    with time_machine.travel(build.NOW + LIFETIME, tick=False):
        assert verdict_with(counter, token).status_code == 401


def test_a_token_ends_with_its_key_and_with_its_agreement(counter):
    token = ask(counter, **credentials(counter)).json()["access_token"]
    provider_id = Agreement.objects.get().provider_id
    for _ in range(2):
        counter.api_key = rotate_key(provider_id=provider_id).api_key
    counter.refresh()
    assert verdict_with(counter, token).status_code == 401
    token = ask(counter, **credentials(counter)).json()["access_token"]
    suspend_agreement(provider_id=provider_id)
    counter.refresh()
    assert verdict_with(counter, token).status_code == 403
    assert ask(counter, **credentials(counter)).json()["error"] == "unauthorized_client"


def test_no_row_is_read_or_written_for_a_token(counter, django_assert_num_queries):
    form = credentials(counter)
    with django_assert_num_queries(0, using="verification"):
        token = ask(counter, **form).json()["access_token"]
        assert verdict_with(counter, token).status_code == 200


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"grant_type": None}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": None}, 401, "invalid_client"),
        ({"client_secret": "nonsense"}, 401, "invalid_client"),
        ({"client_id": "AAAAAAAA"}, 401, "invalid_client"),
        ({"client_id": ""}, 401, "invalid_client"),
    ],
)
def test_errors_are_those_of_the_rfc(counter, changed, status, error):
    answer = ask(counter, **(credentials(counter) | changed))
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.has_header("WWW-Authenticate") == (status == 401)


@pytest.mark.parametrize("raw", [b"\xff", b"a=b&a=c", b"x=1&" * 30, b"grant_type=%ff"])
def test_a_form_that_is_none_is_a_broken_request(counter, raw):
    answer = counter.client.generic("POST", "/oauth/token", raw, content_type=FORM)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_a_form_is_short(counter):
    assert counter.client.generic("POST", "/oauth/token", "a" * 4097, content_type=FORM).status_code == 413


@pytest.mark.parametrize("token", ["", "x", "\u00e9", "A" * 96, "A" * 5000, "=" * 8])
def test_what_is_no_token_is_none(token):
    assert key_hash_of(token, secret=b"s", now=0) is None


def test_a_token_with_any_bit_changed_and_one_of_another_process_are_none():
    token = issue(key_hash="ab" * 32, secret=b"one", now=0)
    assert key_hash_of(token, secret=b"one", now=0) == "ab" * 32
    assert key_hash_of(token, secret=b"other", now=0) is None
    octets = base64.urlsafe_b64decode(token)
    for place in range(len(octets)):
        changed = octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]
        assert key_hash_of(base64.urlsafe_b64encode(changed).decode(), secret=b"one", now=0) is None
    assert len(settings.SECRET_KEY) >= 48


def batch(counter, qrs):
    return counter.client.post(
        "/api/v1/verifications/batch",
        {"qrs": qrs},
        content_type="application/json",
        headers={"Authorization": f"Api-Key {counter.api_key}"},
    )


def test_many_cards_are_answered_in_their_order_as_each_alone_would_be(counter):
    texts = [build.card(), "nonsense", build.forged_card(), build.card(sector="health"), "A" * 4097]
    together = batch(counter, texts).json()["verifications"]
    assert together[:4] == [counter.check(text).json() for text in texts[:4]]
    assert together[4]["reason"] == "too_large"


def test_a_hundred_fit_and_one_more_does_not(counter):
    full = batch(counter, [build.card()] * 100)
    assert [one["verdict"] for one in full.json()["verifications"]] == ["valid"] * 100
    assert batch(counter, ["x"] * 101).json()["errors"] == {"qrs": "is longer than 100"}


@pytest.mark.parametrize("qrs", [None, "x", [1], ["x", None], [["x"]], {"x": "y"}])
def test_a_batch_of_anything_else_is_a_broken_request(counter, qrs):
    assert batch(counter, qrs).json()["errors"].keys() == {"qrs"}
