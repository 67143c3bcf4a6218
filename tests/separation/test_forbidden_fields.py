"""Nothing has a place for what the city must not know: no column, no field of a request, an answer or a page."""

import ast
import re
from collections.abc import Iterable
from dataclasses import fields as dataclass_fields
from pathlib import Path

import pytest
from django import forms
from django.apps import apps
from django.db import models
from django.db.migrations.recorder import MigrationRecorder

from cardservice.credential.claims import Claims
from cardservice.forbidden import EXCUSED, PASSED_THROUGH, offending, shape_fault
from tests.separation.planting import planted_model

ROOT = Path(__file__).parents[2]
COMPARTMENTS = ("issuance", "privacy", "staff", "verification")


def offending_columns(registered: Iterable[type[models.Model]]) -> set[str]:
    found = set()
    for model in registered:
        for field in model._meta.get_fields(include_hidden=False):
            if field.auto_created and not field.concrete:
                continue
            if offending([field.name]) or (field.concrete and fault_of_shape(field)):
                found.add(f"{model._meta.label}.{field.name}")
    return found


def fault_of_shape(field: models.Field) -> str | None:
    kinds = [ancestor.__name__ for ancestor in type(field).__mro__]
    return shape_fault(kinds=kinds, max_length=field.max_length, closed=bool(field.choices))


def keys_of_dictionaries(source: str) -> set[str]:
    """Every text that is a key of a dictionary: fields of requests and members of answers are written so."""
    found = {
        key.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Dict)
        for key in node.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }
    # Values of answers that are made of dataclasses, and columns: annotated or assigned names in classes.
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            targets = [s.target for s in node.body if isinstance(s, ast.AnnAssign)]
            targets += [t for s in node.body if isinstance(s, ast.Assign) for t in s.targets]
            found |= {target.id for target in targets if isinstance(target, ast.Name)}
    return found


def inputs_of(page: str) -> set[str]:
    """Names, ids and autocomplete words of the elements of a template that somebody can fill in."""
    elements = re.findall(r"<(?:input|select|textarea|datalist|output)\b[^>]*>", page)
    return {value for element in elements for value in re.findall(r'\b(?:name|id|autocomplete|for)="([^"]*)"', element)}


def sources() -> list[Path]:
    """All modules but declarations, which name also libraries' columns and are judged by their own rules, and the
    reader of the evidence policy, whose words are the city's own rules: what a person showed stays in the browser."""
    found = [path for app in COMPARTMENTS for path in (ROOT / app).rglob("*.py")]
    left_out = {path for app in COMPARTMENTS for path in (ROOT / app).glob("*declarations.py")}
    left_out |= {ROOT / "issuance" / "evidence.py"}
    return [path for path in found if "migrations" not in path.parts and path not in left_out]


def templates() -> list[Path]:
    return [path for app in COMPARTMENTS for path in (ROOT / app).rglob("*.html")]


def test_no_table_has_a_column_for_it():
    registered = [*apps.get_models(include_auto_created=True), MigrationRecorder.Migration]
    assert offending_columns(registered) == set(EXCUSED)


def test_of_our_own_columns_only_those_of_the_coordinator_hold_prose():
    ours = {name for name in EXCUSED if name.split(".")[0] in COMPARTMENTS}
    assert ours - {"staff.Account.password"} == {
        "verification.Agreement.provider",
        "verification.Agreement.purpose",
        "verification.Agreement.contact",
        "verification.Place.name",
        "verification.Place.address",
        "verification.Place.languages",
    }


def test_no_table_of_ours_keeps_a_language_but_that_of_the_places_of_institutions():
    ours = [model for model in apps.get_models() if model._meta.app_label in COMPARTMENTS]
    keeping = {str(field) for model in ours for field in model._meta.get_fields() if "language" in field.name}
    assert keeping == {"verification.Place.languages"}


