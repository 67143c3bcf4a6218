"""Fixtures of the tests of issuance: an office with keys and a first status list."""

import pytest

from issuance import desk
from issuance.allocation import open_list
from tests.issuance.desk_browser import Browser, office_of, signed_in
from tests.issuance.office import Office, enter_keys


@pytest.fixture
def office(db: None) -> Office:
    """An office ready to issue; the test names the databases it may touch."""
    enter_keys()
    open_list(number=0)
    return Office()


@pytest.fixture
def desk_browser(office: Office, monkeypatch: pytest.MonkeyPatch) -> Browser:
    """A signed-in clerk at the desk; signer and action log stand at the borders of this process."""
    client, account = signed_in("clerk")
    browser = Browser(client=client, account=account, signer=office.signer)
    monkeypatch.setattr(desk, "issuing_office", lambda: office_of(office.signer))
    monkeypatch.setattr(desk, "record", lambda **entry: browser.recorded.append(entry))
    return browser
