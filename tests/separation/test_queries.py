"""The third lock: a query or transaction that names no compartment fails, and one of a foreign compartment is seen."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, connections, models, transaction
from django.test.testcases import DatabaseOperationForbidden

from issuance.models import Card, StatusList
from tests.separation.planting import planted_model
from verification.models import Agreement


def test_there_is_no_default_database():
    with pytest.raises(ImproperlyConfigured):
        connection.cursor()


@pytest.mark.django_db(databases=["issuance"])
def test_a_bare_transaction_fails_even_where_a_database_may_be_used():
    with pytest.raises(ImproperlyConfigured), transaction.atomic():
        StatusList.objects.create(number=0, baseline=b"")
    assert not StatusList.objects.exists()


@pytest.mark.django_db(databases=["issuance"])
def test_a_transaction_of_the_compartment_works():
    with transaction.atomic(using="issuance"):
        StatusList.objects.create(number=0, baseline=b"")
    assert StatusList.objects.count() == 1


@pytest.mark.django_db(databases=["issuance", "privacy", "staff", "verification"])
def test_a_model_of_an_app_that_is_not_listed_fails_at_its_first_query():
    with planted_model("unlisted", name=models.CharField(max_length=1)) as planted:
        with pytest.raises(KeyError, match="unlisted"):
            planted.objects.exists()
        with pytest.raises(KeyError, match="unlisted"):
            planted.objects.create(name="x")


@pytest.mark.django_db(databases=["verification"])
def test_a_planted_look_into_the_register_is_seen_by_a_test_of_the_gate():
    assert not Agreement.objects.exists()
    with pytest.raises(DatabaseOperationForbidden):
        Card.objects.exists()
    with pytest.raises(DatabaseOperationForbidden):
        connections["issuance"].cursor()


def test_a_model_cannot_be_stored_beside_a_row_of_another_compartment():
    relation = models.ForeignKey("issuance.Card", models.CASCADE, related_name="+")
    with planted_model("verification", card=relation) as planted, pytest.raises(ValueError, match="router"):
        planted(card=Card(id=1))
