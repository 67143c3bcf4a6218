"""Reading published documents over HTTPS: everything, always, by conditional requests, and never one card's part."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from cardservice.credential import keyset
from cardservice.credential.keyset import KeySet
from cardservice.credential.numbers import MAX_LISTS
from cardservice.credential.reasons import CredentialError
from verification.documents import MAX_DOCUMENT
from verification.trust import FORMER_SETS, KEY_SET, commitments_name

EVERY = 30.0
"""Seconds between two readings: documents change every five minutes, and the gate asks every two seconds."""

TIMEOUT = 10.0
LONGEST = 20.0
"""Seconds that one whole reading may take, heads and bodies: a server that drips must not hold up the gate."""

MAX_ALL = 64 * 2**20
"""Bytes of all documents together."""

HEADERS = {"User-Agent": "", "Accept-Encoding": "identity"}


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
        self._held: dict[str, _Held] = {}
        self._documents: dict[str, bytes] = {}
        self._trouble = ""
        self._read_at: float | None = None

    def read(self) -> dict[str, bytes]:
        """All signed documents, by name, as the last reading gave them; asks again after 30 s. Raises Unreachable.

        So does a reading that failed: until it is repeated, every call raises.
        """
        if self._read_at is None or self._clock() >= self._read_at + EVERY:
            self._trouble = "interrupted"
            try:
                # In a thread of its own, since the caller's may already run an event loop.
                with ThreadPoolExecutor(1) as thread:
                    self._documents, self._held = thread.submit(asyncio.run, self._fetch_in_time()).result()
                self._trouble = ""
            except Unreachable as error:
                self._trouble = str(error)
            finally:
                # After a failure as well: a slow server is not asked again without a pause.
                self._read_at = self._clock()
        if self._trouble:
            raise Unreachable(self._trouble)
        return self._documents

    def jwt(self, name: str) -> bytes | None:
        """The JWT form that was fetched with the list."""
        held = self._held.get(f"{name}.jwt")
        return held.octets if held else None

    async def _fetch_in_time(self) -> tuple[dict[str, bytes], dict[str, _Held]]:
        try:
            async with (
                asyncio.timeout(LONGEST),
                httpx.AsyncClient(timeout=TIMEOUT, headers=HEADERS, follow_redirects=False) as client,
            ):
                return await self._fetch_all(client)
        except TimeoutError:
            raise Unreachable("too slow") from None

    async def _fetch_all(self, client: httpx.AsyncClient) -> tuple[dict[str, bytes], dict[str, _Held]]:
        files: dict[str, _Held] = {}

        async def fetch(file: str) -> bytes | None:
            room = MAX_ALL - sum(len(held.octets) for held in files.values())
            held = await self._fetch(client, file, room=min(MAX_DOCUMENT, room))
            if held is None:
                return None
            files[file] = held
            return held.octets

        found = {FORMER_SETS: await fetch("former-sets.cbor"), KEY_SET: await fetch("key-set.cose")}
        for number in range(MAX_LISTS):
            octets = await fetch(f"s/{number}.cwt")
            if octets is None:
                break
            found[f"s/{number}"] = octets
            await fetch(f"s/{number}.jwt")
        for name in _announced(found[KEY_SET]):
            found[name] = await fetch(f"{name}.cose")
        return {name: octets for name, octets in found.items() if octets is not None}, files

    async def _fetch(self, client: httpx.AsyncClient, file: str, *, room: int) -> _Held | None:
        """The file, of at most `room` bytes; None when there is none. Raises Unreachable."""
        held = self._held.get(file)
        headers = {"If-None-Match": held.etag} if held and held.etag else {}
        # What the server would recognise this reader by is not sent back to it.
        client.cookies.clear()
        try:
            async with client.stream("GET", f"{self._base}/{file}", headers=headers) as response:
                if response.status_code == 304 and held and len(held.octets) <= room:
                    return held
                if response.status_code == 404:
                    return None
                if response.status_code != 200:
                    raise Unreachable(str(response.status_code))
                octets = await self._body(response, room=room)
                etag = response.headers.get("ETag", "")
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise Unreachable(type(error).__name__) from None
        return _Held(etag=etag if etag.isascii() else "", octets=octets)

    async def _body(self, response: httpx.Response, *, room: int) -> bytes:
        """The bytes as they were sent: what is not unpacked cannot grow."""
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise Unreachable("encoded")
        octets = bytearray()
        async for part in response.aiter_raw():
            octets += part
            if len(octets) > room:
                raise Unreachable("too large")
        return bytes(octets)


def _announced(octets: bytes | None) -> list[str]:
    """Names of the commitment lists that a key set announces. Not verified: what is fetched is judged afterwards."""
    try:
        key_set: KeySet | None = keyset.read_unverified(octets) if octets else None
    except CredentialError:
        key_set = None
    return [commitments_name(key.kid) for key in key_set.keys if key.commitments] if key_set else []
