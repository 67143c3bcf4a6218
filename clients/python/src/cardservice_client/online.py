"""The gate over HTTPS: one card, many cards, the terms of a key."""

from collections.abc import Sequence
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from cardservice_client.answers import Verification

MOST_AT_ONCE = 100


class GateRefused(Exception):
    """The gate did not answer a request; `code` is from its closed list, "unreachable" when nothing was answered.

    `retry_after`: seconds to wait, when waiting helps. A refused card is no error, but an answer.
    """

    def __init__(self, *, status: int | None, code: str, title: str, retry_after: int | None = None) -> None:
        super().__init__(title)
        self.status, self.code, self.retry_after = status, code, retry_after


class Gate:
    """A connection to the gate. It keeps no answer, and writes no log."""

    def __init__(self, address: str, api_key: str, *, timeout: float = 10.0) -> None:
        """Raises ValueError for an address that would send key and cards unencrypted."""
        require_encryption(address)
        headers = {"Authorization": f"Api-Key {api_key}"}
        self._client = httpx.Client(base_url=address, headers=headers, timeout=timeout)

    def check(self, qr: str) -> Verification:
        """Judges the text of one QR code. Raises GateRefused."""
        return Verification.from_json(self._ask("POST", "/api/v1/verifications", {"qr": qr}))

    def check_many(self, qrs: Sequence[str]) -> list[Verification]:
        """Judges any number of texts, a hundred in one request; answers in their order. Raises GateRefused."""
        answers: list[Verification] = []
        for start in range(0, len(qrs), MOST_AT_ONCE):
            body = {"qrs": list(qrs[start : start + MOST_AT_ONCE])}
            judged = self._ask("POST", "/api/v1/verifications/batch", body)["verifications"]
            answers += [Verification.from_json(one) for one in judged]
        return answers

    def agreement(self) -> dict[str, Any]:
        """What this key may check and see. Raises GateRefused."""
        return self._ask("GET", "/api/v1/agreement")

    def close(self) -> None:
        """Ends the connection."""
        self._client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return ask(self._client, method, path, body)


def require_encryption(address: str) -> None:
    """Raises ValueError unless `address` is https://, or http:// on this very computer."""
    parts = urlsplit(address)
    here = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not (parts.scheme == "https" or here) or not parts.hostname:
        raise ValueError(
            "The address of the gate must begin with https://, since keys and cards are sent to it; "
            "http:// is accepted only for 127.0.0.1, localhost and ::1."
        )


def ask(client: httpx.Client, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """The JSON of a 2xx answer. Raises GateRefused for every other one."""
    try:
        response = client.request(method, path, json=body)
        answer = response.json()
    except (httpx.HTTPError, ValueError):
        # The text of the error may quote the request.
        raise GateRefused(status=None, code="unreachable", title="The gate cannot be reached.") from None
    if response.is_success:
        return dict(answer)
    seconds = response.headers.get("Retry-After", "")
    raise GateRefused(
        status=response.status_code,
        code=str(answer.get("code", "unknown")),
        title=str(answer.get("title", "The gate refused the request.")),
        retry_after=int(seconds) if seconds.isdecimal() else None,
    )
