"""The words `suspend`, `reinstate` and `revoke`: desk clients that change a card's state."""

from pathlib import Path
from typing import Annotated

import typer

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.desk_client import DeskClient
from cardservice.supervisor import running

PurposeOption = Annotated[
    str, typer.Option("--purpose", help="lost, stolen, found, damaged, holder_request, typing_error or misuse.")
]
CardOption = Annotated[str, typer.Option("--card", help="Text of a QR on the card.")]
SlipOption = Annotated[str, typer.Option("--slip", help="Code of the recovery slip.")]


def suspend(
    number: Annotated[str, typer.Argument(help="The number printed on the card.")],
    purpose: PurposeOption = "lost",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Block a card until it is reinstated."""
    _change(home, "suspend", {"card_number": number}, purpose, as_json)


def reinstate(
    card: CardOption,
    slip: SlipOption,
    purpose: PurposeOption = "found",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Make a suspended card good again; needs card and slip."""
    _change(home, "reinstate", {"qr": card, "slip_code": slip}, purpose, as_json)


def revoke(
    card: CardOption = "",
    slip: SlipOption = "",
    purpose: PurposeOption = "lost",
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Block a card for good; needs the card or its slip."""
    if bool(card) == bool(slip):
        raise Failed("Give --card with the text of its QR, or --slip with the code of its slip.")
    _change(home, "revoke", {"qr": card} if card else {"slip_code": slip}, purpose, as_json)


def _change(home: Path, word: str, shown: dict[str, str], purpose: str, as_json: bool) -> None:
    place = home_at(home)
    with running(place) as addresses:
        body = DeskClient(place, addresses["desk"]).post(f"/cards/{word}", shown | {"purpose": purpose})
    answer(body, as_json=as_json, lines=[f"Card {body['card_number']} is {body['state']}."])
