"""The standalone verifier: an intact export passes, and every kind of tampering is named."""

import base64
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cardservice.credential import cbor, keys
from issuance import ceremony
from privacy import checkpoint, leaf
from privacy.leaf import Line
from privacy.log_verify import verify
from privacy.merkle import GrowingTree, leaf_hash
from tests.privacy.archive import MONDAY

NOW = 1_795_435_200
HELD = ceremony.hold(issuer="https://city.example", realm="demo", now=NOW)
ORIGIN = "city.example/log"
(LOG_KEY,) = HELD.made.log_keys.values()
VERIFIER = Path(__file__).parents[2] / "privacy" / "log_verify.py"


def canonical(values: dict) -> bytes:
    return json.dumps(values, separators=(",", ":")).encode() + b"\n"


def entry(number: int) -> dict:
    nonce = {"nonce": number.to_bytes(16).hex()}
    if number % 3 == 0:
        return nonce
    said = {"actor": f"A{number % 7}", "district": "Ünter", "action": "issue", "purpose": "new_card"}
    return nonce | said | {"week": MONDAY.isoformat(), "count": 1 + number % 2 * 300}


def hash_of(values: dict) -> bytes:
    line = None
    if len(values) > 1:
        said = {name: values[name] for name in ("actor", "district", "action", "purpose", "count")}
        line = Line(week=MONDAY, **said)
    return leaf_hash(leaf.encode(line, nonce=bytes.fromhex(values["nonce"])))


def note(size: int, *, key=LOG_KEY, origin: str = ORIGIN, entries=entry) -> bytes:
    root = GrowingTree(hash_of(entries(number)) for number in range(size)).root()
    return checkpoint.sign(checkpoint.Checkpoint(origin, size, root), key=key).encode()


def header(*sizes: int, **about) -> dict:
    return {
        "format": "cardservice action log/1",
        "origin": about.get("origin", ORIGIN),
        "key_set": base64.b64encode(about.pop("key_set", HELD.key_set)).decode(),
        "checkpoints": [note(size, **about).decode() for size in sizes],
    }


SIZE = 40
HEADER = header(8, 24, SIZE)
BUNDLE = [canonical(HEADER), *(canonical(entry(number)) for number in range(SIZE))]


def problems(bundle: list[bytes], *since: bytes, root: bytes = HELD.root_public) -> str:
    return " ".join(verify(bundle, root_key=root, since=since).problems)


def changed(number: int, line: bytes | None) -> list[bytes]:
    return [*BUNDLE[: number + 1], *([] if line is None else [line]), *BUNDLE[number + 2 :]]


def test_an_intact_export_is_what_it_says():
    report = verify(BUNDLE, root_key=HELD.root_public, since=[note(8), note(16), note(SIZE)])
    assert report.problems == []
    assert (report.size, report.checkpoints, report.lines, report.origin) == (SIZE, 3, 26, ORIGIN)
    assert report.root == GrowingTree(hash_of(entry(number)) for number in range(SIZE)).root()


@pytest.mark.parametrize("number", range(SIZE))
def test_each_entry_that_is_deleted_doubled_edited_or_moved_is_noticed(number):
    place = "0 to 7" if number < 8 else "8 to 23" if number < 24 else "24 to 39"
    edited = entry(number) | {"nonce": "ff" * 16}
    assert f"Entries {place} are not those" in problems(changed(number, canonical(edited)))
    assert problems(changed(number, None))
    assert problems([*BUNDLE[: number + 2], *BUNDLE[number + 1 :]])
    other = (number + 11) % SIZE
    moved = BUNDLE.copy()
    moved[number + 1], moved[other + 1] = moved[other + 1], moved[number + 1]
    assert "are not those" in problems(moved)


@pytest.mark.parametrize("change", [{"actor": "OTHER9"}, {"purpose": "lost"}, {"week": "2026-11-16"}, {"count": 9}])
def test_each_field_is_under_the_hash(change):
    assert "Entries 8 to 23 are not those" in problems(changed(10, canonical(entry(10) | change)))


def test_a_truncated_export_says_what_is_missing():
    assert problems(BUNDLE[:-3]) == "Entries 37 to 39 are missing: the last checkpoint was signed over 40."
    cut = [canonical(header(8, 24)), *BUNDLE[1:25]]
    assert problems(cut) == ""
    assert "The log was cut off: kept checkpoint 1 is of 40 entries" in problems(cut, note(SIZE))


def test_entries_beyond_the_last_checkpoint_are_noticed():
    assert problems([*BUNDLE, canonical(entry(SIZE))]) == (
        "Entries from 40 on were added: no checkpoint is signed over them."
    )


def test_a_fork_by_the_log_key_itself_is_noticed_by_a_kept_checkpoint():
    def other(number: int) -> dict:
        return entry(number) | ({"nonce": "ee" * 16} if number == 5 else {})

    assert "The log was forked: kept checkpoint 2" in problems(BUNDLE, note(8), note(16, entries=other))


