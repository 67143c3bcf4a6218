"""The examples of the guide for library systems do what they say, word for word, against a running gate."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.stack import Stack

GUIDE = Path(__file__).parents[2] / "docs/library-systems.md"
ADDRESS = "https://gate.city.example"


def examples(language: str) -> list[str]:
    """The blocks of the guide in one language."""
    return re.findall(rf"```{language}\n(.*?)```", GUIDE.read_text(), flags=re.DOTALL)


@pytest.fixture(scope="module")
def known(stack: Stack) -> dict[str, str]:
    """What an example needs: the gate's address, an API key, the text of a card and the number it has to find."""
    qr = stack.issue(name="Vera Voorbeeld")["faces"][0]["qr"]
    assert stack.word("publish").returncode == 0
    api_key = stack.agree("name")
    return {"address": stack.gate, "api_key": api_key, "qr": qr, "provider_id": api_key.split("_")[1]}


def output(command: list[str], known: dict[str, str], *, stdin: str = "") -> str:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    environment = {"PATH": "/usr/bin:/bin", "API_KEY": known["api_key"], "PROVIDER_ID": known["provider_id"]}
    done = subprocess.run(
        command, input=stdin, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_examples_for_curl(known: dict[str, str]):
    check, token = [block.replace(ADDRESS, known["address"]) for block in examples("sh")]
    assert (
        json.loads(output(["bash", "-c", check.replace('"..."', json.dumps(known["qr"]))], known))["verdict"] == "valid"
    )
    assert json.loads(output(["bash", "-c", token], known))["token_type"] == "Bearer"


def test_the_example_for_python(known: dict[str, str]):
    (example,) = examples("python")
    names = {"api_key": known["api_key"], "qr_text": known["qr"]}
    exec(compile(example.replace(ADDRESS, known["address"]), str(GUIDE), "exec"), names)
    assert names["verification"].valid
    assert names["number"] == names["verification"].provider_number is not None


def test_the_example_for_javascript(known: dict[str, str]):
    (example,) = examples("js")
    given = f"const apiKey = {json.dumps(known['api_key'])}, qrText = {json.dumps(known['qr'])};\n"
    told = "console.log(JSON.stringify({ verdict, reason, provider_number }));"
    script = given + example.replace(ADDRESS, known["address"]) + told
    answer = json.loads(output(["node", "--input-type=module"], known, stdin=script))
    assert (answer["verdict"], answer["reason"]) == ("valid", None)
    assert answer["provider_number"]
