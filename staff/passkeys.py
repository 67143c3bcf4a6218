"""Passkeys (Web Authentication Level 2): making and using them. What is kept tells of no device and no time.

A ceremony's options go to the browser together with, sealed, what the answer will be held to, so that nothing about a
ceremony is stored. Nothing is asked of a passkey's maker (attestation "none").
"""

import hashlib
import json
import struct
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.db import transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_decode, websafe_encode
from fido2.webauthn import (
    Aaguid,
    AttestationConveyancePreference,
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from staff.models import Account
from staff.sealing import Unsealable, seal, unseal

LIFETIME = 5 * 60
"""Seconds in which a ceremony must be finished."""
MOST = 5
"""Passkeys an account may have."""
LONGEST_ANSWER = 20_000
"""Characters of a browser's answer."""

_AT_REST = "passkey at rest"
_MALFORMED = (ValueError, TypeError, KeyError, IndexError, AttributeError, AssertionError, struct.error, RecursionError)
"""What fido2 raises for answers that no browser gives; it promises no error of its own."""


class PasskeyRefused(Exception):
    """The answer proves nothing: another site, challenge or key, too late, used before. Nobody is told which."""


@dataclass(frozen=True)
class Ceremony:
    """`options` as JSON for the browser (Web Authentication Level 3, 5.1.8 and 5.1.9), `sealed` for the server."""

    options: dict[str, Any]
    sealed: str


@dataclass(frozen=True)
class Site:
    """The site that passkeys are bound to. `host` with port as the browser asks for it, `name` shown by the browser."""

    host: str
    name: str
    secret_key: str

    @property
    def server(self) -> Fido2Server:
        party = PublicKeyCredentialRpEntity(id=self._hostname, name=self.name)
        return Fido2Server(party, AttestationConveyancePreference.NONE, verify_origin=self._is_this_site)

    @property
    def _hostname(self) -> str:
        return urlsplit(f"//{self.host}").hostname or ""

    def _is_this_site(self, origin: str) -> bool:
        parts = urlsplit(origin)
        return parts.netloc == self.host and (
            parts.scheme == "https" or (parts.scheme == "http" and self._hostname == "localhost")
        )


def begin_making(*, account: Account, site: Site, now: float) -> Ceremony:
    """Options for a new passkey of `account`. `now` in seconds since 1970, here and below."""
    code = account.staff_code
    options, state = site.server.register_begin(
        PublicKeyCredentialUserEntity(id=code.encode(), name=code, display_name=code),
        credentials=list(_credentials(account, site).values()),
        resident_key_requirement=ResidentKeyRequirement.PREFERRED,
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _ceremony(options, state, purpose=f"passkey made by {code}", site=site, now=now)


def finish_making(*, account: Account, sealed: str, answer: str, site: Site, now: float) -> Authenticator:
    """Stores the passkey that the browser made. Raises PasskeyRefused."""
    state = _state(sealed, purpose=f"passkey made by {account.staff_code}", site=site, now=now)
    try:
        made = site.server.register_complete(state, _read(answer)).credential_data
        assert made is not None
        # The AAGUID tells which make of telephone or key a person carries.
        credential = AttestedCredentialData.create(Aaguid.NONE, made.credential_id, made.public_key)
    except _MALFORMED:
        raise PasskeyRefused from None
    sealed_credential = seal(text=websafe_encode(credential), secret_key=site.secret_key, purpose=_AT_REST)
    with transaction.atomic(using="staff"):
        Account.objects.select_for_update().only("pk").get(pk=account.pk)
        if len(numbered(account)) >= MOST:
            raise PasskeyRefused
        return Authenticator.objects.create(
            user=account, type=Authenticator.Type.WEBAUTHN, data={"sealed": sealed_credential}
        )


def begin_using(*, account: Account | None, site: Site, now: float) -> Ceremony:
    """Options for using a passkey: of `account` as second factor, or of anybody in place of password and code.

    In the second case the passkey itself asks for finger, face or PIN.
    """
    verification = UserVerificationRequirement.REQUIRED if account is None else UserVerificationRequirement.PREFERRED
    known = list(_credentials(account, site).values()) if account else None
    options, state = site.server.authenticate_begin(known, user_verification=verification)
    return _ceremony(options, state, purpose=_use_by(account), site=site, now=now)


def finish_using(*, account: Account | None, sealed: str, answer: str, site: Site, now: float) -> Authenticator:
    """The passkey that was used, of an open account. Raises PasskeyRefused."""
    state = _state(sealed, purpose=_use_by(account), site=site, now=now)
    try:
        given = _read(answer)
        owner = account or _named_in(given)
        credentials = _credentials(owner, site)
        used = site.server.authenticate_complete(state, list(credentials.values()), given)
    except _MALFORMED:
        raise PasskeyRefused from None
    (row,) = [row for row, credential in credentials.items() if credential.credential_id == used.credential_id]
    row.user = owner
    return row


def numbered(account: Account) -> list[Authenticator]:
    """The passkeys of an account, oldest first; they have no names."""
    return list(Authenticator.objects.filter(user=account, type=Authenticator.Type.WEBAUTHN).order_by("pk"))


def _ceremony(options: Any, state: dict[str, Any], *, purpose: str, site: Site, now: float) -> Ceremony:
    held_to = json.dumps(state | {"until": now + LIFETIME, "host": site.host})
    return Ceremony(
        options=json.loads(json.dumps(dict(options)["publicKey"])),
        sealed=seal(text=held_to, secret_key=site.secret_key, purpose=purpose),
    )


def _state(sealed: str, *, purpose: str, site: Site, now: float) -> dict[str, Any]:
    """What an answer is held to, once: an answer that somebody overheard proves nothing a second time."""
    try:
        state: dict[str, Any] = json.loads(unseal(sealed=sealed, secret_key=site.secret_key, purpose=purpose))
    except Unsealable:
        raise PasskeyRefused from None
    seen = "passkey-" + hashlib.sha256(state["challenge"].encode()).hexdigest()
    if state["until"] <= now or state["host"] != site.host or not cache.add(seen, "y", timeout=LIFETIME):
        raise PasskeyRefused
    return state


def _credentials(account: Account, site: Site) -> dict[Authenticator, AttestedCredentialData]:
    """The passkeys of an account that this desk's key opens; after a change of key the others are as good as lost."""
    found = {}
    for row in numbered(account):
        with suppress(Unsealable):
            opened = unseal(sealed=row.data["sealed"], secret_key=site.secret_key, purpose=_AT_REST)
            found[row] = AttestedCredentialData(websafe_decode(opened))
    return found


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST_ANSWER:
        raise PasskeyRefused
    read = json.loads(answer)
    if not isinstance(read, dict):
        raise PasskeyRefused
    return read


def _named_in(given: dict[str, Any]) -> Account:
    """The account whose staff code the passkey holds as its user handle."""
    handle = websafe_decode(given["response"]["userHandle"]).decode()
    account = Account.objects.filter(staff_code=handle, is_active=True).first()
    if account is None:
        raise PasskeyRefused
    return account


def _use_by(account: Account | None) -> str:
    return f"passkey used by {account.staff_code}" if account else "passkey used by anybody"
