"""The whole matrix of role, address and process: who is served, who is not, and that no address is missing."""

from collections.abc import Iterable

import pytest
from django.test import Client
from django.urls import URLPattern
from django.views.generic.edit import ProcessFormView

from cardservice.processes import PROCESSES
from issuance import desk
from issuance.card_views import CardsView
from tests.issuance.desk_browser import signed_in
from tests.separation.role_matrix import ANYBODY, ROLES, WITH_KEY
from tests.separation.test_declarations import patterns
from tests.verification.conftest import Counter, counter

__all__ = ["counter"]

WEB = {process.name: process for process in PROCESSES.values() if process.urls}


def methods(entry: URLPattern) -> set[str]:
    """The methods that the view of an address answers; a page that is a function is read."""
    view = getattr(entry.callback, "view_class", None) or getattr(entry.callback, "cls", None)
    if view is None:
        return {"GET"}
    there = {name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)}
    # Django's form pages take PUT as another word for POST.
    return there - ({"PUT"} if issubclass(view, ProcessFormView) else set())


def asked(processes: Iterable[str]) -> set[str]:
    """Every method of every address of these processes, as the matrix writes it."""
    return {
        f"{process} {method} {name.removeprefix(process + ' ')}"
        for process in processes
        for name, entry in patterns(process).items()
        for method in methods(entry)
    }


def at(process: str) -> list[str]:
    return sorted(address for address in ROLES if address.startswith(f"{process} "))


def answer(browser: Client, address: str) -> int:
    """The status of an empty request, as a program sends it."""
    _, method, path = address.split(" ", 2)
    path = path.replace("<list_number:number>", "0").replace("<kid:kid>", "00" * 8)
    path = path.replace("<slug:provider_id>", "00000000").replace("<int:place_id>", "1")
    options = {} if method == "GET" else {"data": {}, "content_type": "application/json"}
    return int(getattr(browser, method.lower())(path, headers={"Accept": "application/json"}, **options).status_code)


def test_the_matrix_names_every_method_of_every_address_and_no_other():
    assert set(ROLES) == asked(WEB)


def test_an_address_that_the_matrix_does_not_name_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delitem(ROLES, "desk POST /cards")
    assert asked(WEB) - set(ROLES) == {"desk POST /cards"}


def test_processes_without_accounts_know_no_roles():
    for name, process in WEB.items():
        if "staff" not in process.aliases:
            assert {roles for address, roles in ROLES.items() if address in at(name)} <= {ANYBODY, WITH_KEY}


def served(process: str, role: str) -> set[str]:
    """The addresses of a process that do not turn this role away."""
    found = set()
    for address in at(process):
        browser = Client() if role == "nobody" else signed_in(role)[0]
        status = answer(browser, address)
        assert status < 500, address
        if status not in (401, 403):
            found.add(address)
    return found


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """No fonts are drawn because somebody opened the page."""
    monkeypatch.setattr(desk, "warm_up", lambda: None)


@pytest.mark.django_db(databases=["staff", "verification", "privacy"])
@pytest.mark.parametrize("role", sorted(ANYBODY))
@pytest.mark.parametrize("process", [name for name, process in WEB.items() if "staff" in process.aliases])
def test_a_role_gets_what_the_matrix_says_and_nothing_else(process: str, role: str, settings, quiet, tmp_path):
    settings.ROOT_URLCONF = WEB[process].urls
    settings.HANDOVER = str(tmp_path)
    assert served(process, role) == {address for address in at(process) if role in ROLES[address]}


@pytest.mark.django_db(databases=["staff"])
def test_a_view_that_lets_another_role_in_is_seen(quiet, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(CardsView, "roles", (*CardsView.roles, "auditor"))
    assert served("desk", "auditor") - {a for a in at("desk") if "auditor" in ROLES[a]} == {"desk POST /cards"}


@pytest.mark.urls("cardservice.urls.gate")
@pytest.mark.django_db(databases=["verification"])
def test_the_gate_serves_keys_and_everybody_but_no_session(counter: Counter):
    browser = Client()
    browser.cookies["desk_session"] = "any"
    closed = {address for address in at("gate") if answer(browser, address) == 401}
    assert closed == {address for address in at("gate") if ROLES[address] == WITH_KEY}
