"""The public documents over HTTP, and readiness."""

import json

import pytest
import time_machine

from cardservice.credential import statuslist
from cardservice.credential.keyset import State, Use
from tests.verification import build

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]


def test_the_key_set_is_handed_on_as_signed(counter):
    response = counter.client.get("/trust/key-set")
    assert response["Content-Type"] == "application/cose"
    assert response.content == build.key_set()
    assert response["Cache-Control"] == "public, max-age=300"
    assert response["Vary"] == "Accept"
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_key_set_has_a_form_for_people(counter):
    response = counter.client.get("/trust/key-set", headers={"Accept": "application/json"})
    body = response.json()
    assert (body["issuer"], body["seq"], body["issued_at"]) == (build.ISSUER, 7, "2026-11-23T00:00:00Z")
    assert [key["use"] for key in body["keys"]] == ["card", "status"]
    assert body["keys"][0]["kid"] == build.kid("card").hex()


def test_the_key_set_has_a_form_for_jose_libraries_without_compromised_keys(counter):
    entries = (
        build.key("card", Use.CARD, state=State.COMPROMISED),
        build.key("status", Use.STATUS),
    )
    counter.publish(build.Publication({"key-set": build.key_set(entries=entries, seq=8)}))
    response = counter.client.get("/trust/key-set", headers={"Accept": "application/jwk-set+json"})
    assert response["Content-Type"] == "application/jwk-set+json"
    (only,) = json.loads(response.content)["keys"]
    point = build.public("status").key.public_numbers()
    assert only == {
        "kty": "EC",
        "crv": "P-256",
        "x": statuslist.base64url(point.x.to_bytes(32)),
        "y": statuslist.base64url(point.y.to_bytes(32)),
        "kid": statuslist.base64url(build.kid("status")),
        "use": "sig",
        "alg": "ES256",
    }


def test_the_status_list_comes_as_cwt_or_as_jwt(counter):
    cwt = counter.client.get("/s/0")
    assert cwt["Content-Type"] == "application/statuslist+cwt"
    assert cwt.content == build.status_list()
    jwt = counter.client.get("/s/0", headers={"Accept": "application/statuslist+jwt"})
    assert jwt["Content-Type"] == "application/statuslist+jwt"
    assert jwt.content.count(b".") == 2
    assert jwt["ETag"] != cwt["ETag"]


def test_an_unchanged_document_is_not_sent_again(counter):
    etag = counter.client.get("/s/0")["ETag"]
    response = counter.client.get("/s/0", headers={"If-None-Match": etag})
    assert (response.status_code, response.content) == (304, b"")
    assert response["Cache-Control"] == "public, max-age=300"
    assert counter.client.get("/s/0", headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_has_the_headers_of_get(counter):
    response = counter.client.head("/s/0")
    assert (response.status_code, response.content) == (200, b"")
    assert response["ETag"] == counter.client.get("/s/0")["ETag"]


def test_a_media_type_that_is_not_offered_is_refused(counter):
    response = counter.client.get("/trust/key-set", headers={"Accept": "image/png"})
    assert (response.status_code, response.json()["code"]) == (406, "not_acceptable")


@pytest.mark.parametrize("path", ["/s/1", "/s/00", "/s/1024", "/s/-1", "/s/0.jwt", "/s/", "/trust", "/%00"])
def test_what_does_not_exist_is_a_problem_of_its_own(counter, path):
    response = counter.client.get(path)
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")


def test_a_list_whose_signer_is_compromised_is_no_longer_handed_on(counter):
    entries = (build.key("card", Use.CARD), build.key("status", Use.STATUS, state=State.COMPROMISED))
    counter.publish(build.Publication({"key-set": build.key_set(entries=entries, seq=8)}))
    assert counter.client.get("/s/0").status_code == 404


def test_a_jwt_that_says_something_else_than_the_cwt_is_not_handed_on(counter):
    newer = build.Publication({"s/0": build.status_list(iat=build.NOW)})
    before = counter.client.get("/s/0", headers={"Accept": "application/statuslist+jwt"}).content
    counter.publish(newer, jwt=build.status_list_jwt(iat=build.NOW, blocked=(1,)))
    assert counter.client.get("/s/0", headers={"Accept": "application/statuslist+jwt"}).content == before
    counter.publish(newer, jwt=build.status_list_jwt(iat=build.NOW, signer="card"))
    assert counter.client.get("/s/0", headers={"Accept": "application/statuslist+jwt"}).content == before
    right = build.status_list_jwt(iat=build.NOW)
    counter.publish(newer, jwt=right)
    assert counter.client.get("/s/0", headers={"Accept": "application/statuslist+jwt"}).content == right


def test_it_is_ready_with_a_fresh_key_set_and_list(counter):
    response = counter.client.get("/readyz")
    assert response.status_code == 200
    body = response.json()
    assert (body["ready"], body["key_set_seq"], body["refused_documents"]) == (True, 7, [])
    assert body["status_lists"] == {f"{build.ISSUER}/s/0": "2026-11-23T23:59:00Z"}


def test_it_is_not_ready_without_documents_or_with_stale_ones(counter, monkeypatch):
    with time_machine.travel(build.NOW + 8 * 86_400):
        response = counter.client.get("/readyz")
        assert (response.status_code, response.json()["code"]) == (503, "not_ready")
        assert response.json()["errors"].keys() == {"status_lists"}
    with time_machine.travel(build.NOW + 91 * 86_400):
        assert counter.client.get("/readyz").json()["errors"].keys() == {"status_lists", "key_set"}
    with time_machine.travel(build.NOW - 86_400):
        assert counter.client.get("/readyz").json()["errors"].keys() == {"clock"}
    empty = build.replace(counter.gate.snapshot, trust=build.Trust(issuer=build.ISSUER, realm="demo"))
    monkeypatch.setattr(counter.gate, "snapshot", empty)
    assert counter.client.get("/readyz").json()["errors"].keys() == {"status_lists", "key_set"}
    assert counter.client.get("/trust/key-set").status_code == 404


def test_readiness_names_documents_that_were_refused(counter):
    counter.publish(build.Publication({"key-set": build.key_set(seq=6)}))
    refused = counter.client.get("/readyz").json()["refused_documents"]
    assert refused == [{"name": "key-set", "code": "rolled_back"}]


def test_a_replayed_document_raises_an_alarm_that_stays_when_the_document_is_gone(counter):
    assert counter.client.get("/readyz").json()["alarm"] is False
    counter.publish(build.Publication({"key-set": build.key_set(seq=6)}))
    assert counter.client.get("/readyz").json()["alarm"] is True
    counter.publish(build.Publication())
    body = counter.client.get("/readyz").json()
    assert (body["alarm"], body["refused_documents"]) == (True, [])


def test_a_document_that_is_merely_broken_is_no_alarm(counter):
    counter.publish(build.Publication({"s/0": b"half a file"}))
    body = counter.client.get("/readyz").json()
    assert (body["alarm"], body["refused_documents"]) == (False, [{"name": "s/0", "code": "unreadable"}])
