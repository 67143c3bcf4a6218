"""The words `staff ...`: who may sign in at the desk and in the office."""

import json
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.compartment import run_in
from cardservice.home import Home

staff_app = typer.Typer(no_args_is_help=True)
StaffCode = Annotated[str, typer.Argument(help="The staff code, six symbols.")]
DeskOption = Annotated[
    str, typer.Option("--desk", help="Address at which staff reach the desk; that of a desk running here if not given.")
]


@staff_app.callback()
def staff() -> None:
    """Accounts of the city's staff."""


@staff_app.command("invite")
def invite(
    role: Annotated[str, typer.Option("--role", help="clerk, supervisor, coordinator or auditor.")],
    district: Annotated[
        str,
        typer.Option("--district", help="Code of the district that statistics count this account under."),
    ] = "",
    desk: DeskOption = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make an account and print, this once, the link with which its person sets password and second factor."""
    place = home_at(home)
    address = _desk_address(place, desk)
    _answer_invitation(_ask(place, "invite", f"--role={role}", f"--district={district}"), address, as_json=as_json)


@staff_app.command("list")
def list_all(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List all accounts: staff code, role, state, district."""
    body = _ask(home_at(home), "list")
    lines = [f"{a['staff_code']}  {a['role']:11}  {a['state']:16}  {a['district']}".rstrip() for a in body["accounts"]]
    answer(body, as_json=as_json, lines=lines or ["There are no accounts yet: make one with `staff invite`."])


@staff_app.command("disable")
def disable(staff_code: StaffCode, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Close an account for good; its sessions end at once."""
    body = _ask(home_at(home), "disable", staff_code)
    answer(body, as_json=as_json, lines=[f"The account {body['staff_code']} is disabled; its sessions have ended."])


@staff_app.command("reset")
def reset(
    staff_code: StaffCode, desk: DeskOption = "", home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False
) -> None:
    """End an account's password, second factors and sessions, and print a new invitation for its person."""
    place = home_at(home)
    address = _desk_address(place, desk)
    _answer_invitation(_ask(place, "reset", staff_code), address, as_json=as_json)


def _ask(home: Home, *words: str) -> dict[str, Any]:
    return dict(json.loads(run_in(home, "staff", "accounts", *words)))


def _desk_address(home: Home, given: str) -> str:
    """Where the link leads. Raises Failed, before anything is made that could then not be handed over."""
    address = (given or home.addresses().get("desk", "")).rstrip("/")
    if not address:
        raise Failed(
            "No desk runs here: say with --desk at which address staff reach it, such as https://desk.example."
        )
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query or parts.fragment:
        raise Failed(f"{given!r} is no address of a desk: write it as https://desk.example.")
    return address


def _answer_invitation(body: dict[str, Any], address: str, *, as_json: bool) -> None:
    # Behind "#", where browsers send it to nobody and no server writes it down.
    link = f"{address}/invitation#{body.pop('code')}"
    body |= {"link": link, "valid_hours": 72}
    lines = [
        f"Staff code  {body['staff_code']}  ({body['role']})",
        f"Link        {link}",
        "Hand both to the person now: the link works once, within 72 hours, and is not shown again.",
    ]
    answer(body, as_json=as_json, lines=lines)
