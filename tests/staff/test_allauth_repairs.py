"""The repairs cover every bare transaction of the installed allauth, and do what they say."""

import ast
from collections import Counter
from pathlib import Path

import allauth
import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as recovery_flows
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import flows as totp_flows
from django.contrib.auth import authenticate
from django.db import connections
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from staff.accounts import create_account
from staff.allauth_repairs import ON_STAFF, REPAIRED
from staff.models import Account
from tests.staff.conftest import code_of

PARTS_IN_USE = ("account", "mfa", "core", "decorators.py", "utils.py", "ratelimit.py", "models.py", "app_settings.py")
OPENS_A_TRANSACTION = {"atomic", "on_commit", "non_atomic_requests", "savepoint", "set_autocommit", "commit"}


def bare_transactions(source: str) -> int:
    """How often the module uses `transaction.X` or a name imported from django.db.transaction."""
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.db.transaction"
        for alias in node.names
    }
    return sum(
        (isinstance(node, ast.Attribute) and node.attr in OPENS_A_TRANSACTION and _is_transaction(node.value))
        or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in imported)
        for node in ast.walk(tree)
    )


def _is_transaction(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and "transaction" in node.id


def test_every_bare_transaction_of_the_installed_allauth_is_repaired():
    root = Path(allauth.__file__).parent
    found: Counter[str] = Counter()
    for part in PARTS_IN_USE:
        for file in [root / part] if part.endswith(".py") else (root / part).rglob("*.py"):
            if count := bare_transactions(file.read_text()):
                found[str(file.relative_to(root))] += count
    assert dict(found) == REPAIRED, "allauth changed: read the new use and repair it in staff/allauth_repairs.py"


@pytest.mark.parametrize(
    "planted",
    [
        "from django.db import transaction\n@transaction.atomic\ndef f(): ...",
        "from django.db import transaction as transactions\nwith transactions.atomic(): ...",
        "from django.db.transaction import atomic\nwith atomic(): ...",
        "from django.db import transaction\ntransaction.on_commit(print)",
    ],
)
def test_the_search_finds_a_planted_bare_transaction(planted):
    assert bare_transactions(planted) == 1


@pytest.fixture
def request_of_new_account(settings):
    settings.MFA_REAUTHENTICATION_REQUIRED = False
    new = create_account(role="clerk")
    request = RequestFactory().post("/")
    request.user = Account.objects.get(staff_code=new.staff_code)
    request.session = {}
    with context.request_context(request):
        yield request


class _Form:
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


on_staff = pytest.mark.django_db(databases=["staff"], transaction=True)


@on_staff
def test_activating_totp_runs_on_staff_and_fires_its_commit_hooks(request_of_new_account):
    with CaptureQueriesContext(connections["staff"]) as queries:
        totp, recovery = totp_flows.activate_totp(request_of_new_account, _Form)
    assert queries[0]["sql"].startswith("BEGIN")
    assert {totp.type, recovery.type} == {"totp", "recovery_codes"}


@on_staff
def test_generating_recovery_codes_runs_on_staff(request_of_new_account):
    first = recovery_flows.generate_recovery_codes(request_of_new_account)
    assert recovery_flows.generate_recovery_codes(request_of_new_account).pk != first.pk


@on_staff
def test_using_a_recovery_code_runs_on_staff(request_of_new_account):
    codes = RecoveryCodes.activate(request_of_new_account.user)
    code = codes.get_unused_codes()[0]
    assert codes.validate_code(code)
    assert not codes.validate_code(code)


@on_staff
def test_the_address_manager_runs_on_staff(request_of_new_account):
    assert EmailAddress.objects.__class__.__module__ == "allauth.account.managers"
    with ON_STAFF.atomic():
        assert connections["staff"].in_atomic_block


@on_staff
def test_a_totp_code_is_refused_for_as_long_as_the_clock_would_accept_it(time_machine):
    time_machine.move_to("2026-11-23T10:00:00Z", tick=False)
    new = create_account(role="clerk", totp_secret=_Form.secret)
    factor = Authenticator.objects.get().wrap()
    code = code_of(_Form.secret, periods_later=1)
    assert factor.validate_code(code)
    time_machine.move_to("2026-11-23T10:00:59Z", tick=False)
    assert not factor.validate_code(code), "allauth forgets a used code after 30 s while it is good for 90"
    assert authenticate(None, username=new.staff_code, password=new.password)
