"""Reading published documents over HTTPS: everything, always, by conditional requests, and never one card's part."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from cardservice.credential import keyset
from cardservice.credential.keyset import KeySet
from cardservice.credential.numbers import MAX_LISTS
from cardservice.credential.reasons import CredentialError
from verification.documents import MAX_DOCUMENT
from verification.trust import KEY_SET, commitments_name

EVERY = 30.0
"""Seconds between two readings: documents change every five minutes, and the gate asks every two seconds."""

TIMEOUT = 10.0


class Unreachable(OSError):
    """The address does not give the documents now; what was accepted stays in force."""


@dataclass(frozen=True)
class _Held:
    etag: str
    octets: bytes


class Remote:
    """The documents below `base`. What the server says is unchanged since its ETag is not sent again."""

    def __init__(self, base: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        parts = urlsplit(base)
        here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost")
        if not (parts.scheme == "https" or here) or not parts.hostname:
            raise ValueError(f"{base} is no https:// address: set CARDSERVICE_PUBLISHED to one, or to a directory.")
        self._base = base.rstrip("/")
        self._clock = clock
        self._client = httpx.Client(timeout=TIMEOUT, headers={"User-Agent": ""}, follow_redirects=False)
        self._held: dict[str, _Held] = {}
        self._documents: dict[str, bytes] = {}
        self._read_at: float | None = None

    def read(self) -> dict[str, bytes]:
        """All signed documents, by name, as the last reading gave them; asks again after 30 s. Raises Unreachable."""
        if self._read_at is None or self._clock() >= self._read_at + EVERY:
            self._documents = self._fetch_all()
            self._read_at = self._clock()
        return self._documents

    def jwt(self, name: str) -> bytes | None:
        """The JWT form that was fetched with the list."""
        held = self._held.get(f"{name}.jwt")
        return held.octets if held else None

    def _fetch_all(self) -> dict[str, bytes]:
        found = {KEY_SET: self._fetch("key-set.cose")}
        for number in range(MAX_LISTS):
            octets = self._fetch(f"s/{number}.cwt")
            if octets is None:
                break
            found[f"s/{number}"] = octets
            self._fetch(f"s/{number}.jwt")
        for name in _announced(found[KEY_SET]):
            found[name] = self._fetch(f"{name}.cose")
        return {name: octets for name, octets in found.items() if octets is not None}

    def _fetch(self, file: str) -> bytes | None:
        """The file; None when there is none. Raises Unreachable."""
        held = self._held.get(file)
        headers = {"If-None-Match": held.etag} if held else {}
        try:
            with self._client.stream("GET", f"{self._base}/{file}", headers=headers) as response:
                if response.status_code == 304 and held:
                    return held.octets
                if response.status_code == 404:
                    self._held.pop(file, None)
                    return None
                if response.status_code != 200:
                    raise Unreachable(str(response.status_code))
                octets = _limited(response)
                etag = response.headers.get("ETag", "")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise Unreachable(type(error).__name__) from None
        self._held[file] = _Held(etag=etag, octets=octets)
        return octets


def _limited(response: httpx.Response) -> bytes:
    octets = bytearray()
    for part in response.iter_bytes():
        octets += part
        if len(octets) > MAX_DOCUMENT:
            raise Unreachable("too large")
    return bytes(octets)


def _announced(octets: bytes | None) -> list[str]:
    """Names of the commitment lists that a key set announces. Not verified: what is fetched is judged afterwards."""
    try:
        key_set: KeySet | None = keyset.read_unverified(octets) if octets else None
    except CredentialError:
        key_set = None
    return [commitments_name(key.kid) for key in key_set.keys if key.commitments] if key_set else []
