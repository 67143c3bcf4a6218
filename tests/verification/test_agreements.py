"""The rules of agreements, and what the database itself refuses."""

import hashlib
import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction

from tests.verification.conftest import agree
from verification.agreements import (
    AgreementRefused,
    hash_of,
    list_agreements,
    rotate_key,
    suspend_agreement,
    terms_by_key,
)
from verification.models import Agreement, ApiKey

pytestmark = pytest.mark.django_db(databases=["verification"])


def test_a_new_agreement_is_active_and_its_key_is_shown_once():
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
