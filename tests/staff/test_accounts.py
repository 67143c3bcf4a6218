"""New accounts: random codes, known roles, nothing personal."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from staff.accounts import create_account
from staff.models import Account
from staff.staff_codes import as_stored, new_staff_code

pytestmark = pytest.mark.django_db(databases=["staff"])


def test_a_staff_code_is_six_crockford_symbols():
    for _ in range(50):
        code = new_staff_code()
        assert len(code) == 6
        assert as_stored(code) == code
        assert not set(code) & set("ILOU")


def test_a_typed_staff_code_is_read_as_people_mean_it():
    assert as_stored("ab-oil 9") == "AB0119"


def test_a_password_is_made_unless_one_is_given():
    made = create_account(role="clerk")
    assert len(made.password) >= 20
    assert Account.objects.get(staff_code=made.staff_code).check_password(made.password)
    assert create_account(role="clerk", password="chosen by the city").password == "chosen by the city"


def test_it_refuses_an_unknown_role():
    with pytest.raises(ValueError, match="not a valid Role"):
        create_account(role="janitor")
    assert not Account.objects.exists()


@pytest.mark.parametrize("wrong", [{"role": "janitor"}, {"staff_code": "J.DOE"}, {"staff_code": "OOOOOO"}])
def test_the_database_itself_refuses_what_is_no_role_or_no_code(wrong):
    with pytest.raises(IntegrityError), transaction.atomic(using="staff"):
        Account.objects.create(**({"staff_code": "000000", "role": "clerk"} | wrong))


@pytest.mark.django_db(databases=["staff", "issuance", "verification", "privacy"])
def test_the_migrations_say_what_the_models_say():
    call_command("makemigrations", "staff", check=True, dry_run=True, verbosity=0)
