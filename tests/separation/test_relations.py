"""The second lock: no relation leads from one compartment into another."""

import pytest
from django.apps import apps
from django.db import models

from cardservice.processes import ALIASES
from cardservice.routers import COMPARTMENT_OF_APP, CompartmentRouter
from tests.separation.planting import planted_model

APPS_WITHOUT_TABLES = {"rest_framework", "staticfiles"}


def crossings(registered: list[type[models.Model]]) -> list[str]:
    """Relations of these models that lead into another compartment, string references included."""
    found = []
    for model in registered:
        for field in model._meta.get_fields(include_hidden=True):
            other = field.related_model
            if other is None:
                continue
            label = other.split(".")[0] if isinstance(other, str) else other._meta.app_label
            if COMPARTMENT_OF_APP[label] != COMPARTMENT_OF_APP[model._meta.app_label]:
                found.append(f"{model._meta.label}.{field.name}")
    return found


def all_models() -> list[type[models.Model]]:
    return list(apps.get_models(include_auto_created=True, include_swapped=True))


def test_the_suite_sees_the_models_of_all_compartments():
    assert {COMPARTMENT_OF_APP[model._meta.app_label] for model in all_models()} == set(ALIASES)


def test_no_relation_leads_into_another_compartment():
    assert crossings(all_models()) == []


@pytest.mark.parametrize(
    ("app", "relation"),
    [
        ("verification", models.ForeignKey("issuance.Card", on_delete=models.CASCADE, related_name="+")),
        ("issuance", models.OneToOneField("staff.Account", on_delete=models.CASCADE, related_name="+")),
        ("privacy", models.ManyToManyField("issuance.Card", related_name="+")),
        ("privacy", models.ForeignKey("sessions.Session", on_delete=models.CASCADE, related_name="+")),
        ("verification", models.ForeignKey("issuance.NotYetWritten", on_delete=models.CASCADE, related_name="+")),
    ],
    ids=["foreign-key", "one-to-one", "many-to-many", "into-a-library", "into-a-missing-model"],
)
def test_a_planted_relation_is_seen(app: str, relation: models.Field):
    with planted_model(app, other=relation) as planted:
        assert f"{app}.Planted.other" in crossings([planted])
        assert planted in all_models()


def test_every_app_with_models_has_a_compartment():
    assert {model._meta.app_label for model in all_models()} <= set(COMPARTMENT_OF_APP)


def test_every_installed_app_has_a_compartment_or_no_table():
    installed = {config.label for config in apps.get_app_configs()}
    assert installed - APPS_WITHOUT_TABLES <= set(COMPARTMENT_OF_APP)
    assert not any(model._meta.app_label in APPS_WITHOUT_TABLES for model in all_models())


def test_the_table_names_existing_apps_and_compartments_only():
    assert set(COMPARTMENT_OF_APP) <= {config.label for config in apps.get_app_configs()}
    assert set(COMPARTMENT_OF_APP.values()) == set(ALIASES)


def test_a_table_is_made_in_one_compartment_only():
    router = CompartmentRouter()
    for label, compartment in COMPARTMENT_OF_APP.items():
        assert [alias for alias in ALIASES if router.allow_migrate(alias, label)] == [compartment]
