"""The city's OpenID Connect provider, if it has one: what the operator's file says of it."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cardservice.environment import WrongEnvironment

_TEXTS = ("issuer", "client_id", "client_secret", "desk")
_ROLES = ("clerk", "supervisor", "coordinator", "auditor")


@dataclass(frozen=True)
class Provider:
    """Who says that a person is who they are, in place of a password; the second factor stays with the desk.

    `desk`: the address at which staff reach the desk, to which the provider sends them back. `claim` and `roles`: when
    given, an account signs in only if one of the values of that claim stands for the role it has here.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    desk: str
    claim: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)

    @property
    def returns_to(self) -> str:
        """The redirect URI that the provider knows this client by."""
        return f"{self.desk}/sign-in/provider/return"

    def allows(self, *, role: str, claims: Mapping[str, Any]) -> bool:
        """Whether the provider's claims do not speak against this role; without a mapping they never do."""
        if not self.claim:
            return True
        said = claims.get(self.claim)
        values = said if isinstance(said, list) else [said]
        return role in {self.roles[value] for value in values if isinstance(value, str) and value in self.roles}


def read(path: str, *, may_be_local: bool) -> Provider | None:
    """The provider that the TOML file at `path` describes; None for no path, which is the default.

    `may_be_local`: addresses on this computer may go without TLS. Raises WrongEnvironment, never naming the secret.
    """
    if not path:
        return None
    try:
        if Path(path).stat().st_mode & 0o077:
            raise _wrong(path, "can be read by others: chmod 600 it")
        written = tomllib.loads(Path(path).read_text())
    except OSError as error:
        raise _wrong(path, f"cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise _wrong(path, "is no TOML") from None
    if unknown := set(written) - {*_TEXTS, "roles"}:
        raise _wrong(path, f"says {sorted(unknown)[0]!r}, which means nothing here")
    for name in _TEXTS:
        if not isinstance(written.get(name), str) or not written[name]:
            raise _wrong(path, f"must say {name} as a text")
    for name in ("issuer", "desk"):
        if not is_safe(written[name], may_be_local=may_be_local) or written[name].endswith("/"):
            raise _wrong(path, f"must say {name} as an https:// address without a slash at its end")
    claim, roles = _mapping(path, written["roles"]) if "roles" in written else ("", {})
    return Provider(**{name: written[name] for name in _TEXTS}, claim=claim, roles=roles)


def is_safe(address: object, *, may_be_local: bool) -> bool:
    """Whether an address is reached over TLS, or lies on this computer where that may be."""
    if not isinstance(address, str):
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    local = may_be_local and parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1")
    return (parts.scheme == "https" and bool(parts.hostname) and not parts.username) or local


def _mapping(path: str, written: Any) -> tuple[str, dict[str, str]]:
    """The claim and what its values stand for, from the table `roles`: claim = "groups", then value = role."""
    claim = written.get("claim") if isinstance(written, dict) else None
    roles = written.get("of") if isinstance(written, dict) else None
    if not isinstance(claim, str) or not claim or not isinstance(roles, dict) or not roles:
        raise _wrong(path, "must say under [roles] the claim and under [roles.of] what its values stand for")
    for value, role in roles.items():
        if role not in _ROLES:
            raise _wrong(path, f"has {value!r} stand for {role!r}: use one of {', '.join(_ROLES)}")
    return claim, roles


def _wrong(path: str, what: str) -> WrongEnvironment:
    return WrongEnvironment(f"CARDSERVICE_OPENID_FILE points to {path}, which {what}.")
