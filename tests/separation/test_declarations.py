"""Everything that holds data is declared, every declaration is of something, and readers are who may read."""

import ast
import re
import tomllib
from collections.abc import Iterable
from dataclasses import replace
from fnmatch import fnmatchcase
from pathlib import Path

import httpx
import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.migrations.recorder import MigrationRecorder
from django.urls import URLPattern, URLResolver
from django.urls.resolvers import get_resolver

from cardservice.declarations import Declaration, Kind, differences
from cardservice.forbidden import EXCUSED
from cardservice.inventory import INVENTORY, declared
from cardservice.logs import ALLOWED_KEYS
from cardservice.processes import ALIASES, PROCESSES, migrator_of
from cardservice.routers import COMPARTMENT_OF_APP
from cardservice.web.problems import Problem
from issuance.batch_views import SHEET_FORM
from issuance.card_views import ACK_FORM, ISSUE_FORM
from issuance.holder_views import BLOCK_FORM, HELD_FORM
from issuance.preview_view import PREVIEW_FORM
from issuance.refusal_views import OVERRIDE_FORM, REFUSAL_FORM
from issuance.state_views import RevokeView
from staff.again_view import FORM as AGAIN_FORM
from staff.again_view import PASSKEY_FORM as AGAIN_PASSKEY_FORM
from staff.declarations import STAFF_PROCESSES
from staff.forms import CodeForm, SetUpForm, SignInForm
from staff.invitation_view import InvitationForm
from staff.passkey_views import FORM as PASSKEY_FORM
from staff.provider_views import COOKIE as PROVIDER_COOKIE
from tests.separation.grant_matrix import FUNCTIONS, TABLES
from tests.separation.planting import planted_model
from tests.stack import Stack
from verification.api import _FORM as VERIFICATION_FORM
from verification.api import BATCH_FORM
from verification.oauth import FORM as OAUTH_FORM
from verification.office.forms import AgreementForm, PlaceForm
from verification.pairing_view import FORM as PAIRING_FORM

ROOT = Path(__file__).parents[2]
WEB = [process.name for process in PROCESSES.values() if process.urls]
PACKAGES = ("cardservice", *ALIASES)
WEB = [process.name for process in PROCESSES.values() if process.urls]

STORAGE = re.compile(
    r"\b(?:local|session)Storage\b|\bindexedDB\b|\bcaches\b|\bserviceWorker\b|\bcookieStore\b|cookie\s*=[^=]"
)
BROKERS = re.compile(
    r"^(?:celery|redis|kombu|pika|rq|dramatiq|huey|kafka|confluent|nats|stomp|paho|django-q|prometheus|statsd)"
)


def columns(registered: Iterable[type[models.Model]]) -> dict[str, set[str]]:
    """Label of a model -> its columns and its relations of many to many."""
    return {
        model._meta.label: {f.name for f in (*model._meta.concrete_fields, *model._meta.many_to_many)}
        for model in registered
    }


def models_in(compartment: str) -> list[type[models.Model]]:
    """The models of a compartment's database, Django's own table of migrations with them."""
    registered = apps.get_models(include_auto_created=True)
    return [m for m in registered if COMPARTMENT_OF_APP[m._meta.app_label] == compartment] + [
        MigrationRecorder.Migration
    ]


def tables_of(compartment: str) -> list[Declaration]:
    return [it for it in INVENTORY[compartment] if it.kind is Kind.TABLE]


def selecting(compartment: str, table: str) -> set[str]:
    """The processes whose role may read the table."""
    roles = TABLES[compartment].items()
    return {role.removeprefix("cs_") for role, tables in roles if "SELECT" in tables.get(table, {})}


def patterns(process: str) -> dict[str, URLPattern]:
    """Process and address, as its table writes it -> the entry of the table."""

    def walk(resolver: URLResolver, before: str) -> Iterable[tuple[str, URLPattern]]:
        for entry in resolver.url_patterns:
            path = before + str(entry.pattern)
            if isinstance(entry, URLPattern):
                yield path, entry
            else:
                yield from walk(entry, path)

    return {f"{process} {path}": entry for path, entry in walk(get_resolver(f"cardservice.urls.{process}"), "/")}