def test_checkpoints_of_other_keys_and_logs_are_refused():
    stranger = Ed25519PrivateKey.generate()
    assert "not signed by a log key" in problems([canonical(header(8, SIZE, key=stranger)), *BUNDLE[1:]])
    assert "of another log" in problems(BUNDLE, note(8, origin="other.example/log"))
    assert "Kept checkpoint 1 cannot be used" in problems(BUNDLE, note(8, key=stranger))
    assert "Kept checkpoint 1 cannot be used" in problems(BUNDLE, b"noise")
    other_log = HEADER | {"origin": "other.example/log"}
    assert "of another log" in problems([canonical(other_log), *BUNDLE[1:]])


def test_another_root_is_not_believed():
    other = ceremony.hold(issuer="https://city.example", realm="demo", now=NOW)
    assert "not signed by the given root" in problems(BUNDLE, root=other.root_public)
    assert "not signed by the given root" in problems([canonical(header(SIZE, key_set=other.key_set)), *BUNDLE[1:]])
    edwards = keys.public_key_of(keys.generate(keys.EDDSA))
    assert "not signed by the given root" in problems(BUNDLE, root=cbor.dumps(keys.to_cose_key(edwards)))


def test_no_flipped_bit_of_the_key_set_is_believed():
    for place in range(0, len(HELD.key_set), 7):
        octets = bytearray(HELD.key_set)
        octets[place] ^= 1
        bad = HEADER | {"key_set": base64.b64encode(bytes(octets)).decode()}
        assert problems([canonical(bad), *BUNDLE[1:]]), place


@pytest.mark.parametrize(
    "first",
    [
        b"",
        b"\n",
        b"[]\n",
        b"{}\n",
        b"\xff\n",
        b"[" * 100_000,
        canonical(HEADER)[:-2],
        canonical(HEADER | {"format": "cardservice action log/2"}),
        canonical(HEADER | {"more": 1}),
        canonical(HEADER | {"checkpoints": []}),
        canonical(HEADER | {"checkpoints": [1]}),
        canonical(HEADER | {"checkpoints": ["x"]}),
        canonical(HEADER | {"checkpoints": HEADER["checkpoints"][::-1]}),
        canonical(HEADER | {"checkpoints": [*HEADER["checkpoints"], HEADER["checkpoints"][-1]]}),
        canonical(HEADER | {"key_set": "***"}),
        canonical(HEADER | {"key_set": ""}),
        canonical(HEADER | {"key_set": "0oRN"}),
        canonical(HEADER | {"key_set": "0p//////////////"}),
        json.dumps(HEADER).encode() + b"\n",
    ],
)
def test_a_damaged_header_is_named(first):
    assert problems([first, *BUNDLE[1:]])


GOOD = BUNDLE[11]


@pytest.mark.parametrize(
    "line",
    [
        b"\n",
        b"null\n",
        b"{}\n",
        GOOD[:-1],
        GOOD[:-3] + b"\n",
        GOOD.replace(b":", b": "),
        GOOD.replace(b'"count":1', b'"count":1,"count":1'),
        GOOD.replace(b'"count":1', b'"count":true'),
        GOOD.replace(b'"count":1', b'"count":1.0'),
        GOOD.replace(b'"count":1', b'"count":-1'),
        GOOD.replace(b'"count":1', b'"count":[]'),
        GOOD.replace(b'"actor"', b'"author"'),
        GOOD.replace(b'"A3"', b'"\\ud800"'),
        GOOD.replace(b'"nonce":"', b'"nonce":"0'),
        GOOD.replace(b"0a", b"0A"),
        GOOD.replace(b"00", b"0 ", 1),
        canonical({"nonce": 1}),
        canonical(entry(10) | {"nonce": None}),
        canonical(dict(reversed(entry(10).items()))),
        canonical(entry(10) | {"more": 1}),
        "{}\n".encode("utf-16"),
    ],
)
def test_a_damaged_entry_is_named(line):
    assert line != GOOD
    assert problems(changed(10, line))


def test_a_copy_of_the_file_runs_alone(tmp_path):
    shutil.copy(VERIFIER, tmp_path / "check.py")
    (tmp_path / "root").write_bytes(HELD.root_public)
    (tmp_path / "log").write_bytes(b"".join(BUNDLE))
    (tmp_path / "bad").write_bytes(b"".join(BUNDLE[:-1]))
    (tmp_path / "kept").write_bytes(note(8))

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-I", str(tmp_path / "check.py"), *words, "--root", str(tmp_path / "root")]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    good = run("log", "--since", "kept", "--json")
    assert (good.returncode, json.loads(good.stdout)["ok"], json.loads(good.stdout)["size"]) == (0, True, SIZE)
    bad = run("bad")
    assert (bad.returncode, bad.stdout.splitlines()[0]) == (1, "NOT INTACT")
    gone = run("gone")
    assert (gone.returncode, gone.stderr) == (2, "gone cannot be read (No such file or directory).\n")


def test_the_file_imports_nothing_of_this_project():
    assert not [
        line
        for line in VERIFIER.read_text().splitlines()
        if line.startswith(("from ", "import "))
        and line.split()[1].split(".")[0] in ("cardservice", "privacy", "cbor2")
    ]
