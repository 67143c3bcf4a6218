"""The home directory of an installation: where state lies, and what each process is told of it."""

import fcntl
import hashlib
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from cardservice.files import write_once
from cardservice.postgresql import with_role
from cardservice.processes import PROCESSES, Process, role_of, url_variable

DEMO_ISSUER = "https://demo.invalid"
MAX_SOCKET_PATH = 107
"""Bytes of a Unix socket's path that the kernel takes (unix(7))."""

_PASSED_ON = (
    "PATH",
    "LANG",
    "LC_ALL",
    "TZ",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "CARDSERVICE_CHECKS_PER_MINUTE",
    "CARDSERVICE_COUNTRY",
    "CARDSERVICE_HOURLY_CEILING",
    "CARDSERVICE_THEME",
)
"""What every process inherits; everything else of the operator's environment stays behind."""


class HomeRefused(Exception):
    """The home cannot be used; the text says why and what to do."""


@dataclass(frozen=True)
class Home:
    """The home at `path`, in one realm.

    `urls`: of databases that lie elsewhere, as the environment names them: DESK_ISSUANCE_URL for one process,
    ISSUANCE_URL for all (each with its own role, unless the URL names one).
    """

    path: Path
    urls: Mapping[str, str] = field(default_factory=lambda: os.environ, repr=False, compare=False)

    @cached_property
    def realm(self) -> str:
        """ "demo" unless CARDSERVICE_REALM says production."""
        return os.environ.get("CARDSERVICE_REALM") or "demo"

    @cached_property
    def issuer(self) -> str:
        """The issuer URL; demo cards come from an address that cannot exist."""
        return os.environ.get("CARDSERVICE_ISSUER") or DEMO_ISSUER

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def log_keys(self) -> Path:
        """The archivist's: who signs cards must not be able to sign another history of staff."""
        return self.path / "log-keys"

    @property
    def services_keys(self) -> Path:
        """The publisher's: they sign where cards can be used, and nothing that a card is judged by."""
        return self.path / "services-keys"

    @property
    def handover(self) -> Path:
        """Where the office lays what is to be published of it; the publisher reads it."""
        return self.path / "handover"

    @property
    def spool(self) -> Path:
        """The desk's: its counter of log entries, and those that wait for the log's database."""
        return self.path / "spool"

    @property
    def office_spool(self) -> Path:
        """The office's own counter and waiting entries: another process, another writer of the log."""
        return self.path / "office-spool"

    @property
    def root_key(self) -> Path:
        """The demo root's private key, which a production home must not hold."""
        return self.path / "demo-root.pem"

    @property
    def next_root_key(self) -> Path:
        """The private key of the root that is to follow; as forbidden in production."""
        return self.path / "demo-next-root.pem"

    @property
    def root_public(self) -> Path:
        return self.path / "root-public.cose"

    @property
    def key_set(self) -> Path:
        return self.path / "key-set.cose"

    @property
    def former_sets(self) -> Path:
        """The last key set of each root that another one followed: with them readers find the new root."""
        return self.path / "former-sets.cbor"

    @property
    def commitments(self) -> Path:
        """Signed commitment lists of compromised keys, from the root's ceremony."""
        return self.path / "commitments"

    @property
    def published(self) -> Path:
        return self.path / "published"

    @property
    def log_published(self) -> Path:
        """The archivist's part of the publication directory."""
        return self.published / "log"

    @property
    def databases(self) -> Path:
        return self.path / "databases"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def secret_key(self) -> Path:
        return self.path / "secrets" / "desk-secret-key"

    @property
    def keys_passphrase(self) -> Path:
        """Opens the signer's key files. In production the operator puts it elsewhere, apart from the keys."""
        return self.path / "secrets" / "keys-passphrase"

    @property
    def log_keys_passphrase(self) -> Path:
        """Opens the archivist's key files; another one, for another process."""
        return self.path / "secrets" / "log-keys-passphrase"

    @property
    def services_keys_passphrase(self) -> Path:
        """Opens the publisher's key files."""
        return self.path / "secrets" / "services-keys-passphrase"

    @property
    def lock(self) -> Path:
        """Locked by the supervisor for as long as it lives."""
        return self.path / ".lock"

    @property
    def prepared(self) -> Path:
        """Digest of what the embedded databases were last prepared with."""
        return self.path / ".prepared"

    @cached_property
    def embedded(self) -> bool:
        """Whether every process keeps every database it holds in a file of this home."""
        return all(
            self._url(alias, kind.name) == self._url_of_file(alias)
            for kind in PROCESSES.values()
            for alias in kind.aliases
        )

    @property
    def demo_staff(self) -> Path:
        return self.path / "demo-staff.json"

    @cached_property
    def runtime(self) -> Path:
        """The short directory of sockets and of the desk client's session, outside the home."""
        digest = hashlib.sha256(str(self.path.resolve()).encode()).hexdigest()[:10]
        base = Path(os.environ.get("XDG_RUNTIME_DIR") or "/tmp")  # noqa: S108 (checked for its owner in `prepare`)
        return base / f"cardservice-{os.getuid()}-{digest}"

    @property
    def signer_socket(self) -> Path:
        return self.runtime / "signer.sock"

    @property
    def addresses_file(self) -> Path:
        """Where running processes listen, written by `up`."""
        return self.runtime / "addresses.json"

    @property
    def desk_session(self) -> Path:
        """The command line's own desk session, so that it need not sign in for every word."""
        return self.runtime / "desk-session.json"

    def addresses(self) -> dict[str, str]:
        """Process name -> base URL of what `up` started here; empty when nothing runs."""
        try:
            return dict(json.loads(self.addresses_file.read_text())) if self._is_taken() else {}
        except (OSError, ValueError):
            return {}

    def _is_taken(self) -> bool:
        """Whether a supervisor lives; one that was killed leaves its addresses behind, but not its lock."""
        with self.lock.open("rb") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False

    def prepare_directories(self) -> None:
        """Makes home and runtime directory, readable by their owner only. Raises HomeRefused."""
        try:
            for directory in (self.path, *self._directories):
                directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.runtime.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise HomeRefused(
                f"{error.filename} cannot be made ({error.strerror}): choose another place with --home."
            ) from None
        for directory in (self.path, self.runtime):
            _refuse_foreign(directory)
        if len(os.fsencode(self.signer_socket)) > MAX_SOCKET_PATH:
            raise HomeRefused(
                f"{self.runtime} is too long for a Unix socket: set XDG_RUNTIME_DIR to a shorter directory."
            )
        if not self.secret_key.exists():
            write_once(self.secret_key, secrets.token_urlsafe(48).encode(), mode=0o600)
        passphrases = (self.keys_passphrase, self.log_keys_passphrase, self.services_keys_passphrase)
        for passphrase in passphrases if self.realm == "demo" else ():
            if not passphrase.exists():
                write_once(passphrase, secrets.token_urlsafe(48).encode(), mode=0o600)

    @property
    def _directories(self) -> tuple[Path, ...]:
        keys = (self.keys, self.log_keys, self.services_keys, self.secret_key.parent, self.commitments)
        given = (self.spool, self.office_spool, self.handover)
        return (*keys, *given, self.databases, self.logs, self.published, self.log_published)

    def environment(self, process: str) -> dict[str, str]:
        """The whole environment of `process`: what it needs, and nothing that another one needs."""
        kind = PROCESSES[process]
        environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        environment |= {
            "DJANGO_SETTINGS_MODULE": "cardservice.settings",
            "CARDSERVICE_PROCESS": process,
            "CARDSERVICE_REALM": self.realm,
            "CARDSERVICE_ISSUER": self.issuer,
        }
        environment |= {url_variable(alias): self._url(alias, process) for alias in kind.aliases}
        return environment | self._secrets(kind)

    def _url(self, alias: str, process: str) -> str:
        name = url_variable(alias)
        given = self.urls.get(f"{process.upper()}_{name}") or self.urls.get(name)
        return with_role(given, role_of(process)) if given else self._url_of_file(alias)

    def _url_of_file(self, alias: str) -> str:
        return f"sqlite:///{self.databases.resolve()}/{alias}.sqlite3"

    def _secrets(self, kind: Process) -> dict[str, str]:
        places = {
            "CARDSERVICE_SECRET_KEY_FILE": self.secret_key,
            "CARDSERVICE_SIGNER_SOCKET": self.signer_socket,
            "CARDSERVICE_KEYS": self.keys,
            "CARDSERVICE_KEYS_PASSPHRASE_FILE": self.keys_passphrase,
            "CARDSERVICE_KEY_SET": self.key_set,
            "CARDSERVICE_ROOT_KEY": self.root_public,
            "CARDSERVICE_PUBLISHED": self.published,
            "CARDSERVICE_SPOOL": self.office_spool if kind.name == "office" else self.spool,
            "CARDSERVICE_LOG_KEYS": self.log_keys,
            "CARDSERVICE_LOG_KEYS_PASSPHRASE_FILE": self.log_keys_passphrase,
            "CARDSERVICE_LOG_PUBLISHED": self.log_published,
            "CARDSERVICE_SERVICES_KEYS": self.services_keys,
            "CARDSERVICE_SERVICES_KEYS_PASSPHRASE_FILE": self.services_keys_passphrase,
            "CARDSERVICE_HANDOVER": self.handover,
        }
        given = {name: os.environ[name] for name in kind.secrets if os.environ.get(name)}
        return {name: str(places[name].resolve()) for name in kind.secrets if name in places} | given


def _refuse_foreign(directory: Path) -> None:
    """A directory that somebody else owns, links elsewhere or opens to others would hand our sockets to them."""
    facts = directory.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
        raise HomeRefused(f"{directory} belongs to somebody else: choose another place with --home.")
    if facts.st_mode & 0o077:
        raise HomeRefused(f"{directory} can be read by others: run `chmod 700 {directory}` first.")
