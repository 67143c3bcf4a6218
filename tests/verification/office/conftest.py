"""A coordinator's browser at the office's addresses, with the action log looked over the shoulder."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cardservice.credential import services
from cardservice.credential.services import Content
from privacy.actions import LogUnavailable
from staff.accounts import NewAccount
from tests.issuance.desk_browser import signed_in
from verification.office import acts


@dataclass
class Office:
    """The office in this process. `recorded`: what the log was told, as (staff code, action, purpose)."""

    handover: Path
    recorded: list[tuple[str, str, str]] = field(default_factory=list)
    log_is_away: bool = False

    def sign_in(self, role: str = "coordinator") -> "Person":
        client, account = signed_in(role)
        self.recorded.clear()
        return Person(client=client, account=account)

    def record(self, **line: Any) -> None:
        if self.log_is_away:
            raise LogUnavailable
        assert line["week"].weekday() == 0
        self.recorded.append((line["actor"].code, line["action"].value, line["purpose"]))

    @property
    def public(self) -> Content:
        """What lies ready for the publisher."""
        return services.read_content((self.handover / "services.cbor").read_bytes())


@dataclass
class Person:
    """A signed-in member of staff, pressing buttons of pages."""

    client: Client
    account: NewAccount

    @property
    def code(self) -> str:
        return self.account.staff_code

    def page(self, address: str, *, status: int = 200) -> str:
        answer = self.client.get(address, headers={"Accept": "text/html"})
        assert answer.status_code == status, (address, answer.status_code)
        return answer.content.decode()

    def send(self, address: str, values: dict[str, Any] | None = None) -> Any:
        return self.client.post(address, values or {}, headers={"Accept": "text/html"})


@pytest.fixture
def office(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    settings.ROOT_URLCONF = "cardservice.urls.office"
    settings.HANDOVER = str(tmp_path)
    office = Office(handover=tmp_path)
    monkeypatch.setattr(acts, "record", office.record)
    yield office


@pytest.fixture
def coordinator(office: Office) -> Person:
    return office.sign_in()
