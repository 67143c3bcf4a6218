"""Seized disks name nobody: invented residents get cards at the real desk, then every byte is searched for them."""

import base64
import json
import secrets
import sqlite3
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from cardservice.cli.card_order import order_of
from cardservice.cli.portrait import draw_portrait
from cardservice.credential import codec
from cardservice.credential.derive import secrets_of
from privacy.search import Needle, search, text_needles
from tests.cluster import ON_POSTGRESQL
from tests.stack import Stack, running_stack

RESIDENTS = 40
GIVEN = ("Amina", "Bogdan", "Chloé", "Đorđe", "Eleni", "Fatuma", "Gülşen", "Hye-jin", "أمينة", "ሰላም")
FAMILY = ("Exämple", "Vorbild-Muster", "Παράδειγμα", "Примеров")


def _residents() -> list[dict[str, str]]:
    pairs = [(given, family) for given in GIVEN for family in FAMILY]
    return [
        {"name": f"{given} {family} {place + 1}", "born": f"19{50 + place}-0{1 + place % 9}-1{place % 10}"}
        for place, (given, family) in enumerate(pairs)
    ]


def _needles(place: int, resident: dict[str, str], seed: bytes, issued: dict[str, object], order: dict[str, str]):
    """Everything about one card that may exist on the card, the slip and in the clerk's browser only."""
    label = f"resident {place}"
    needles = text_needles(f"{label}, name", resident["name"])
    for form in (resident["born"], resident["born"].replace("-", "")):
        needles.append(Needle(f"{label}, birth date", form.encode()))
    needles.append(Needle(f"{label}, issue seed", seed))
    derived = secrets_of(seed=seed, credentials=1)
    needles += [Needle(f"{label}, cti", derived.ctis[0]), Needle(f"{label}, link", derived.links[0])]
    needles += [
        Needle(f"{label}, slip code", derived.slip_code),
        Needle(f"{label}, slip", issued["slip_code"].encode()),
    ]
    for name in ("photo_qr", "photo_print"):
        photo = base64.b64decode(order[name])
        needles += [Needle(f"{label}, {name}", photo[start : start + 24]) for start in (40, len(photo) // 2)]
    for face in issued["faces"]:
        signed, _ = codec.open_text(face["qr"])
        needles += [
            Needle(f"{label}, qr", face["qr"][60:100].encode()),
            Needle(f"{label}, claims", signed.payload[-40:]),
        ]
        needles.append(Needle(f"{label}, signature", signed.signature))
    needles += [Needle(f"{label}, {pdf}", base64.b64decode(issued[pdf])[900:932]) for pdf in ("card_pdf", "paper_pdf")]
    return needles


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory):
    """An installation at which forty residents got cards, some blocked and checked; and what must not be found."""
    with running_stack(tmp_path_factory.mktemp("canary")) as stack:
        before = stack.cluster.pages() if stack.cluster else set()
        desk, needles = stack.clerk(), []
        pictures = [draw_portrait(number) for number in range(4)]
        for place, resident in enumerate(_residents()):
            seed = secrets.token_bytes(32)
            order = order_of(name=resident["name"], born=resident["born"], picture=pictures[place % 4])
            body = order | {"issue_seed": seed.hex(), "policy_version": 1}
            issued = desk.post("/cards", body)
            needles += _needles(place, resident, seed, issued, order)
            if place % 3:
                desk.post("/cards/ack", {"issue_seed": seed.hex()})
            if place % 10 == 0:
                desk.post("/cards/suspend", {"slip_code": issued["slip_code"], "purpose": "lost"})
                stack.word("check", "-", stdin=issued["faces"][1]["qr"])
        stack.word("publish")
        yield Used(stack, before, tmp_path_factory.mktemp("changed")), needles


@dataclass(frozen=True)
class Used:
    """A used installation; `before`: the pages of its PostgreSQL, if that is what it is on, before anybody came."""

    stack: Stack
    before: set[bytes]
    changed: Path

    def places(self) -> list[Path]:
        """All places that the installation writes to."""
        if self.stack.cluster is None:
            return [self.stack.home.path, self.stack.home.runtime]
        self.stack.cluster.write_changed(before=self.before, place=self.changed)
        return [self.stack.home.path, self.stack.home.runtime, self.changed]


def test_every_byte_of_home_and_runtime_directory_names_nobody_while_everything_runs(used) -> None:
    installation, needles = used
    assert len(_residents()) == RESIDENTS
    assert {needle.label.split(",")[0] for needle in needles} == {f"resident {n}" for n in range(RESIDENTS)}
    hits = search(installation.places(), needles)
    assert not hits, hits


@pytest.mark.skipif(not ON_POSTGRESQL, reason="the same for SQLite's files is planted below")
def test_a_row_that_was_deleted_from_postgresql_is_found_in_tables_and_write_ahead_log(used) -> None:
    installation, _ = used
    with installation.stack.cluster.connect(database="issuance") as superuser:
        superuser.execute("CREATE TABLE planted (value text)")
        superuser.execute("INSERT INTO planted VALUES ('stays')")
        for _ in range(3):  # one record in some hundreds lies across two pages of the log, whose header cuts the value
            superuser.execute("INSERT INTO planted VALUES ('Deleted Resident')")
        superuser.execute("CHECKPOINT")
        superuser.execute("DELETE FROM planted WHERE value <> 'stays'")
        superuser.execute("VACUUM planted")
        superuser.execute("CREATE TABLE large (value text)")
        superuser.execute("INSERT INTO large VALUES (repeat('Compressed Resident ', 5000))")
    try:
        wanted = text_needles("deleted", "Deleted Resident") + text_needles("large", "Compressed Resident")
        found = {(hit.label, hit.path.name.rpartition(".")[2]) for hit in search(installation.places(), wanted)}
        assert any(label == "deleted" and name.startswith("data-pg_wal") for label, name in found), found
        assert any(label == "deleted" and name.startswith("data-base") for label, name in found), found
        assert ("large", "sql") in found
    finally:
        with installation.stack.cluster.connect(database="issuance") as superuser:
            superuser.execute("DROP TABLE planted, large")


def _append(path: Path, octets: bytes) -> None:
    with path.open("ab") as file:
        file.write(octets)


def _into_database(path: Path, value: object) -> None:
    with sqlite3.connect(path, timeout=10) as database:
        database.execute("CREATE TABLE planted (value)")
        database.execute("INSERT INTO planted VALUES (?)", (value,))


ENCODINGS: dict[str, Callable[[bytes], bytes]] = {
    "raw": lambda value: value,
    "hex": lambda value: value.hex().encode(),
    "base64": lambda value: base64.b64encode(b"x" + value + b"yz"),
    "zlib": lambda value: b"before" + zlib.compress(b"between" * 3 + value),
    "base64 of zlib": lambda value: base64.urlsafe_b64encode(zlib.compress(b"session" * 4 + value)),
    "utf-16": lambda value: value.decode().encode("utf-16-le"),
    "json": lambda value: json.dumps(value.decode()).encode(),
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_value_planted_in_any_place_and_encoding_is_found(used, encoding: str) -> None:
    stack = used[0].stack
    control = ENCODINGS[encoding](f"Żółw Planted {encoding}".encode())
    wanted = text_needles("control", f"Żółw Planted {encoding}")
    home: Path = stack.home.path
    places = [home / "logs" / "desk.log", home / "published" / "planted", stack.home.runtime / "planted"]
    for path in places:
        _append(path, control)
    for alias in ("issuance", "staff", "privacy", "verification"):
        copy = home / "databases" / f"planted-{alias}.sqlite3"
        _into_database(copy, control)
        places.append(copy)
    try:
        found = {hit.path for hit in search([home, stack.home.runtime], wanted)}
        assert found == set(places)
    finally:
        for path in places[1:]:
            path.unlink()


def test_a_deleted_row_and_a_file_name_are_found_too(used) -> None:
    stack = used[0].stack
    database = stack.home.path / "databases" / "planted-deleted.sqlite3"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA secure_delete=OFF")
        connection.execute("CREATE TABLE planted (value)")
        connection.execute("INSERT INTO planted VALUES ('Deleted Resident')")
        connection.commit()
        connection.execute("DELETE FROM planted")
    named = stack.home.path / "logs" / "Named Resident.log"
    named.touch()
    try:
        assert [hit.path for hit in search([stack.home.path], text_needles("deleted", "Deleted Resident"))] == [
            database
        ]
        assert [hit.path for hit in search([stack.home.path], text_needles("named", "Named Resident"))] == [named]
    finally:
        database.unlink()
        named.unlink()


def test_the_answers_of_the_desk_are_what_the_needles_are_made_of(used) -> None:
    """A search for the wrong bytes would find nothing: each needle is found in the very answer it was taken from."""
    stack = used[0].stack
    seed = secrets.token_bytes(32)
    resident = {"name": "Chloé Control", "born": "1977-03-04"}
    order = order_of(name=resident["name"], born=resident["born"], picture=draw_portrait(5))
    issued = stack.clerk().post("/cards", order | {"issue_seed": seed.hex(), "policy_version": 1})
    needles = _needles(99, resident, seed, issued, order)
    place = stack.home.path / "logs" / "planted-answer"
    typed_and_derived = f"{seed.hex()} {resident['born']} {secrets_of(seed=seed, credentials=1).slip_code.hex()}"
    place.write_text(json.dumps(order | issued) + typed_and_derived)
    try:
        found = {hit.label for hit in search([place], needles)}
        assert found == {needle.label for needle in needles}
    finally:
        place.unlink()
