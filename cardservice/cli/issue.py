"""The word `issue`: a desk client that issues one card, or those of a list."""

import base64
import json
import secrets
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.card_files import refuse_lasting, write_card_file
from cardservice.cli.card_order import order_of
from cardservice.cli.desk_client import DeskClient
from cardservice.cli.issue_batch import BatchFiles, issue_batch
from cardservice.home import Home
from cardservice.supervisor import running
from issuance.orders import POLICY_VERSION

_ORDER_KEYS = {"name", "born", "photo", "profile", "language"}


def issue(
    name: Annotated[str, typer.Option("--name", help="Name as the holder wants it (demo realm only).")] = "",
    born: Annotated[str, typer.Option("--born", help="Birth date as YYYY-MM-DD (demo realm only).")] = "",
    photo: Annotated[Path | None, typer.Option("--photo", help="A picture file (demo realm only).")] = None,
    profile: Annotated[str, typer.Option("--profile", help="standard or sectors (demo realm only).")] = "standard",
    card_pdf: Annotated[Path | None, typer.Option("--card-pdf", help="Write the card here.")] = None,
    paper_pdf: Annotated[Path | None, typer.Option("--paper-pdf", help="Write slip and leaflet here.")] = None,
    batch: Annotated[
        Path | None, typer.Option("--batch", help="CSV with columns name, born, profile, language.")
    ] = None,
    resume: Annotated[Path | None, typer.Option("--resume", help="Resume file; CSV.resume unless given.")] = None,
    sheet_pdf: Annotated[Path | None, typer.Option("--sheet-pdf", help="Write ten cards a sheet here (batch).")] = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Issue one card from {"name", "born"?, "photo"?, "profile"?, "language"?} on standard input, or a whole list."""
    place = home_at(home)
    if batch is not None:
        beside = batch.with_name(f"{batch.name}.resume")
        issue_batch(place, BatchFiles(batch, resume or beside, card_pdf, paper_pdf, sheet_pdf), as_json=as_json)
        return
    order = _from_options(place, name, born, photo, profile) if name else _from_standard_input(place)
    for target in (card_pdf, paper_pdf):
        refuse_lasting(place, target)
    with running(place) as addresses:
        desk = DeskClient(place, addresses["desk"])
        seed = secrets.token_hex(32)
        issued = desk.post("/cards", order | {"issue_seed": seed, "policy_version": POLICY_VERSION})
        for target, key in ((card_pdf, "card_pdf"), (paper_pdf, "paper_pdf")):
            if target is not None:
                write_card_file(target, base64.b64decode(issued[key]))
        desk.post("/cards/ack", {"issue_seed": seed})
    body = {key: issued[key] for key in ("card_number", "slip_code", "expires", "faces")}
    lines = [f"Card {body['card_number']}, valid through {body['expires']}", f"Slip {body['slip_code']}"]
    lines += [f"{face['name']} {face['sector'] or ''} {face['qr']}" for face in body["faces"]]
    answer(body, as_json=as_json, lines=lines)


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
