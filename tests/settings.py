"""Django's settings of the tests: those of the desk, and the compartment that the desk must not hold beside it."""

import os
import tempfile
from pathlib import Path

# Before the environment is swapped below: it says there which database this run is on.
from tests.cluster import ON_POSTGRESQL, in_process_settings

_REMOVED_AT_EXIT = tempfile.TemporaryDirectory(prefix="cardservice-tests-")
_PLACE = Path(_REMOVED_AT_EXIT.name)
(_PLACE / "secret-key").write_text("only-for-tests-" + "0" * 40)
(_PLACE / "spool").mkdir()

_ENVIRONMENT = {
    "CARDSERVICE_PROCESS": "desk",
    "CARDSERVICE_REALM": "demo",
    "CARDSERVICE_ISSUER": "https://demo.invalid",
    "CARDSERVICE_SECRET_KEY_FILE": str(_PLACE / "secret-key"),
    "CARDSERVICE_SIGNER_SOCKET": str(_PLACE / "signer.sock"),
    "CARDSERVICE_SPOOL": str(_PLACE / "spool"),
    "CARDSERVICE_ALLOWED_HOSTS": "localhost,127.0.0.1,testserver",
} | {f"{alias.upper()}_URL": f"sqlite:///{_PLACE}/{alias}.sqlite3" for alias in ("staff", "issuance", "privacy")}

_before = {
    name: value for name, value in os.environ.items() if name.startswith("CARDSERVICE_") or name.endswith("_URL")
}
for _name in _before:
    del os.environ[_name]
os.environ.update(_ENVIRONMENT)

from cardservice.environment import database  # noqa: E402
from cardservice.processes import ALIASES  # noqa: E402
from cardservice.settings import *  # noqa: E402, F403

os.environ["VERIFICATION_URL"] = f"sqlite:///{_PLACE}/verification.sqlite3"
DATABASES["verification"] = database("VERIFICATION_URL")  # noqa: F405
INSTALLED_APPS += ["verification"]  # noqa: F405

# Tests that start processes give each its own environment; nothing of this one may reach them.
for _name in [*_ENVIRONMENT, "VERIFICATION_URL"]:
    del os.environ[_name]
os.environ.update(_before)

if ON_POSTGRESQL:
    # As superuser, in databases made for this run: grants are judged by the tests that start the processes.
    DATABASES = {"default": {}} | {alias: in_process_settings(alias) for alias in ALIASES}

# The hasher of production is slow on purpose.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
