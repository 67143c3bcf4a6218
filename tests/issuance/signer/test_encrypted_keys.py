"""The signer's key files in a home: encrypted from the first start on, opened by the passphrase of the home only."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cardservice import demo_root
from cardservice.home import Home

OTHER = "Zq7 another passphrase of more than 32 characters"


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.prepare_directories()
    demo_root.make_if_missing(made)
    return made


def _run(home: Home, command: str, *, process: str = "signer", **environment: str) -> subprocess.CompletedProcess[str]:
    """`command` as this process, until it ends."""
    return subprocess.run(
        [sys.executable, "-m", "django", command],
        env=home.environment(process) | environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def _strip(directory: Path, passphrase: Path) -> list[str]:
    """Leaves the key files as earlier versions wrote them; their kids."""
    for path in directory.glob("*.pem"):
        private = load_pem_private_key(path.read_bytes(), password=passphrase.read_bytes())
        path.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return sorted(path.stem for path in directory.glob("*.pem"))


def test_a_demo_home_starts_with_encrypted_keys_and_a_passphrase_for_its_owner(home: Home) -> None:
    files = sorted(home.keys.glob("*.pem"))

    assert len(files) == 14
    assert all(path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----") for path in files)
    assert home.keys_passphrase.stat().st_mode & 0o777 == 0o600


def test_the_log_key_is_encrypted_under_a_passphrase_of_its_own(home: Home) -> None:
    (file,) = home.log_keys.glob("*.pem")

    assert file.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")
    assert load_pem_private_key(file.read_bytes(), password=home.log_keys_passphrase.read_bytes())
    assert home.log_keys_passphrase.read_bytes() != home.keys_passphrase.read_bytes()
    assert home.log_keys_passphrase.stat().st_mode & 0o777 == 0o600


def test_a_log_key_of_an_earlier_version_keeps_the_archivist_from_starting_until_it_is_encrypted(home: Home) -> None:
    kids = _strip(home.log_keys, home.log_keys_passphrase)

    refused = _run(home, "archivist", process="archivist")
    assert (refused.returncode, len(refused.stderr.splitlines())) == (1, 1)
    assert "run `cardservice keys encrypt` once" in refused.stderr

    done = subprocess.run(
        [sys.executable, "-m", "cardservice", "migrate", "--home", str(home.path)], capture_output=True, timeout=120
    )
    assert done.returncode == 0
    word = [sys.executable, "-m", "cardservice", "keys", "encrypt", "--json", "--home", str(home.path)]
    assert json.loads(subprocess.run(word, capture_output=True, timeout=60).stdout) == {"encrypted": kids}
    assert json.loads(subprocess.run(word, capture_output=True, timeout=60).stdout) == {"encrypted": []}
    assert home.log_keys.joinpath(f"{kids[0]}.pem").read_bytes().startswith(b"-----BEGIN ENCRYPTED")


def test_a_production_home_gets_no_passphrase_beside_its_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CARDSERVICE_REALM", "production")
    production = Home(tmp_path / "home")
    production.prepare_directories()

    assert not production.keys_passphrase.exists()
    done = _run(production, "signer")
    assert done.returncode == 1
    assert done.stderr.startswith("CARDSERVICE_KEYS_PASSPHRASE_FILE points to ")
    assert "Traceback" not in done.stderr


def test_the_signer_does_not_start_with_another_passphrase_and_says_so_in_one_sentence(home: Home) -> None:
    done = _run(home, "signer", CARDSERVICE_KEYS_PASSPHRASE=OTHER)

    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert "holds no private key that the given passphrase opens" in sentence
    assert "Zq7" not in sentence


def test_keys_of_an_earlier_version_keep_the_signer_from_starting_until_they_are_encrypted(home: Home) -> None:
    kids = _strip(home.keys, home.keys_passphrase)

    refused = _run(home, "signer")
    assert refused.returncode == 1
    assert "run `cardservice keys encrypt` once" in refused.stderr

    assert json.loads(_run(home, "encrypt_keys").stdout) == {"encrypted": kids}
    assert json.loads(_run(home, "encrypt_keys").stdout) == {"encrypted": []}
    assert all(b"ENCRYPTED" in path.read_bytes() for path in home.keys.glob("*.pem"))


def test_a_passphrase_that_the_operator_gives_is_the_one_that_seals(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARDSERVICE_KEYS_PASSPHRASE", OTHER)
    given = Home(tmp_path / "home")
    given.prepare_directories()
    demo_root.make_if_missing(given)

    pem = next(given.keys.glob("*.pem")).read_bytes()
    assert load_pem_private_key(pem, password=OTHER.encode())
    assert given.environment("signer")["CARDSERVICE_KEYS_PASSPHRASE"] == OTHER
    assert "CARDSERVICE_KEYS_PASSPHRASE" not in given.environment("desk")
