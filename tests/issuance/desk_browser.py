"""A clerk's browser at the desk's addresses, with the signer next door and the action log looked over the shoulder."""

import base64
import secrets
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from issuance.cards import IssuingOffice
from staff.accounts import NewAccount, create_account_with_second_factor
from tests.issuance.office import ISSUER, PRINTER, DirectSigner, dump, photos
from tests.staff.conftest import code_of, sign_in

Body = dict[str, Any]


@dataclass
class Browser:
    """Posts JSON under the session of one account; `recorded` is what the action log was told."""

    client: Client
    account: NewAccount
    signer: DirectSigner
    recorded: list[Body] = field(default_factory=list)

    def post(self, path: str, body: Any, **headers: Any) -> Any:
        return self.client.post(path, body, content_type="application/json", headers=headers or None)

    def issue(self, **changed: Any) -> Body:
        """The answer to one order."""
        response = self.post("/cards", order_body(**changed))
        assert response.status_code in (200, 201), response.json()
        return dict(response.json())

    def state(self) -> tuple[Any, int]:
        """All that a request may change besides the session."""
        return dump(), len(self.recorded)


def order_body(**changed: Any) -> Body:
    """The body of POST /cards; a value of None leaves the field out."""
    small, large = photos()
    values: Body = {
        "issue_seed": secrets.token_hex(32),
        "profile": "standard",
        "policy_version": 1,
        "name": "Amina Example",
        "born": "1990-02-28",
        "photo_qr": base64.b64encode(small).decode(),
        "photo_print": base64.b64encode(large).decode(),
        "language": "en",
    }
    return {name: value for name, value in (values | changed).items() if value is not None}


def signed_in(role: str, *, client: Client | None = None) -> tuple[Client, NewAccount]:
    """A browser with a complete session of a new account."""
    client, account = client or Client(), create_account_with_second_factor(role=role)
    assert sign_in(client, account).status_code == 302
    return client, account


def second_person(account: NewAccount, **code: int) -> Body:
    """What a supervisor types to vouch for a change."""
    assert account.totp_secret is not None
    return {
        "staff_code": account.staff_code,
        "password": account.password,
        "totp": code_of(account.totp_secret, **code),
    }


def office_of(signer: DirectSigner, printer: Any = PRINTER) -> IssuingOffice:
    return IssuingOffice(issuer=ISSUER, signer=signer, printer=printer)