@pytest.mark.parametrize(
    "field",
    [
        {"nationality": models.CharField(max_length=2)},
        {"birth_place": models.IntegerField()},
        {"holder_phone": models.IntegerField()},
        {"scan": models.FileField()},
        {"extra": models.JSONField()},
        {"text": models.TextField()},
        {"seen_from": models.GenericIPAddressField()},
        {"reason": models.CharField(max_length=65)},
        {"wish": models.CharField()},
        {"link": models.URLField()},
        {"blob": models.BinaryField()},
        {"seen": models.DateTimeField()},
        {"hour": models.TimeField()},
    ],
    ids=lambda field: next(iter(field)),
)
def test_a_planted_column_is_seen(field: dict[str, models.Field]):
    with planted_model("issuance", **field) as planted:
        assert offending_columns([planted]) == {f"issuance.Planted.{next(iter(field))}"}


def test_no_request_and_no_answer_has_a_field_for_it():
    found = {name for path in sources() for name in offending(keys_of_dictionaries(path.read_text()))}
    assert found <= set(PASSED_THROUGH)


def test_only_the_office_says_addresses_and_only_of_institutions():
    saying = {path for path in sources() if "address" in offending(keys_of_dictionaries(path.read_text()))}
    assert {path.relative_to(ROOT).parts[0] for path in saying} == {"verification"}


@pytest.mark.parametrize(
    "source",
    [
        'FORM = {"nationality": Field(str)}',
        'answer = {"card": {"visa_until": 1}}',
        "class Answer:\n    place_of_birth: str",
        "class Row(Model):\n    documentKind = CharField()",
    ],
)
def test_a_planted_field_of_a_request_or_answer_is_seen(source: str):
    assert offending(keys_of_dictionaries(source))


def test_no_form_asks_for_it():
    ours = [form for form in every_form() if form.__module__.split(".")[0] in COMPARTMENTS]
    assert len(ours) >= 3
    found = {f"{form.__name__}.{name}" for form in ours for name in offending(form.base_fields)}
    assert found == {"PlaceForm.address"}  # of an institution
    assert not [form for form in ours if any(isinstance(f, forms.FileField) for f in form.base_fields.values())]


def every_form(parent: type = forms.BaseForm) -> list[type]:
    import staff.forms  # noqa: F401 (makes its forms known)
    import verification.office.forms  # noqa: F401

    return [known for child in parent.__subclasses__() for known in (child, *every_form(child))]


def test_no_page_has_an_input_for_it():
    assert len(templates()) > 5
    found = {name for path in templates() for name in offending(inputs_of(path.read_text()))}
    assert found <= {"language", "refusal-language"}


@pytest.mark.parametrize(
    "page", ['<input name="phone">', '<select\n id="gender">', '<input autocomplete="street-address">']
)
def test_a_planted_input_is_seen(page: str):
    assert offending(inputs_of(page))


def test_no_page_takes_free_text_or_files_beside_the_photo():
    for path in templates():
        page = path.read_text()
        assert "<textarea" not in page, path
        assert "multipart/form-data" not in page, path


def test_no_claim_of_a_card_is_forbidden():
    names = {field.name for field in dataclass_fields(Claims)}
    assert "name" in names
    assert offending(names) == set()


@pytest.mark.django_db(databases=["staff"])
def test_the_address_tables_of_allauth_stay_empty_when_accounts_are_made_and_sign_in(client):
    from tests.staff.conftest import create_account_with_second_factor, sign_in

    assert sign_in(client, create_account_with_second_factor(role="clerk")).status_code == 302
    assert client.get("/", headers={"Accept": "text/html"}).status_code == 200
    for name in ("EmailAddress", "EmailConfirmation"):
        assert not apps.get_model("account", name).objects.exists()


def test_no_code_of_ours_writes_addresses():
    for path in sources():
        assert not re.search(r"EmailAddress|EmailConfirmation|send_mail|EmailMessage", path.read_text()), path
