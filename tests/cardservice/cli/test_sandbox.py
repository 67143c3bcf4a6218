"""The sandbox as a provider's programmer meets it: started by its word beside the settings of a real gate."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from cardservice.supervisor import free_ports

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "library-systems.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What `sandbox --json` printed; it runs until the module is done. The environment is that of a real gate."""
    real = tmp_path_factory.mktemp("real")
    environment = os.environ | {
        "CARDSERVICE_REALM": "production",
        "CARDSERVICE_ISSUER": "https://city.example",
        "CARDSERVICE_PUBLISHED": str(real),
        "VERIFICATION_URL": f"sqlite:///{real}/verification.sqlite3",
    }
    command = [sys.executable, "-m", "cardservice", "sandbox", "--json", "--port", str(free_ports()["gate"])]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        try:
            assert process.stdout is not None
            said = json.loads(process.stdout.readline() or "null")
            assert said, "the sandbox did not start"
            yield said
            assert list(real.iterdir()) == []
        finally:
            process.terminate()
            process.wait(60)
    assert process.returncode == 0


def card(sandbox: dict[str, Any], name: str) -> str:
    return next(sample["qr"] for sample in sandbox["samples"] if sample["name"] == name)


def test_every_sample_gets_its_answer_over_http(sandbox: dict[str, Any]):
    headers = {"Authorization": f"Api-Key {sandbox['api_key']}"}
    for sample in sandbox["samples"]:
        answer = httpx.post(
            f"{sandbox['gate']}/api/v1/verifications", json={"qr": sample["qr"]}, headers=headers
        ).json()
        assert (answer["verdict"], answer["reason"]) == (sample["verdict"], sample["reason"]), sample["name"]
        assert answer["card"] == ({"name": "Sam Sample"} if sample["verdict"] == "valid" else None)


def test_the_guide_lists_every_sample(sandbox: dict[str, Any]):
    for sample in sandbox["samples"]:
        reason = f"`{sample['reason']}`" if sample["reason"] else "-"
        assert f"| {sample['name']} | {sample['verdict']} | {reason} |" in GUIDE
