"""The gate as a process of its own: what it loads, what it needs, what it never sends."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cardservice.credential import cbor, keys
from cardservice.credential.keyset import Use
from tests.verification import build

_PROBE = """
import json, sys, time
import django
django.setup()
from django.apps import apps
from django.conf import settings
from django.db import connections
from django.test import Client
from verification import gate

deadline = time.monotonic() + 20
while (gate.current() is None or not gate.current().trust.lists) and time.monotonic() < deadline:
    time.sleep(0.02)
client = Client(SERVER_NAME="localhost", raise_request_exception=False)
answers = [client.get(p) for p in ("/scan/", "/healthz", "/readyz", "/trust/key-set", "/s/0", "/nothing")]
answers.append(client.get("/healthz", SERVER_NAME="evil.invalid"))
answers.append(client.post("/api/v1/verifications", {"qr": "x"}, content_type="application/json"))
print(json.dumps({
    "apps": [app.name for app in apps.get_app_configs()],
    "middleware": settings.MIDDLEWARE,
    "databases": [c.alias for c in connections.all() if not c.settings_dict["ENGINE"].endswith("dummy")],
    "modules": [name for name in sys.modules if name.partition(".")[0] in ("staff", "issuance", "privacy", "allauth")],
    "sessions": [name for name in sys.modules if name.startswith("django.contrib.sessions")],
    "statuses": [answer.status_code for answer in answers],
    "cookies": [str(answer.cookies) for answer in answers if answer.cookies],
    "types": [answer["Content-Type"] for answer in answers],
}))
"""


def environment(place: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "cardservice.settings",
        "CARDSERVICE_PROCESS": "gate",
        "CARDSERVICE_REALM": build.REALM,
        "CARDSERVICE_ISSUER": build.ISSUER,
        "CARDSERVICE_ROOT_KEY": str(place / "root-public.cose"),
        "CARDSERVICE_PUBLISHED": str(place / "published"),
        "VERIFICATION_URL": f"sqlite:///{place}/verification.sqlite3",
    }


def run(*command: str, place: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], env=environment(place), capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def home(tmp_path: Path) -> Path:
    now = int(time.time())
    always = {"not_before": 0, "not_after": 2**39}
    entries = (build.key("card", Use.CARD, **always), build.key("status", Use.STATUS, **always))
    documents = {
        "key-set": build.key_set(entries=entries, iat=now, exp=now + 600),
        "s/0": build.status_list(iat=now),
    }
    build.Publication(documents).write(tmp_path / "published")
    (tmp_path / "root-public.cose").write_bytes(cbor.dumps(keys.to_cose_key(build.public("root"))))
    return tmp_path


def test_the_gate_loads_its_own_compartment_only_and_sets_no_cookie(home):
    migrated = run("-m", "django", "migrate", "--database", "verification", place=home)
    assert migrated.returncode == 0, migrated.stderr
    probed = run("-c", _PROBE, place=home)
    assert probed.returncode == 0, probed.stderr
    seen = json.loads(probed.stdout)
    assert seen["apps"] == ["verification", "rest_framework", "django.contrib.staticfiles"]
    assert seen["databases"] == ["verification"]
    assert seen["modules"] == []
    assert not [name for name in seen["middleware"] if "session" in name.lower() or "auth" in name.lower()]
    assert seen["cookies"] == []
    assert seen["statuses"] == [200, 200, 200, 200, 200, 404, 400, 401]
    assert seen["types"][5:] == ["application/problem+json"] * 3


def test_the_gate_does_not_start_without_a_root_key(home):
    (home / "root-public.cose").unlink()
    started = run("-c", "import django; django.setup()", place=home)
    assert started.returncode != 0
    (sentence,) = started.stderr.splitlines()
    assert "root-public.cose cannot be read" in sentence
