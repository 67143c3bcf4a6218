"""A gate in this process: its database, a publication directory, an agreement, and the clock at build.NOW."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from staff.configuration import STAFF_MIDDLEWARE
from tests.verification import build
from verification import gate as gate_module
from verification.agreements import NewKey, activate_agreement, add_agreement
from verification.gate import Gate, serve_with
from verification.publication import Directory


def draft(**changed: Any) -> NewKey:
    """Adds a draft with an invented library that sees the name."""
    terms: dict[str, Any] = {
        "provider": "Library of the Demo City",
        "sector": "culture",
        "purpose": "lending books",
        "fields": ["name"],
        "face": "any",
        "starts": date(2026, 1, 1),
        "ends": date(2026, 12, 31),
        "contact": "front desk",
        "duties_signed": True,
        "by": "AAAAAA",
        "barred": (),
    }
    return add_agreement(**(terms | changed))


def agree(**changed: Any) -> NewKey:
    """Adds such an agreement and has a second person activate it."""
    new = draft(**changed)
    activate_agreement(provider_id=new.provider_id, by="BBBBBB")
    return new


@dataclass
class Counter:
    """A gate and a provider's system that talks to it."""

    gate: Gate
    published: Path
    api_key: str = ""
    client: Client = field(default_factory=Client)

    def agree(self, **changed: Any) -> NewKey:
        """A fresh agreement, known to the gate, whose key is used from now on."""
        new = agree(**changed)
        self.api_key = new.api_key
        self.refresh()
        return new

    def refresh(self) -> None:
        self.gate.refresh(now=build.NOW)

    def publish(self, publication: build.Publication, **more: Any) -> None:
        publication.write(self.published, **more)
        self.refresh()

    def check(self, qr: Any, **extra: Any) -> Any:
        body = {"qr": qr, **extra.pop("body", {})}
        headers = {"Authorization": f"Api-Key {self.api_key}"} | extra.pop("headers", {})
        return self.client.post(
            "/api/v1/verifications", body, content_type="application/json", headers=headers, **extra
        )


@pytest.fixture
def counter(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counter]:
    """A gate that has read a key set and a list, and a library's agreement."""
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name not in STAFF_MIDDLEWARE]
    monkeypatch.setattr(gate_module, "_serving", None)
    gate = Gate(published=Directory(tmp_path), root=build.public("root"), issuer=build.ISSUER, realm=build.REALM)
    with time_machine.travel(build.NOW, tick=False):
        counter = Counter(gate=gate, published=tmp_path)
        counter.publish(build.Publication(), jwt=build.status_list_jwt())
        counter.agree()
        serve_with(gate)
        yield counter