def addresses() -> set[str]:
    """Every address of every process."""
    return {name for process in WEB for name in patterns(process)}


def taking() -> dict[str, set[str]]:
    """Every address that takes a body -> the names of its fields."""
    taken: dict[str, set[str]] = {
        "desk /cards": set(ISSUE_FORM),
        "desk /cards/ack": set(ACK_FORM),
        "desk /cards/preview": set(PREVIEW_FORM),
        "desk /cards/renewal": {"renews"},
        "desk /cards/sheet": set(SHEET_FORM),
        "desk /refusals": set(REFUSAL_FORM),
        "desk /refusals/override": set(OVERRIDE_FORM),
        "office /agreements/new": set(AgreementForm.base_fields),
        "office /agreements/<slug:provider_id>/key": {"after"},
        "office /places/new": set(PlaceForm.base_fields),
        "office /places/<int:place_id>": set(PlaceForm.base_fields),
        "gate /api/v1/pairings": set(PAIRING_FORM),
        "gate /api/v1/verifications/batch": set(BATCH_FORM),
        "gate /oauth/token": set(OAUTH_FORM),
        "holder /block": set(BLOCK_FORM),
        "holder /held": set(HELD_FORM),
        "gate /api/v1/verifications": set(VERIFICATION_FORM),
    }
    for process in STAFF_PROCESSES:
        taken |= {
            f"{process} /sign-in/again": set(AGAIN_FORM),
            f"{process} /sign-in": set(SignInForm().fields),
            f"{process} /sign-in/code": set(CodeForm.base_fields),
            f"{process} /sign-in/again/passkey": set(AGAIN_PASSKEY_FORM),
            f"{process} /sign-in/passkey": set(PASSKEY_FORM),
            f"{process} /sign-in/set-up/passkey": set(PASSKEY_FORM),
            f"{process} /account/passkeys": set(PASSKEY_FORM),
            f"{process} /account/authenticator": set(SetUpForm.base_fields),
            f"{process} /account/factors/remove": {"factor"},
            f"{process} /invitation": set(InvitationForm.base_fields),
            f"{process} /sign-in/set-up": set(SetUpForm.base_fields),
        }
    found = {}
    for process in WEB:
        for name, entry in patterns(process).items():
            view = getattr(entry.callback, "view_class", None) or getattr(entry.callback, "cls", None)
            if {"post", "put", "patch"} & set(dir(view)):
                shown = {*view.shown, "purpose", "second_person"} if hasattr(view, "shown") else set()
                found[name] = taken.get(name, shown)
    return found


_UNFINISHED = re.compile(r"\.(.+)\.[0-9a-f]{8}\.new")
"""A file that is being written, or was when its writer was killed, holds what the finished one holds."""


def undeclared_files(base: Path, *, below: str = "") -> set[str]:
    patterns = [it.name for it in declared(Kind.FILE, Kind.DOCUMENT, Kind.LOG_LINE)]
    paths = [path for path in base.rglob("*") if not path.is_dir()]
    names = {below + str(path.relative_to(base).with_name(_UNFINISHED.sub(r"\1", path.name))) for path in paths}
    return {name for name in names if not any(fnmatchcase(name, pattern) for pattern in patterns)}


@pytest.mark.parametrize("compartment", ALIASES)
def test_every_model_and_every_column_is_declared_and_nothing_else_is(compartment: str):
    assert differences(tables_of(compartment), columns(models_in(compartment))) == []


def test_a_planted_model_is_seen():
    with planted_model("issuance", holder=models.IntegerField()) as planted:
        assert planted in models_in("issuance")
        found = differences(tables_of("issuance"), columns(models_in("issuance")))
    assert found == ["issuance.Planted is not declared"]


def test_a_planted_column_is_seen():
    there = columns(models_in("issuance"))
    there["issuance.Card"].add("holder")
    assert differences(tables_of("issuance"), there) == ["issuance.Card.holder is not declared"]


