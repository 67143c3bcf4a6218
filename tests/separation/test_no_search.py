"""Nobody can search for a person: every address, given a name that has a card, answers as for one that has none."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from rest_framework.response import Response

from issuance import desk
from issuance.renewal_views import RenewalView
from tests.issuance.conftest import desk_browser, office
from tests.issuance.desk_browser import Browser, signed_in
from tests.separation.role_matrix import ROLES
from tests.separation.test_declarations import taking
from tests.separation.test_roles import WEB

__all__ = ["desk_browser", "office"]

pytestmark = pytest.mark.django_db(databases=["staff", "issuance", "verification", "privacy"])
WITH_A_CARD, WITHOUT = "Imane Verzonnen", "Nadia Verzonnen"
USUAL = ("q", "query", "search", "name")


def _answers(browser: Client, address: str, name: str) -> list[Any]:
    """What an address says when it is given a name in every way it could be asked."""
    process, method, path = address.split(" ", 2)
    path = re.sub(r"<[^>]+>", quote(name), path)
    asked = dict.fromkeys([*USUAL, *taking().get(f"{process} {path}", ())], name)
    headers = {"Accept": "application/json"}
    if method == "GET":
        return [browser.get(path, asked, headers=headers), browser.get(f"{path}/{quote(name)}", headers=headers)]
    bodies: list[dict[str, Any]] = [{one: name} for one in USUAL] + [asked]
    sent = [browser.post(path, body, content_type="application/json", headers=headers) for body in bodies]
    return [*sent, browser.post(f"{path}?{'&'.join(f'{one}={quote(name)}' for one in USUAL)}", asked, headers=headers)]


class Staff:
    """Signed-in browsers, one for each role and name."""

    def __init__(self) -> None:
        self._browsers: dict[tuple[str, str], Client] = {}

    def browser(self, address: str, name: str) -> Client:
        """Of whoever may ask this address; of nobody where a session is begun or ended."""
        role = min(ROLES[address] & {"nobody", "clerk", "supervisor", "coordinator", "auditor"}, default="nobody")
        if "nobody" in ROLES[address] or role == "nobody":
            return Client(raise_request_exception=False)
        if (role, name) not in self._browsers:
            self._browsers[role, name] = signed_in(role)[0]
        return self._browsers[role, name]


def _telling(staff: Staff, address: str, secrets: list[str]) -> list[str]:
    """What an address lets a person find: a value of the card, or a difference between a name with and one without."""
    found, statuses = [], []
    for name in (WITH_A_CARD, WITHOUT):
        answers = _answers(staff.browser(address, name), address, name)
        statuses.append([answer.status_code for answer in answers])
        content = b"".join(b"".join(answer) if answer.streaming else answer.content for answer in answers)
        found += [secret for secret in secrets if secret.encode() in content]
    return found + (["another answer"] if statuses[0] != statuses[1] else [])


@pytest.fixture
def secrets(desk_browser: Browser, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What only a search could tell of a card that was issued to somebody of this name."""
    monkeypatch.setattr(desk, "warm_up", lambda: None)
    issued = desk_browser.issue(name=WITH_A_CARD)
    return [issued["card_number"], issued["slip_code"], *(face["qr"] for face in issued["faces"])]


@pytest.mark.parametrize("process", WEB)
def test_a_name_finds_no_card_at_any_address(process: str, secrets: list[str], settings: Any) -> None:
    settings.ROOT_URLCONF = WEB[process].urls
    addresses, staff = [address for address in ROLES if address.startswith(f"{process} ")], Staff()
    assert {address: told for address in addresses if (told := _telling(staff, address, secrets))} == {}


def test_an_address_that_searches_is_seen(secrets: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ROOT_URLCONF = WEB["desk"].urls

    def search(self: RenewalView, request: Any) -> Response:
        return Response({"card_number": secrets[0]} if request.data.get("name") == WITH_A_CARD else {})

    monkeypatch.setattr(RenewalView, "post", search)
    assert _telling(Staff(), "desk POST /cards/renewal", secrets) == [secrets[0]]
