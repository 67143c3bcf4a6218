"""Pairing once with the city: a short code becomes what checks without network need."""

import base64
from dataclasses import dataclass, field

import httpx

from cardservice_client.online import ask, require_encryption


@dataclass(frozen=True)
class Pairing:
    """What a paired system holds. Keep `provider_key` secret and `root_key` unchanged (bytes).

    `ends`: the last day of the agreement in UTC, YYYY-MM-DD.
    """

    provider: str
    sector: str
    fields: tuple[str, ...]
    face: str
    ends: str
    issuer: str
    realm: str
    provider_key: bytes = field(repr=False)
    root_key: bytes = field(repr=False)


def pair(address: str, code: str, *, timeout: float = 10.0) -> Pairing:
    """Uses up a pairing code of the coordinator. Raises GateRefused, and ValueError for an unencrypted address."""
    require_encryption(address)
    with httpx.Client(base_url=address, timeout=timeout) as client:
        body = ask(client, "POST", "/api/v1/pairings", {"code": code})
    return Pairing(
        provider=body["provider"],
        sector=body["sector"],
        fields=tuple(body["fields"]),
        face=body["face"],
        ends=body["ends"],
        issuer=body["issuer"],
        realm=body["realm"],
        provider_key=_octets(body["provider_key"]),
        root_key=_octets(body["root_key"]),
    )


def _octets(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
