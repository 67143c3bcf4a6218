"""Planting a model class in the registry, and taking it out again."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import models


@contextmanager
def planted_model(app_label: str, **fields: models.Field) -> Iterator[type[models.Model]]:
    """A model class of `app_label` with `fields`, registered for as long as the block runs."""
    meta = type("Meta", (), {"app_label": app_label})
    try:
        yield type("Planted", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})
    finally:
        for name in [name for name in apps.all_models[app_label] if name.startswith("planted")]:
            del apps.all_models[app_label][name]
        apps.clear_cache()
