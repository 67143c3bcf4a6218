"""Readers of environment variables that refuse a bad value loudly instead of guessing."""

import os
import pwd
from pathlib import Path
from urllib.parse import unquote, urlsplit

from cardservice import postgresql

SHORTEST_SECRET = 32
"""Characters. Long enough that how fast one can be tried does not matter."""


class WrongEnvironment(SystemExit):
    """A variable that stops the start.

    As a SystemExit it ends whatever process reads the settings - management command, web server, preparation - with its
    one sentence on standard error instead of a traceback.
    """


def text(name: str, *, default: str | None = None) -> str:
    """The value of `name`. Raises WrongEnvironment when it is not set and has no default."""
    value = os.environ.get(name) or default
    if value is None:
        raise WrongEnvironment(f"{name} is not set: `cardservice up` sets it; see ARCHITECTURE.md for its meaning.")
    return value


def choice(name: str, allowed: tuple[str, ...]) -> str:
    """The value of `name`, one of `allowed`. Raises WrongEnvironment."""
    value = text(name)
    if value not in allowed:
        raise WrongEnvironment(f"{name} is {value!r}: set it to one of {', '.join(allowed)}.")
    return value


def whole(name: str, *, default: int, least: int, most: int) -> int:
    """The whole number in `name`, within bounds. Raises WrongEnvironment."""
    value = os.environ.get(name) or str(default)
    if not value.isdecimal() or not least <= int(value) <= most:
        raise WrongEnvironment(f"{name} is {value!r}: set it to a whole number from {least} to {most}.")
    return int(value)


def uids(name: str) -> frozenset[int]:
    """The accounts in `name`, by name or number with commas between; that of this process when nothing is said.

    Raises WrongEnvironment.
    """
    words = [word.strip() for word in (os.environ.get(name) or str(os.getuid())).split(",")]
    try:
        return frozenset(int(word) if word.isdecimal() else pwd.getpwnam(word).pw_uid for word in words)
    except KeyError:
        raise WrongEnvironment(
            f"{name} names an account that this machine does not have: give names or numbers of accounts, with commas."
        ) from None


def passphrase(name: str, *, shortest: int = SHORTEST_SECRET) -> str:
    """The passphrase in `name`, else in the file that `name`_FILE points to, which only its owner may read.

    Raises WrongEnvironment, never naming the passphrase.
    """
    if value := os.environ.get(name):
        if len(value) < shortest:
            raise WrongEnvironment(f"{name} has fewer than {shortest} characters: choose a longer one.")
        return value
    value = secret(f"{name}_FILE", shortest=shortest)
    path = Path(text(f"{name}_FILE"))
    if path.stat().st_mode & 0o077:
        raise WrongEnvironment(f"{path} can be read by others: chmod 600 it, and think of who has read it.")
    return value


def secret(name: str, *, shortest: int = SHORTEST_SECRET) -> str:
    """The content of the file that `name` points to. Raises WrongEnvironment, never naming the content."""
    path = Path(text(name))
    try:
        value = path.read_text().strip()
    except OSError as error:
        raise WrongEnvironment(f"{name} points to {path}, which cannot be read ({error.strerror}).") from None
    if len(value) < shortest:
        raise WrongEnvironment(f"{name} points to {path}, which holds fewer than {shortest} characters.")
    return value


def database(name: str, *, process: str = "", owner: str | None = None) -> dict[str, object]:
    """Django's settings for the database URL in `name`: sqlite:////absolute/path or postgresql://role@host/db.

    `process` connects, and acts as the role `owner` when there is one. Raises WrongEnvironment, never naming the
    password.
    """
    try:
        parts = urlsplit(text(name))
        _ = parts.port
    except ValueError:
        raise _no_database_url(name) from None
    if parts.scheme == "sqlite" and parts.path.startswith("//"):
        return _sqlite(unquote(parts.path[1:]))
    if parts.scheme == "postgresql" and parts.path.strip("/"):
        try:
            return postgresql.connection_settings(parts, process=process, owner=owner)
        except postgresql.WrongUrl as error:
            raise WrongEnvironment(f"{name} {error}: use postgresql://role@host/database.") from None
    raise _no_database_url(name)


def _no_database_url(name: str) -> WrongEnvironment:
    return WrongEnvironment(
        f"{name} is not a database URL: use sqlite:////absolute/path.sqlite3 or postgresql://role@host/database."
    )


def _sqlite(path: str) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            # Django's defaults gave "database is locked" under parallel writers; these do not.
            "transaction_mode": "IMMEDIATE",
            "timeout": 10,
            "init_command": (
                "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
                " PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=ON;"
            ),
        },
        "TEST": {"DEPENDENCIES": []},
    }
