"""OpenID Connect Core 1.0, authorization code flow with PKCE: what is asked of the provider, what its answer proves."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import httpx
import jwt

from staff.provider import Provider, is_safe

LIFETIME = 10 * 60
"""Seconds from leaving for the provider to coming back."""

_ALGORITHMS = ["ES256", "EdDSA", "PS256", "RS256"]
_CLOCKS_DIFFER = 60
_LONGEST_ANSWER = 200_000
_LONGEST_SUBJECT = 255


class ProviderRefused(Exception):
    """The provider does not answer, or its answer proves nothing. The text is a reason code for tests."""


@dataclass(frozen=True)
class Errand:
    """What a browser that was sent to the provider brings back, sealed: the answer is held to it.

    `link` is the staff code of an account that is to be linked to whom the provider names, else ""; `as_it_was` its
    session hash at that moment, which a reset, a new password or closing changes. `until` in seconds since 1970.
    """

    state: str
    nonce: str
    verifier: str
    link: str
    as_it_was: str
    until: float

    @classmethod
    def new(cls, *, link: str, as_it_was: str, now: float) -> "Errand":
        state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
        until = now + LIFETIME
        return cls(state=state, nonce=nonce, verifier=verifier, link=link, as_it_was=as_it_was, until=until)

    def as_text(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_text(cls, text: str) -> "Errand":
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Endpoints:
    """Where the provider takes what, from its own discovery document."""

    authorization: str
    token: str
    keys: str


class ProviderClient:
    """Calls the provider over HTTP; nothing else of the desk ever calls anybody."""

    def __init__(self, provider: Provider, *, may_be_local: bool) -> None:
        self.provider, self.may_be_local = provider, may_be_local

    def address_for(self, errand: Errand) -> str:
        """Where the browser is sent. Raises ProviderRefused."""
        challenge = hashlib.sha256(errand.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "scope": "openid",
            "client_id": self.provider.client_id,
            "redirect_uri": self.provider.returns_to,
            "state": errand.state,
            "nonce": errand.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        address = self._endpoints().authorization
        return f"{address}{'&' if '?' in address else '?'}{urlencode(query)}"

    def claims(self, *, code: str, errand: Errand, now: float) -> dict[str, Any]:
        """The verified claims of the person that came back with `code`. Raises ProviderRefused."""
        endpoints = self._endpoints()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.provider.returns_to,
            "code_verifier": errand.verifier,
        }
        answer = self._ask("POST", endpoints.token, form)
        keys = self._ask("GET", endpoints.keys).get("keys")
        return verified(answer.get("id_token"), keys=keys, provider=self.provider, nonce=errand.nonce, now=now)

    def _endpoints(self) -> Endpoints:
        said = self._ask("GET", f"{self.provider.issuer}/.well-known/openid-configuration")
        if said.get("issuer") != self.provider.issuer:
            raise ProviderRefused("other_issuer")
        found = [said.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        if not all(is_safe(address, may_be_local=self.may_be_local) for address in found):
            raise ProviderRefused("unsafe_endpoint")
        return Endpoints(*map(str, found))

    def _ask(self, method: str, address: str, form: Mapping[str, str] | None = None) -> dict[str, Any]:
        # RFC 6749, 2.3.1: both are form-encoded before they become a login.
        said_as = (self.provider.client_id, self.provider.client_secret)
        login = (quote_plus(said_as[0]), quote_plus(said_as[1])) if form else None
        try:
            with (
                httpx.Client(timeout=10, follow_redirects=False, trust_env=False, auth=login) as client,
                client.stream(method, address, data=form) as answer,
            ):
                body = b""
                for part in answer.iter_bytes():
                    body += part
                    if len(body) > _LONGEST_ANSWER:
                        raise ProviderRefused("too_long")
            said = json.loads(body) if answer.status_code == 200 else None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError):
            raise ProviderRefused("no_answer") from None
        if not isinstance(said, dict):
            raise ProviderRefused("no_answer")
        return said


def verified(token: Any, *, keys: Any, provider: Provider, nonce: str, now: float) -> dict[str, Any]:
    """The claims of an ID token after all checks of OpenID Connect Core 1.0, 3.1.3.7. Raises ProviderRefused."""
    try:
        key = _key_of(token, keys)
        claims: dict[str, Any] = jwt.decode(
            token,
            key.key,
            algorithms=[key.algorithm_name],
            audience=provider.client_id,
            issuer=provider.issuer,
            options={
                "require": ["iss", "sub", "aud", "exp", "iat", "nonce"],
                "verify_exp": False,
                "verify_nbf": False,
                "verify_iat": False,
            },
        )
    except (jwt.PyJWTError, ValueError, TypeError) as error:  # the latter from keys that are none
        raise ProviderRefused(type(error).__name__) from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (several or "azp" in claims) and claims.get("azp") != provider.client_id:
        raise ProviderRefused("other_party")
    if claims["nonce"] != nonce:
        raise ProviderRefused("other_nonce")
    # Judged here, not by the library, because rules are given their clock.
    times = [claims[name] for name in ("exp", "iat")]
    if not all(type(moment) in (int, float) for moment in times):
        raise ProviderRefused("no_time")
    if times[0] <= now - _CLOCKS_DIFFER or abs(now - times[1]) > LIFETIME:
        raise ProviderRefused("expired")
    subject = claims["sub"]
    if not isinstance(subject, str) or not subject.isascii() or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise ProviderRefused("no_subject")
    return claims


def _key_of(token: Any, keys: Any) -> jwt.PyJWK:
    """The published key that a token names, or the only one; its algorithm is the key's, never the token's choice."""
    if not isinstance(token, str) or not isinstance(keys, list):
        raise ProviderRefused("no_answer")
    named = jwt.get_unverified_header(token).get("kid")
    fitting = [it for it in keys if isinstance(it, dict) and it.get("use", "sig") == "sig"]
    fitting = [it for it in fitting if it.get("kid") == named] if named or len(fitting) > 1 else fitting
    if len(fitting) != 1:
        raise ProviderRefused("unknown_key")
    key = jwt.PyJWK.from_dict(fitting[0])
    if key.algorithm_name not in _ALGORITHMS:
        raise ProviderRefused("unknown_algorithm")
    return key
