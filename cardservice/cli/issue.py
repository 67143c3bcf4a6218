"""The word `issue`: a desk client that issues one card."""

import base64
import json
import os
import secrets
import stat
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.desk_client import DeskClient
from cardservice.home import Home
from cardservice.supervisor import running
from issuance.orders import POLICY_VERSION
from issuance.render.photo import PhotoError, compress_photo

_ORDER_KEYS = {"name", "born", "photo", "profile", "language"}


def issue(
    name: Annotated[str, typer.Option("--name", help="Name as the holder wants it (demo realm only).")] = "",
    born: Annotated[str, typer.Option("--born", help="Birth date as YYYY-MM-DD (demo realm only).")] = "",
    photo: Annotated[Path | None, typer.Option("--photo", help="A picture file (demo realm only).")] = None,
    profile: Annotated[str, typer.Option("--profile", help="standard or sectors (demo realm only).")] = "standard",
    card_pdf: Annotated[Path | None, typer.Option("--card-pdf", help="Write the card here.")] = None,
    paper_pdf: Annotated[Path | None, typer.Option("--paper-pdf", help="Write slip and leaflet here.")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Issue one card: reads {"name", "born"?, "photo"?, "profile"?, "language"?} as JSON from standard input."""
    place = home_at(home)
    order = _from_options(place, name, born, photo, profile) if name else _from_standard_input(place)
    for target in (card_pdf, paper_pdf):
        _refuse_lasting(place, target)
    with running(place) as addresses:
        desk = DeskClient(place, addresses["desk"])
        seed = secrets.token_hex(32)
        issued = desk.post("/cards", order | {"issue_seed": seed, "policy_version": POLICY_VERSION})
        for target, key in ((card_pdf, "card_pdf"), (paper_pdf, "paper_pdf")):
            if target is not None:
                _write(target, base64.b64decode(issued[key]))
        desk.post("/cards/ack", {"issue_seed": seed})
    body = {key: issued[key] for key in ("card_number", "slip_code", "expires", "faces")}
    lines = [f"Card {body['card_number']}, valid through {body['expires']}", f"Slip {body['slip_code']}"]
    lines += [f"{face['name']} {face['sector'] or ''} {face['qr']}" for face in body["faces"]]
    answer(body, as_json=as_json, lines=lines)


def order_of(
    *, name: str, born: str | None, picture: bytes | None, profile: str = "standard", language: str = "en"
) -> dict[str, Any]:
    """The body of POST /cards, but for seed and policy, with the picture compressed as the desk page does it.

    Raises Failed.
    """
    order: dict[str, Any] = {"name": name, "profile": profile, "language": language}
    if born:
        order["born"] = born
    if picture is not None:
        try:
            photo_qr, photo_print = compress_photo(picture)
        except PhotoError as error:
            raise Failed(f"The photo cannot be used ({error.code}): take another one.") from None
        order["photo_print"] = base64.b64encode(photo_print).decode()
        if profile == "standard":
            order["photo_qr"] = base64.b64encode(photo_qr).decode()
    return order


def _from_options(home: Home, name: str, born: str, photo: Path | None, profile: str) -> dict[str, Any]:
    if home.realm != "demo":
        raise Failed(
            "Arguments stay in the shell's history: outside of the demo realm give the order on standard input."
        )
    return order_of(name=name, born=born or None, picture=_read(photo) if photo else None, profile=profile)


def _from_standard_input(home: Home) -> dict[str, Any]:
    try:
        given = json.load(sys.stdin)
    except ValueError:
        given = None
    if not isinstance(given, dict) or not isinstance(given.get("name"), str) or given.keys() - _ORDER_KEYS:
        raise Failed(
            'Give one JSON object on standard input: {"name": ...} and optionally born, photo, profile, language.'
        )
    if not all(isinstance(value, str) for value in given.values()):
        raise Failed("All values of the order must be JSON strings.")
    return order_of(
        name=given["name"],
        born=given.get("born"),
        picture=_picture(home, given["photo"]) if "photo" in given else None,
        profile=given.get("profile", "standard"),
        language=given.get("language", "en"),
    )


def _picture(home: Home, photo: str) -> bytes:
    try:
        return base64.b64decode(photo, validate=True)
    except ValueError:
        if home.realm != "demo":
            raise Failed("The photo is not base64; files are read in the demo realm only.") from None
        return _read(Path(photo))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Failed(f"The photo cannot be read ({error.strerror}).") from None


def _refuse_lasting(home: Home, target: Path | None) -> None:
    """Outside of the demo a card's file may only lie in memory: a deleted file stays on a disk."""
    if target is None:
        return
    if not target.parent.is_dir():
        raise Failed(f"{target.parent} is no directory.")
    if home.realm != "demo" and not _in_memory(target.parent):
        raise Failed(f"{target.parent} is not in memory (tmpfs): write to /dev/shm or /run instead.")


def _in_memory(directory: Path) -> bool:
    wanted = directory.resolve()
    mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    best = max((m for m in mounts if wanted.is_relative_to(m[1])), key=lambda m: len(m[1]))
    return best[2] in ("tmpfs", "ramfs")


def _write(target: Path, octets: bytes) -> None:
    descriptor = os.open(target, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