def test_a_declaration_whose_model_is_gone_is_seen():
    there = columns(models_in("staff"))
    del there["staff.DailyTally"]
    assert differences(tables_of("staff"), there) == ["staff.DailyTally is declared and does not exist"]


def test_every_excuse_is_of_a_declared_column():
    known = {f"{it.name}.{field}" for it in declared(Kind.TABLE) for field in it.fields}
    assert set(EXCUSED) <= known


def misread(compartment: str, declarations: Iterable[Declaration]) -> set[str]:
    """The tables whose declared readers are not those whose role may read it; a migrator may read all it migrates."""
    table_of = {model._meta.label: model._meta.db_table for model in models_in(compartment)}
    said = {it.name: set(it.readers) - {migrator_of(compartment)} for it in declarations}
    return {name for name, readers in said.items() if readers != selecting(compartment, table_of[name])}


@pytest.mark.parametrize("compartment", ALIASES)
def test_the_declared_readers_of_a_table_are_those_whose_role_may_read_it(compartment: str):
    assert misread(compartment, tables_of(compartment)) == set()


@pytest.mark.parametrize("readers", [("archivist", "desk"), ()])
def test_a_planted_reader_and_a_missing_one_are_seen(readers: tuple[str, ...]):
    (staged,) = (it for it in tables_of("privacy") if it.name == "privacy.StagedEntry")
    assert misread("privacy", [replace(staged, readers=readers)]) == {"privacy.StagedEntry"}


def test_every_function_of_a_database_is_declared():
    for compartment in ALIASES:
        said = {it.name: it.readers for it in INVENTORY[compartment] if it.kind is Kind.FUNCTION}
        there = FUNCTIONS.get(compartment, {})
        assert said == {name: (role.removeprefix("cs_"),) for name, role in there.items()}


def test_log_lines_say_what_is_declared():
    (lines,) = declared(Kind.LOG_LINE)
    assert set(lines.fields) == ALLOWED_KEYS


def test_every_address_has_a_declared_answer():
    said = {it.name for it in declared(Kind.ANSWER)}
    assert said == addresses() | {"* refusals"}


def test_the_walk_over_addresses_sees_them_all():
    assert {"desk /cards/ack", "desk /sign-in", "gate /s/<list_number:number>"} <= addresses()


def test_a_refusal_says_what_is_declared():
    (said,) = (it for it in declared(Kind.ANSWER) if it.name == "* refusals")
    problem = Problem(status=400, code="c", title="t", detail="d", errors={"name": "is too long"})
    assert set(problem.body) == set(said.fields)


def test_every_address_that_takes_something_declares_what():
    assert differences(declared(Kind.REQUEST), taking()) == []


