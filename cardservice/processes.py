"""Which process may hold which compartment and which secret: the table every start is checked against."""

from collections.abc import Mapping
from dataclasses import dataclass

ALIASES = ("staff", "issuance", "verification", "privacy")
"""The compartments; each is a Django app, a database alias and an environment variable."""

SECRETS = (
    "CARDSERVICE_SECRET_KEY_FILE",
    "CARDSERVICE_OPENID_FILE",
    "CARDSERVICE_SIGNER_SOCKET",
    "CARDSERVICE_SIGNER_PEERS",
    "CARDSERVICE_KEYS",
    "CARDSERVICE_KEYS_PASSPHRASE",
    "CARDSERVICE_KEYS_PASSPHRASE_FILE",
    "CARDSERVICE_PKCS11_MODULE",
    "CARDSERVICE_PKCS11_LABEL",
    "CARDSERVICE_PKCS11_PIN",
    "CARDSERVICE_PKCS11_PIN_FILE",
    "CARDSERVICE_PKCS11_CONF",
    "CARDSERVICE_KEY_SET",
    "CARDSERVICE_ROOT_KEY",
    "CARDSERVICE_PUBLISHED",
    "CARDSERVICE_SPOOL",
    "CARDSERVICE_LOG_KEYS",
    "CARDSERVICE_LOG_KEYS_PASSPHRASE",
    "CARDSERVICE_LOG_KEYS_PASSPHRASE_FILE",
    "CARDSERVICE_LOG_PUBLISHED",
    "CARDSERVICE_SERVICES_KEYS",
    "CARDSERVICE_SERVICES_KEYS_PASSPHRASE",
    "CARDSERVICE_SERVICES_KEYS_PASSPHRASE_FILE",
    "CARDSERVICE_HANDOVER",
)
"""Secrets, and paths of keys, sockets and documents, that only some processes are told."""


def url_variable(alias: str) -> str:
    """Name of the environment variable that holds the database URL of `alias`."""
    return f"{alias.upper()}_URL"


def role_of(process: str) -> str:
    """The PostgreSQL role that a process logs in as; the same name in every cluster it connects to."""
    return f"cs_{process}"


def owner_of(alias: str) -> str:
    """The PostgreSQL role that owns all of a compartment's database, and never logs in."""
    return f"cs_{alias}_owner"


def migrator_of(alias: str) -> str:
    """The process that migrates a compartment: the only one whose role may become the owner."""
    return f"{alias}_migrator"


@dataclass(frozen=True)
class Process:
    """One kind of process: the aliases and secrets it is given, how it listens, whether it acts as the owner.

    `door`: what answers some requests before the framework (`cardservice.web.front`).
    """

    name: str
    aliases: tuple[str, ...]
    secrets: tuple[str, ...] = ()
    urls: str | None = None
    port: int | None = None
    door: str | None = None
    migrates: bool = False


PROCESSES = {
    process.name: process
    for process in (
        Process(
            "desk",
            ("staff", "issuance", "privacy"),
            (
                "CARDSERVICE_SECRET_KEY_FILE",
                "CARDSERVICE_OPENID_FILE",
                "CARDSERVICE_SIGNER_SOCKET",
                "CARDSERVICE_SPOOL",
            ),
            urls="cardservice.urls.desk",
            port=8000,
        ),
        Process(
            "gate",
            ("verification",),
            ("CARDSERVICE_ROOT_KEY", "CARDSERVICE_PUBLISHED"),
            urls="cardservice.urls.gate",
            port=8001,
            door="verification.express.check",
        ),
        Process(
            "holder",
            ("issuance",),
            ("CARDSERVICE_ROOT_KEY", "CARDSERVICE_PUBLISHED"),  # where the card can be used is a published document
            urls="cardservice.urls.holder",
            port=8003,
        ),
        Process(
            "office",
            ("staff", "verification", "privacy"),
            ("CARDSERVICE_SECRET_KEY_FILE", "CARDSERVICE_SPOOL", "CARDSERVICE_HANDOVER"),
            urls="cardservice.urls.office",
            port=8002,
        ),
        Process(
            "signer",
            ("issuance",),
            (
                "CARDSERVICE_SIGNER_SOCKET",
                "CARDSERVICE_SIGNER_PEERS",
                "CARDSERVICE_KEYS",
                "CARDSERVICE_KEYS_PASSPHRASE",
                "CARDSERVICE_KEYS_PASSPHRASE_FILE",
                "CARDSERVICE_PKCS11_MODULE",
                "CARDSERVICE_PKCS11_LABEL",
                "CARDSERVICE_PKCS11_PIN",
                "CARDSERVICE_PKCS11_PIN_FILE",
                "CARDSERVICE_PKCS11_CONF",
                "CARDSERVICE_KEY_SET",
            ),
        ),
        Process(
            "publisher",
            ("issuance",),
            (
                "CARDSERVICE_SIGNER_SOCKET",
                "CARDSERVICE_KEY_SET",
                "CARDSERVICE_PUBLISHED",
                "CARDSERVICE_SERVICES_KEYS",
                "CARDSERVICE_SERVICES_KEYS_PASSPHRASE",
                "CARDSERVICE_SERVICES_KEYS_PASSPHRASE_FILE",
                "CARDSERVICE_HANDOVER",
            ),
        ),
        Process("registrar", ("issuance",)),
        Process(
            "archivist",
            ("privacy",),
            (
                "CARDSERVICE_LOG_KEYS",
                "CARDSERVICE_LOG_KEYS_PASSPHRASE",
                "CARDSERVICE_LOG_KEYS_PASSPHRASE_FILE",
                "CARDSERVICE_KEY_SET",
                "CARDSERVICE_LOG_PUBLISHED",
            ),
        ),
        # Words of the command line that touch one compartment, each in a process of its own.
        Process("staff", ("staff",), ("CARDSERVICE_SECRET_KEY_FILE",)),  # the key seals second factors
        Process("issuance", ("issuance",), ("CARDSERVICE_KEY_SET",)),
        Process("verification", ("verification",), ("CARDSERVICE_HANDOVER",)),
        Process("privacy", ("privacy",), ("CARDSERVICE_KEY_SET",)),
        *(Process(migrator_of(alias), (alias,), migrates=True) for alias in ALIASES),
        # Words that hold no compartment at all: desk clients, offline checks, the watcher of the others.
        Process("none", (), ("CARDSERVICE_ROOT_KEY", "CARDSERVICE_PUBLISHED")),
    )
}


class ForeignEnvironment(Exception):
    """A process was started with a database or secret that is not its own; the text says which and what to do."""


def process_named(environment: Mapping[str, str]) -> Process:
    """The process this environment is for, after checking that it holds that process's things and no others.

    Raises ForeignEnvironment.
    """
    name = environment.get("CARDSERVICE_PROCESS", "")
    if name not in PROCESSES:
        raise ForeignEnvironment(
            f"CARDSERVICE_PROCESS is {name!r}; set it to one of {', '.join(PROCESSES)}, or use `cardservice up`."
        )
    process = PROCESSES[name]
    foreign = [url_variable(a) for a in ALIASES if a not in process.aliases and environment.get(url_variable(a))]
    foreign += [s for s in SECRETS if s not in process.secrets and environment.get(s)]
    if foreign:
        raise ForeignEnvironment(
            f"{name} was started with {', '.join(foreign)}, which it must not hold: remove it from its environment."
        )
    missing = [url_variable(a) for a in process.aliases if not environment.get(url_variable(a))]
    if missing:
        raise ForeignEnvironment(f"{name} needs {', '.join(missing)}: set it to a database URL.")
    return process
