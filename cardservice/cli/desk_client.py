"""A desk client: signs in as a member of staff and asks the desk over HTTP, as a browser would."""

import base64
import getpass
import json
import os
import re
import threading
import time
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from cardservice.cli.answers import Failed
from cardservice.files import write_atomically
from cardservice.home import Home

_PERIOD = 30
_SIGN_IN, _CODE = "/sign-in", "/sign-in/code"
_HIDDEN_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class DeskRefused(Failed):
    """The desk said no; the text is its own sentence and `code` its problem code."""

    def __init__(self, sentence: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(sentence)
        self.code, self.status = code, status


class DeskClient:
    """A signed-in session at the desk at `address`, kept for the next word of the command line."""

    def __init__(self, home: Home, address: str, *, role: str = "clerk") -> None:
        self._home, self._role = home, role
        self._http = httpx.Client(base_url=address, timeout=30.0, headers={"Accept": "application/json, text/html"})
        self._sessions, self._signing_in = 0, threading.Lock()
        self._restore()

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The body of the answer to one POST; signs in first where needed. Raises DeskRefused."""
        return dict(self.ask(path, body).json())

    def ask(self, path: str, body: dict[str, Any]) -> httpx.Response:
        """As `post`, with the status; several threads may ask at once."""
        sessions = self._sessions
        response = self._post(path, body)
        if response.status_code == 401:
            with self._signing_in:
                if sessions == self._sessions:
                    self._sign_in()
                    self._sessions += 1
            response = self._post(path, body)
        if response.status_code >= 400:
            raise _refusal(response)
        return response

    def _post(self, path: str, body: dict[str, Any]) -> httpx.Response:
        token = self._http.cookies.get("csrftoken", "")
        try:
            return self._http.post(path, json=body, headers={"X-CSRFToken": token})
        except httpx.HTTPError:
            raise DeskRefused(
                f"The desk at {self._http.base_url} does not answer: start it with `cardservice up`."
            ) from None

    def _sign_in(self) -> None:
        self._http.cookies.clear()
        staff_code, password, secret = self._credentials()
        page = self._http.get(_SIGN_IN, headers={"Accept": "text/html"})
        answer = self._submit(_SIGN_IN, page, {"login": staff_code, "password": password})
        if answer.headers.get("Location", "").split("?")[0] != _CODE:
            raise DeskRefused("The desk did not accept staff code and password.", code="not_authenticated")
        for code in self._codes(secret):
            page = self._http.get(_CODE, headers={"Accept": "text/html"})
            answer = self._submit(_CODE, page, {"code": code})
            if answer.status_code == 302:
                self._keep()
                return
        raise DeskRefused("The desk did not accept the code of the second factor.", code="not_authenticated")

    def _submit(self, path: str, page: httpx.Response, values: dict[str, str]) -> httpx.Response:
        found = _HIDDEN_TOKEN.search(page.text)
        if found is None:
            raise DeskRefused(f"The desk at {self._http.base_url} shows no sign-in page: is this the right address?")
        return self._http.post(path, data=values | {"csrfmiddlewaretoken": found[1]}, headers={"Accept": "text/html"})

    def _credentials(self) -> tuple[str, str, str | None]:
        """Staff code, password and TOTP secret: of the demo staff, else typed at the terminal (no secret then)."""
        if self._home.realm == "demo":
            account = json.loads(self._home.demo_staff.read_text())[self._role]
            return account["staff_code"], account["password"], account["totp_secret"]
        try:
            return _typed("Staff code: "), getpass.getpass("Password: "), None
        except OSError:
            raise DeskRefused("Signing in needs a terminal to type staff code, password and code.") from None

    def _codes(self, secret: str | None) -> list[str]:
        """Codes to try: this period's and its neighbours, since each is good only once."""
        if secret is None:
            return [_typed("Code: ")]
        key = _base32(secret)
        now = int(time.time())
        return [
            TOTP(key, 6, SHA1(), _PERIOD, enforce_key_length=False).generate(now + shift).decode()  # noqa: S303 (RFC 6238)
            for shift in (0, _PERIOD, -_PERIOD)
        ]

    def _restore(self) -> None:
        try:
            kept = json.loads(self._home.desk_session.read_text())
        except (OSError, ValueError):
            return
        if kept.get("role") == self._role and kept.get("address") == str(self._http.base_url):
            for name, value in kept["cookies"].items():
                self._http.cookies.set(name, value)

    def _keep(self) -> None:
        kept = {"role": self._role, "address": str(self._http.base_url), "cookies": dict(self._http.cookies)}
        write_atomically(self._home.desk_session, json.dumps(kept).encode(), mode=0o600)


def _refusal(response: httpx.Response) -> DeskRefused:
    try:
        problem = response.json()
    except ValueError:
        problem = {}
    parts = [problem.get("title", f"The desk answered {response.status_code}")]
    parts += [f"{field} {what}" for field, what in problem.get("errors", {}).items()]
    parts += [problem["detail"]] if "detail" in problem else []
    return DeskRefused(
        ". ".join(part.rstrip(".") for part in parts) + ".", code=problem.get("code", ""), status=response.status_code
    )


def _typed(prompt: str) -> str:
    """A line from the terminal itself: standard input carries the order."""
    with Path("/dev/tty").open("r+b", buffering=0) as terminal:
        terminal.write(prompt.encode())
        return os.read(terminal.fileno(), 200).decode().strip()


def _base32(secret: str) -> bytes:
    return base64.b32decode(secret + "=" * (-len(secret) % 8))
