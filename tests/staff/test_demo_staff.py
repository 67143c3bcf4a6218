"""The demo staff: an account of each role and a second coordinator, only in the demo, made once."""

import json
import stat

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from staff.accounts import NewAccount
from staff.models import Account
from tests.staff.conftest import sign_in

pytestmark = pytest.mark.django_db(databases=["staff"])


def test_it_makes_an_account_of_each_role_and_a_second_coordinator_that_can_sign_in(tmp_path):
    path = tmp_path / "demo-staff.json"
    call_command("demo_staff", str(path))
    staff = json.loads(path.read_text())
    assert set(staff) == {"clerk", "supervisor", "coordinator", "second coordinator", "auditor"}
    for account in staff.values():
        assert sign_in(Client(), NewAccount(**account))["Location"] == "/"


def test_its_file_is_for_its_owner_only_also_when_a_looser_one_was_there(tmp_path):
    path = tmp_path / "demo-staff.json"
    path.write_text("{}")
    path.chmod(0o644)
    call_command("demo_staff", str(path))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_second_time_it_does_nothing(tmp_path):
    path = tmp_path / "demo-staff.json"
    call_command("demo_staff", str(path))
    before = path.read_bytes()
    call_command("demo_staff", str(path))
    assert path.read_bytes() == before
    assert Account.objects.count() == 5


def test_it_makes_new_ones_when_those_of_the_file_are_gone(tmp_path):
    path = tmp_path / "demo-staff.json"
    call_command("demo_staff", str(path))
    Account.objects.all().delete()
    call_command("demo_staff", str(path))
    assert Account.objects.count() == 5


def test_it_refuses_to_run_in_production(tmp_path, settings):
    settings.REALM = "production"
    with pytest.raises(CommandError, match="demo realm only"):
        call_command("demo_staff", str(tmp_path / "demo-staff.json"))
    assert not Account.objects.exists()
