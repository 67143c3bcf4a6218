"""Pairing a scanner: the code, what it gives, and that it gives it once."""

import base64
import re
import threading

import pytest
import time_machine
from django.db import connections

from cardservice.credential import cbor, keys
from tests.verification import build
from tests.verification.conftest import agree
from verification.agreements import AgreementRefused, suspend_agreement
from verification.models import Agreement, PairingCode
from verification.pairing import CODE_SECONDS, CodeRefused, make_code, redeem

pytestmark = [pytest.mark.urls("cardservice.urls.gate"), pytest.mark.django_db(databases=["verification"])]


def pair(counter, code):
    return counter.client.post("/api/v1/pairings", {"code": code}, content_type="application/json")


def octets(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def code_of(counter):
    return make_code(provider_id=Agreement.objects.get().provider_id, now=build.NOW).code


def test_a_scanner_gets_what_it_needs_to_check_without_network(counter):
    code = code_of(counter)
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}", code)
    response = pair(counter, code.lower())
    agreement = Agreement.objects.get()
    assert response.status_code == 201
    body = response.json()
    assert keys.from_cose_key(cbor.loads(octets(body.pop("root_key")))) == build.public("root")
    assert octets(body.pop("provider_key")) == bytes(agreement.provider_key)
    assert body == {
        "provider_id": agreement.provider_id,
        "provider": "Library of the Demo City",
        "sector": "culture",
        "fields": ["name"],
        "face": "any",
        "ends": "2026-12-31",
        "issuer": build.ISSUER,
        "realm": build.REALM,
    }
    assert response["Cache-Control"] == "no-store"


def test_a_code_works_once(counter):
    code = code_of(counter)
    assert pair(counter, code).status_code == 201
    assert not PairingCode.objects.exists()
    again = pair(counter, code)
    assert (again.status_code, again.json()["code"]) == (403, "pairing_refused")


def test_mistyped_unknown_used_and_old_codes_are_all_refused_alike(counter):
    old = code_of(counter)
    with time_machine.travel(build.NOW + CODE_SECONDS, tick=False):
        answers = [pair(counter, text) for text in (old, "", "nonsense", "0000-0000-0000-0000", "\u00e9" * 16)]
    assert {answer.status_code for answer in answers} == {403}
    assert len({answer.content for answer in answers}) == 1
    assert not PairingCode.objects.exists()


def test_of_a_code_only_the_hash_is_kept(counter):
    code = code_of(counter)
    (row,) = PairingCode.objects.values_list()
    assert re.fullmatch("[0-9a-f]{64}", row[0])
    assert code not in str(row) and code.replace("-", "") not in str(row)


def test_a_suspended_agreement_pairs_no_scanner(counter):
    code = code_of(counter)
    provider_id = suspend_agreement(provider_id=Agreement.objects.get().provider_id).provider_id
    assert pair(counter, code).status_code == 403
    with pytest.raises(AgreementRefused, match="suspended"):
        make_code(provider_id=provider_id, now=build.NOW)


def test_making_a_code_sweeps_those_that_nobody_used():
    provider_id = agree().provider_id
    make_code(provider_id=provider_id, now=build.NOW)
    make_code(provider_id=provider_id, now=build.NOW + CODE_SECONDS)
    assert PairingCode.objects.count() == 1


@pytest.mark.django_db(databases=["verification"], transaction=True)
def test_of_scanners_that_come_at_once_one_is_paired():
    if connections["verification"].vendor == "sqlite":
        pytest.skip("threads of one test share SQLite's memory; the same runs on PostgreSQL")
    code = make_code(provider_id=agree().provider_id, now=build.NOW).code
    together, got = threading.Barrier(4), []

    def scan():
        together.wait()
        try:
            got.append(redeem(code=code, now=build.NOW).provider)
        except CodeRefused:
            got.append(None)
        finally:
            connections["verification"].close()

    scanners = [threading.Thread(target=scan) for _ in range(4)]
    for scanner in scanners:
        scanner.start()
    for scanner in scanners:
        scanner.join()
    assert sorted(got, key=str) == ["Library of the Demo City", None, None, None]
