"""The rules of agreements, and what the database itself refuses."""

import hashlib
import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.verification.conftest import agree, draft
from verification.agreements import (
    AgreementRefused,
    activate_agreement,
    end_agreement,
    hash_of,
    list_agreements,
    rotate_key,
    suspend_agreement,
    terms_by_key,
)
from verification.models import Agreement, ApiKey
from verification.pairing import make_code
from verification.reporting_duty import Barred

BARRED = (Barred(names=("Naturalisation Service", "IND"), why="it decides on residence"),)

pytestmark = pytest.mark.django_db(databases=["verification"])


def test_an_agreement_is_active_after_the_second_person_and_its_key_is_shown_once():
    new = agree(fields=["photo", "name", "name"])
    assert re.fullmatch(rf"cs_{new.provider_id}_[A-Za-z0-9_-]{{43}}", new.api_key)
    assert new.api_key not in repr(new)
    terms = terms_by_key()[hashlib.sha256(new.api_key.encode()).hexdigest()]
    assert (terms.provider_id, terms.state, terms.fields) == (new.provider_id, "active", ("name", "photo"))
    assert len(terms.provider_key) == 32
    assert repr(terms.provider_key) not in repr(terms)


def test_only_the_hash_of_a_key_is_kept():
    new = agree()
    kept = [str(value) for row in [*ApiKey.objects.values(), *Agreement.objects.values()] for value in row.values()]
    assert not any(new.api_key in value or new.api_key[12:] in value for value in kept)
    assert hash_of(new.api_key) in kept


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"provider": ""}, "provider"),
        ({"provider": " "}, "provider"),
        ({"provider": "x" * 121}, "provider"),
        ({"purpose": "x" * 201}, "purpose"),
        ({"contact": ""}, "contact"),
        ({"sector": "immigration"}, "sector"),
        ({"fields": ["name", "number"]}, "number"),
        ({"face": "compact"}, "face"),
        ({"starts": date(2027, 1, 1)}, "later last day"),
        ({"by": "nobody"}, "staff code"),
        ({"provider": "The IND at the airport", "barred": BARRED}, "Naturalisation Service can have no.*residence"),
    ],
)
def test_it_refuses_an_agreement_and_says_what_to_change(changed, said):
    with pytest.raises(AgreementRefused, match=said):
        agree(**changed)
    assert not Agreement.objects.exists()


def test_two_keys_are_valid_during_a_rotation_and_never_three():
    first = agree()
    second, third = (rotate_key(provider_id=first.provider_id) for _ in range(2))
    assert terms_by_key().keys() == {hash_of(second.api_key), hash_of(third.api_key)}


def test_a_suspended_agreement_stays_listed_and_may_get_a_new_key():
    new = agree()
    assert suspend_agreement(provider_id=new.provider_id.lower()).state == "suspended"
    assert [terms.state for terms in list_agreements()] == ["suspended"]
    rotate_key(provider_id=new.provider_id)
    assert {terms.state for terms in terms_by_key().values()} == {"suspended"}


@pytest.mark.parametrize("change", [suspend_agreement, rotate_key])
def test_an_ended_agreement_and_an_unknown_provider_are_refused(change):
    new = agree()
    Agreement.objects.update(state="ended")
    with pytest.raises(AgreementRefused, match="ended"):
        change(provider_id=new.provider_id)
    with pytest.raises(AgreementRefused, match="agreement list"):
        change(provider_id="00000000")


@pytest.mark.parametrize("text", ["", "cs_", "cs_ABCDEFGH_" + "x" * 42, "cs_ABCDEFGU_" + "x" * 43, "\ud800" * 55])
def test_what_does_not_look_like_a_key_has_no_hash(text):
    assert hash_of(text) is None


@pytest.mark.parametrize(
    "changed",
    [
        {"provider_id": "abcdefgh"},
        {"provider": ""},
        {"sector": "immigration"},
        {"fields": "name,number"},
        {"fields": "photo,name"},
        {"face": "compact"},
        {"state": "paused"},
        {"ends": date(2025, 12, 31)},
        {"provider_key": bytes(31)},
    ],
)
def test_the_database_itself_refuses_what_no_agreement_is(changed):
    agree()
    with pytest.raises(IntegrityError), transaction.atomic(using="verification"):
        Agreement.objects.update(**changed)


@pytest.mark.parametrize("changed", [{"hash": "x" * 64}, {"place": 3}, {"place": 1}])
def test_the_database_itself_refuses_what_no_key_is(changed):
    agreement = Agreement.objects.get(provider_id=agree().provider_id)
    key = {"hash": "0" * 64, "place": 2} | changed
    with pytest.raises(IntegrityError), transaction.atomic(using="verification"):
        ApiKey.objects.create(agreement=agreement, **key)


def test_a_draft_has_a_key_without_access_until_a_second_person_activates_it():
    new = draft()
    assert terms_by_key()[hash_of(new.api_key)].state == "draft"
    with pytest.raises(AgreementRefused, match="second person"):
        activate_agreement(provider_id=new.provider_id, by="AAAAAA")
    assert activate_agreement(provider_id=new.provider_id, by="BBBBBB").state == "active"


def test_who_wrote_an_agreement_cannot_end_its_suspension_either():
    new = agree()
    suspend_agreement(provider_id=new.provider_id)
    with pytest.raises(AgreementRefused, match="second person"):
        activate_agreement(provider_id=new.provider_id, by="AAAAAA")
    assert activate_agreement(provider_id=new.provider_id, by="CCCCCC").state == "active"


def test_without_signed_duties_nothing_is_activated():
    with pytest.raises(AgreementRefused, match="not signed"):
        activate_agreement(provider_id=draft(duties_signed=False).provider_id, by="BBBBBB")


def test_with_an_agreement_end_its_keys_and_codes():
    new = agree()
    rotate_key(provider_id=new.provider_id)
    make_code(provider_id=new.provider_id, now=0)
    assert end_agreement(provider_id=new.provider_id).state == "ended"
    assert terms_by_key() == {}
    assert not Agreement.objects.get().pairing_codes.exists()
    for change in (rotate_key, suspend_agreement):
        with pytest.raises(AgreementRefused, match="ended"):
            change(provider_id=new.provider_id)
    with pytest.raises(AgreementRefused, match="ended"):
        activate_agreement(provider_id=new.provider_id, by="BBBBBB")


@pytest.mark.parametrize(
    "changed",
    [
        {"state": "active"},
        {"state": "active", "activated_by": "AAAAAA"},
        {"state": "suspended", "activated_by": "AAAAAA"},
        {"state": "active", "activated_by": "somebody"[:6]},
        {"state": "active", "activated_by": "BBBBBB", "duties_signed": False},
        {"proposed_by": ""},
    ],
)
def test_the_database_itself_wants_a_second_person_and_signed_duties(changed):
    draft()
    with pytest.raises(IntegrityError), transaction.atomic(using="verification"):
        Agreement.objects.update(**changed)
    assert Agreement.objects.get().state == "draft"
