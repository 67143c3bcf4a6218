"""The words `agreement ...`: which providers may check cards, and what they see."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

import typer

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.compartment import run_in
from cardservice.credential.profiles import FIELDS, SECTORS
from cardservice.home import Home

DEFAULT_DAYS = 365
DEMO_PROPOSER, DEMO_SECOND = "DEM001", "DEM002"
"""Staff codes of two people who do not exist."""

agreement_app = typer.Typer(no_args_is_help=True)
ProviderId = Annotated[str, typer.Argument(help="The provider id, eight symbols.")]
_KEY_NOTE = "Write the key down now: only its hash is kept, it is never shown again."


@agreement_app.callback()
def agreement() -> None:
    """Agreements with providers."""


@agreement_app.command("add")
def add(
    provider: Annotated[str, typer.Option("--provider", help="Name of the organisation.")],
    sector: Annotated[str, typer.Option("--sector", help=", ".join(SECTORS))],
    purpose: Annotated[str, typer.Option("--purpose", help="What the organisation needs the check for.")],
    contact: Annotated[str, typer.Option("--contact", help="An office of the organisation, never a person.")],
    fields: Annotated[
        list[str] | None, typer.Option("--field", help=f"A field to show, repeatable: {', '.join(FIELDS)}.")
    ] = None,
    face: Annotated[str, typer.Option("--face", help="any, or portrait: the side with the photo.")] = "any",
    starts: Annotated[str, typer.Option("--starts", help="First day, YYYY-MM-DD; today if not given.")] = "",
    ends: Annotated[str, typer.Option("--ends", help="Last day, YYYY-MM-DD; a year later if not given.")] = "",
    duties_signed: Annotated[
        bool, typer.Option("--duties-signed", help="The duty not to share and the right to audit are signed.")
    ] = False,
    public: Annotated[bool, typer.Option("--public", help="Name it in the public list of who checks cards.")] = False,
    by: Annotated[str, typer.Option("--by", help="Your staff code; not needed in the demo realm.")] = "",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Write an agreement; prints the provider id and, this once, the API key.

    The key gives access once a second person has run `agreement activate`. In the demo realm two invented people do
    both at once, unless --by names somebody.
    """
    first = _day(starts) if starts else datetime.now(UTC).date()
    last = _day(ends) if ends else first + timedelta(days=DEFAULT_DAYS)
    given = {"provider": provider, "sector": sector, "purpose": purpose, "contact": contact, "face": face}
    options = [f"--{name}={value}" for name, value in given.items()]
    options += [f"--field={name}" for name in fields or []] + [f"--starts={first}", f"--ends={last}"]
    place = home_at(home)
    by_demo = place.realm == "demo" and not by
    options += ["--public"] * public
    options += ["--duties-signed"] * (duties_signed or by_demo) + [f"--by={DEMO_PROPOSER if by_demo else by}"]
    body = _ask(place, "add", *options)
    if by_demo:
        _ask(place, "activate", body["provider_id"], f"--by={DEMO_SECOND}")
    _answer_key(body, as_json=as_json)


@agreement_app.command("activate")
def activate(
    provider_id: ProviderId,
    by: Annotated[str, typer.Option("--by", help="Your staff code: not that of who wrote the agreement.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Give access to a draft or a suspended provider, as the second person."""
    body = _ask(home_at(home), "activate", provider_id, f"--by={by}")
    answer(body, as_json=as_json, lines=[f"The agreement {body['provider_id']} is {body['state']}."])


@agreement_app.command("end")
def end(provider_id: ProviderId, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """End an agreement for good; its API keys and pairing codes end with it."""
    body = _ask(home_at(home), "end", provider_id)
    answer(body, as_json=as_json, lines=[f"The agreement {body['provider_id']} is {body['state']}."])


@agreement_app.command("list")
def list_all(home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """List all agreements."""
    body = _ask(home_at(home), "list")
    lines = [
        f"{a['provider_id']}  {a['state']:9}  {a['starts']} to {a['ends']}  {a['sector']:14}  "
        f"{','.join(a['fields']) or '-'}  {a['provider']}"
        for a in body["agreements"]
    ]
    answer(body, as_json=as_json, lines=lines or ["There are no agreements yet: add one with `agreement add`."])


@agreement_app.command("suspend")
def suspend(provider_id: ProviderId, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Take away a provider's access; the gate follows within two seconds."""
    body = _ask(home_at(home), "suspend", provider_id)
    answer(body, as_json=as_json, lines=[f"The agreement {body['provider_id']} is {body['state']}."])


@agreement_app.command("rotate-key")
def rotate_key(provider_id: ProviderId, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Give a provider a new API key; the one before stays valid until the next rotation."""
    _answer_key(_ask(home_at(home), "rotate-key", provider_id), as_json=as_json)


@agreement_app.command("pair")
def pair(provider_id: ProviderId, home: HomeOption = DEFAULT_HOME, as_json: JsonOption = False) -> None:
    """Make a code with which one scanner of a provider is paired, within a quarter of an hour."""
    body = _ask(home_at(home), "pair", provider_id)
    lines = [f"Pairing code  {body['code']}", f"Works once, until {body['expires']}: type it into the scanner now."]
    answer(body, as_json=as_json, lines=lines)


def _ask(home: Home, *words: str) -> dict[str, Any]:
    return dict(json.loads(run_in(home, "verification", "agreements", *words)))


def _answer_key(body: dict[str, Any], *, as_json: bool) -> None:
    lines = [f"Provider id  {body['provider_id']}", f"API key      {body['api_key']}", _KEY_NOTE]
    answer(body, as_json=as_json, lines=lines)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Failed(f"{text!r} is no day: write YYYY-MM-DD.") from None