def test_a_planted_field_of_a_request_is_seen(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(RevokeView, "shown", ("qr", "slip_code", "born"))
    assert differences(declared(Kind.REQUEST), taking()) == ["desk /cards/revoke.born is not declared"]


def members(address: str) -> set[str]:
    """The declared members of the answer of an address."""
    (said,) = (it for it in declared(Kind.ANSWER) if it.name == address)
    return set(said.fields)


def test_the_desk_says_what_is_declared(stack: Stack):
    issued = stack.issue(name="Imane Verzonnen")
    assert set(issued) == members("desk /cards")
    blocked = stack.clerk().post("/cards/suspend", {"card_number": issued["card_number"], "purpose": "lost"})
    assert set(blocked) == members("desk /cards/suspend")


def test_the_gate_says_what_is_declared(stack: Stack):
    headers = {"Authorization": f"Api-Key {stack.agree('name')}"}
    terms = httpx.get(f"{stack.gate}/api/v1/agreement", headers=headers)
    judged = httpx.post(f"{stack.gate}/api/v1/verifications", json={"qr": "no card"}, headers=headers)
    assert set(terms.json()) == members("gate /api/v1/agreement")
    assert set(judged.json()) == members("gate /api/v1/verifications")
    for address in ("/readyz", "/healthz"):
        assert set(httpx.get(f"{stack.gate}{address}").json()) == members(f"gate {address}")


def test_every_file_of_an_installation_is_declared(stack: Stack):
    stack.issue(name="Imane Verzonnen")
    assert stack.word("publish").returncode == 0
    assert (stack.home.published / "s" / "0.cwt").exists()
    assert undeclared_files(stack.home.path) == set()
    assert undeclared_files(stack.home.runtime, below="runtime/") == set()


def test_a_planted_file_is_seen(tmp_path: Path):
    (tmp_path / "published").mkdir()
    (tmp_path / "published" / "key-set.json").touch()
    (tmp_path / "published" / "holders.csv").touch()
    assert undeclared_files(tmp_path) == {"published/holders.csv"}


@pytest.mark.django_db(databases=["staff"])
def test_signing_in_sets_the_declared_cookies_only(client):
    from tests.staff.conftest import create_account_with_second_factor, sign_in

    assert sign_in(client, create_account_with_second_factor(role="clerk")).status_code == 302
    client.get("/", headers={"Accept": "text/html"})
    of_the_desk = {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, PROVIDER_COOKIE}
    assert {cookie.name for cookie in declared(Kind.COOKIE) if "desk" in cookie.readers} == of_the_desk
    assert set(client.cookies) <= {cookie.name for cookie in declared(Kind.COOKIE)}
    assert settings.SESSION_COOKIE_NAME in client.cookies


def keeping(script: str) -> bool:
    """Whether a script keeps something in the browser."""
    return bool(STORAGE.search(script))


KEEPING = {"verification/static/verification/install.js", "verification/static/verification/storage.js",
           "verification/worker.js"}  # fmt: skip
"""The scanner's scripts: what they keep is declared, and compared in the browser (tests/browser/test_scan_page.py)."""


def test_no_page_but_the_scanner_keeps_anything_in_the_browser():
    scripts = [
        p for package in PACKAGES for ending in ("js", "mjs", "html") for p in (ROOT / package).rglob(f"*.{ending}")
    ]
    assert len(scripts) > 10
    kept = {path.relative_to(ROOT).as_posix() for path in scripts if keeping(path.read_text())}
    assert kept == KEEPING


@pytest.mark.parametrize(
    "script", ["localStorage.setItem('a', b)", "indexedDB.open('x')", "navigator.serviceWorker.register('w')",
               "await caches.open('v1')", "document.cookie = 'a=b'"]
)  # fmt: skip
def test_a_planted_script_that_keeps_something_is_seen(script: str):
    assert keeping(script)


def brokers(dependencies: Iterable[str]) -> list[str]:
    """The libraries among these that queue messages or publish metrics."""
    return [name for name in dependencies if BROKERS.match(name.lower())]


def test_no_library_queues_messages_or_publishes_metrics():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = [package["name"] for package in tomllib.loads((ROOT / "uv.lock").read_text())["package"]]
    assert len(locked) > len(project["dependencies"]) > 5
    assert brokers([*project["dependencies"], *locked]) == []


def test_a_planted_broker_is_seen():
    assert brokers(["django>=5.2", "celery[redis]>=5", "prometheus-client"]) == [
        "celery[redis]>=5",
        "prometheus-client",
    ]


def printing_to_files(source: str) -> bool:
    """Whether a module of the renderer opens, saves or writes a file."""
    calls = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = {f.attr if isinstance(f, ast.Attribute) else getattr(f, "id", "") for f in calls}
    return bool(
        names & {"write_bytes", "write_text", "NamedTemporaryFile", "mkstemp", "write_atomically", "write_once"}
    )


def test_the_renderer_writes_no_file():
    modules = [*(ROOT / "issuance" / "render").glob("*.py"), ROOT / "issuance" / "printing.py"]
    assert len(modules) > 3
    assert [path for path in modules if printing_to_files(path.read_text())] == []


@pytest.mark.parametrize(
    "source", ["Path('card.pdf').write_bytes(pdf)", "with tempfile.NamedTemporaryFile() as f: pass"]
)
def test_a_planted_print_file_is_seen(source: str):
    assert printing_to_files(source)
