"""What a PostgreSQL URL says, as Django's settings of a connection."""

from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

_SCHEME = "postgresql://"
_LOCAL = ("localhost", "127.0.0.1", "::1")
_IN_QUERY = ("host", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl")
_SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_CONNECT_SECONDS = 5


class WrongUrl(ValueError):
    """The URL cannot be used; the text says what is wrong with it and never quotes it."""


def with_role(url: str, role: str) -> str:
    """`url`, naming `role` when it is a PostgreSQL URL that names none."""
    if not url.startswith(_SCHEME) or "@" in urlsplit(url).netloc:
        return url
    return f"{_SCHEME}{role}@{url.removeprefix(_SCHEME)}"


def connection_settings(parts: SplitResult, *, process: str, owner: str | None) -> dict[str, object]:
    """Django's settings for postgresql://role:password@host:port/database?sslmode=...; `process` connects.

    The host may be a socket directory, as %2Frun%2Fpostgresql or in ?host=. `owner` is the role to act as after logging
    in. Raises WrongUrl.
    """
    query = dict(parse_qsl(parts.query))
    if unknown := sorted(query.keys() - set(_IN_QUERY)):
        raise WrongUrl(f"says {', '.join(unknown)}; it may say {', '.join(_IN_QUERY)} only")
    if query.get("sslmode", "require") not in _SSL_MODES:
        raise WrongUrl(f"has an unknown sslmode; it may be {', '.join(_SSL_MODES)}")
    host = query.pop("host", "") or _host(parts)
    database = unquote(parts.path[1:])
    for value, what in ((parts.username, "role"), (host, "host or socket directory"), (database, "database")):
        if not value:
            raise WrongUrl(f"names no {what}")
    if not host.startswith("/") and host not in _LOCAL:
        # Whoever stands between could otherwise answer in the database's place.
        query = {"sslmode": "verify-full", "sslrootcert": "system"} | query
    options: dict[str, object] = {
        **query,
        "application_name": process,
        "connect_timeout": _CONNECT_SECONDS,
        "gssencmode": "disable",
        # Values travel beside the statement, so that none stands in what the server shows or logs of a statement.
        "server_side_binding": True,
    }
    if owner:
        options["assume_role"] = owner
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": database,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": parts.port or "",
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
        "TEST": {"DEPENDENCIES": []},
    }


def _host(parts: SplitResult) -> str:
    """The host as it is written: a socket directory may have capitals, which urlsplit lowers."""
    written = parts.netloc.rpartition("@")[2]
    return (parts.hostname or "") if written.startswith("[") else unquote(written.partition(":")[0])
