"""The first lock: who may import whom."""

import ast
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINTER = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
PACKAGES = LINTER["root_packages"]
CONTRACTS = {contract["id"]: contract for contract in LINTER["contracts"]}
KERNEL = sorted((ROOT / "cardservice" / "credential").glob("*.py"))

PLANTS = {
    "apart": {
        "issuance/orders.py": "import verification.wording",
        "staff/tally.py": "from issuance import register",
        "verification/verifier.py": "from staff.models import Account",
        # Round a corner: issuance.publication writes with cardservice.files.
        "cardservice/files.py": "import verification.verifier",
    },
    "one-door": {
        "issuance/orders.py": "from privacy.models import Entry",
        "verification/verifier.py": "from privacy.actions import record",
        "staff/tally.py": "from privacy import actions",
        "cardservice/inventory.py": "from privacy.search import search",
    },
    "office-apart": {"verification/gate.py": "from verification.office import acts"},
    "log-alone": {"privacy/batch.py": "from issuance.models import Card"},
    "keys-with-signer": {
        "issuance/card_views.py": "from cardservice import key_files",
        "issuance/publication.py": "from issuance.signer.rules import SigningRules",
    },
    "pure-kernel": {
        "cardservice/credential/calendar.py": "import time",
        "cardservice/credential/keyset.py": "from pathlib import Path",
        "cardservice/credential/codec.py": "from django.conf import settings",
        "cardservice/credential/keys.py": "from cardservice.files import write_atomically",
    },
    "declared-as-data": {
        "issuance/declarations.py": "from issuance.models import Card",
        "issuance/desk_declarations.py": "from issuance import desk",
        "cardservice/inventory.py": "from verification import store",
        "cardservice/declarations.py": "import django.apps",
    },
    "neutral-plumbing": {
        "cardservice/web/health.py": "import staff.models",
        "cardservice/reconciliation.py": "from issuance.models import Card",
    },
    "downwards": {
        "issuance/orders.py": "from cardservice import supervisor",
        "cardservice/files.py": "from cardservice.web import problems",
    },
}
"""Contract -> file -> an import that the contract forbids there."""


def lint(where: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo", *options]
    return subprocess.run(command, cwd=where, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The packages once more, to plant imports in."""
    for package in PACKAGES:
        for module in (ROOT / package).rglob("*.py"):
            (target := tmp_path / module.relative_to(ROOT)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(module, target)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_all_contracts_are_kept():
    run = lint(ROOT)
    assert run.returncode == 0, run.stdout
    assert f"{len(CONTRACTS)} kept, 0 broken" in run.stdout


@pytest.mark.parametrize("contract", CONTRACTS)
def test_planted_imports_break_their_contract(copy: Path, contract: str):
    for path, line in PLANTS[contract].items():
        module = copy / path
        module.write_text(f"{module.read_text()}\n{line}\n")
    run = lint(copy, "--contract", contract)
    assert run.returncode == 1, run.stdout + run.stderr
    assert "0 kept, 1 broken" in run.stdout
    for path in PLANTS[contract]:
        assert f"{path.removesuffix('.py').replace('/', '.')} ->" in run.stdout


def test_a_copy_without_plants_keeps_all_contracts(copy: Path):
    assert lint(copy).returncode == 0


def test_every_module_of_the_frame_stands_in_one_layer():
    layers = " ".join(CONTRACTS["downwards"]["layers"]).split()
    placed = sorted(name for name in layers if name.startswith("cardservice."))
    modules = {path.stem for path in (ROOT / "cardservice").glob("*.py")} - {"__init__"}
    modules |= {path.parent.name for path in (ROOT / "cardservice").glob("*/__init__.py")}
    assert placed == sorted(f"cardservice.{name}" for name in modules)


def impurities(source: str) -> set[str]:
    """Calls in `source` that ask a clock, open a file, talk to a terminal or run text: no import tells of them."""
    forbidden = {"now", "today", "utcnow", "open", "print", "input", "eval", "exec", "compile", "__import__"}
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = {f.id if isinstance(f, ast.Name) else f.attr for f in called if isinstance(f, ast.Name | ast.Attribute)}
    return names & forbidden


@pytest.mark.parametrize("module", KERNEL, ids=lambda path: path.stem)
def test_the_kernel_asks_no_clock_and_opens_no_file(module: Path):
    assert impurities(module.read_text()) == set()


@pytest.mark.parametrize("planted", ["datetime.now(UTC)", "date.today()", "open('x')", "x = eval('1')"])
def test_a_planted_call_is_seen(planted: str):
    assert impurities(planted)
