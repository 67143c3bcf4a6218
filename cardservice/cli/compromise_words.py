"""The words for the day of a breach: `keys before-breach` lists what is saved, `keys compromise` ends the key."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from cardservice.cli.answers import DEFAULT_HOME, Failed, HomeOption, JsonOption, answer, home_at
from cardservice.cli.bring import installed
from cardservice.cli.ceremony_words import TO_INSTALL, PlaceArgument, bundle_of, finish, last_set, opened
from cardservice.cli.compartment import run_in
from cardservice.cli.keepers import ShareOption
from cardservice.credential import commitmentlist, cose, keys
from cardservice.credential.calendar import day_of, monday_of
from cardservice.credential.commitment import BYTES
from cardservice.credential.keys import PrivateKey
from cardservice.credential.keyset import Key, KeySet, State, Use
from cardservice.files import write_atomically
from cardservice.home import Home
from cardservice.key_bundle import Bundle
from cardservice.memory import keep_private
from cardservice.root_keeping import RootSecrets
from issuance import ceremony

KidArgument = Annotated[str, typer.Argument(help="The key, as `keys list` shows it.")]
SinceOption = Annotated[str, typer.Option("--since", help="First day on which somebody else may have had the key.")]


@dataclass(frozen=True)
class BeforeBreach:
    """What is saved of a key: `commitments` of `cards` cards of whole weeks before `since`; `later` cards are lost."""

    kid: str
    since: str
    cards: int
    later: int
    commitments: list[str] = field(repr=False)


def before_breach(
    kid: KidArgument,
    since: SinceOption,
    to: Annotated[Path, typer.Option("--to", help="File to carry to the root's place.")],
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """List, from the register, the cards that a key signed in the weeks before a breach."""
    listed = _from_register(home_at(home), kid, since)
    write_atomically(to, json.dumps(vars(listed)).encode())
    body = {"kid": kid, "cards": listed.cards, "later": listed.later, "file": str(to)}
    answer(body, as_json=as_json, lines=[_sentence(listed), f"Carry {to} to the root and run `keys compromise` there."])


def compromise(
    kid: KidArgument,
    place: PlaceArgument = None,
    since: SinceOption = "",
    listed: Annotated[Path | None, typer.Option("--listed", help="The file of `keys before-breach`.")] = None,
    share: ShareOption = None,
    home: HomeOption = DEFAULT_HOME,
    as_json: JsonOption = False,
) -> None:
    """Mark a stolen key as compromised: of its cards those of the weeks before the breach stay valid."""
    keep_private()
    town = home_at(home)
    saved, bundle = _compromise(place, town, kid, since=since, listed=listed, share=share)
    more: dict[str, Any] = {"kid": kid}
    if saved:
        more |= {"cards": saved.cards, "later": saved.later}
    lines = [_sentence(saved)] if saved else []
    finish(place, bundle, what=f"Key {kid} compromised", home=town, as_json=as_json, more=more, lines=lines)


def compromised(home: Home, kid: str, *, since: str) -> None:
    """Marks a key of a demo home as compromised. Raises Failed."""
    _, bundle = _compromise(None, home, kid, since=since)
    installed(bundle, home)


def _compromise(
    place: Path | None,
    town: Home,
    kid: str,
    *,
    since: str,
    listed: Path | None = None,
    share: list[Path] | None = None,
) -> tuple[BeforeBreach | None, Bundle]:
    keeping = opened(place, share, town)
    held, root_secrets, now = last_set(place, town, keeping), keeping.read(), int(time.time())
    key = _key_in(held, kid)
    lists: dict[str, bytes] = {}
    saved = None
    if key.use is Use.CARD:
        saved = _from_file(listed, kid) if listed else _from_register(town, kid, since)
        payload = commitmentlist.payload(
            kid=key.kid, iat=now, commitments=[bytes.fromhex(one) for one in saved.commitments]
        )
        lists[kid] = _signed(payload, held, root_secrets, now=now, without=key.kid)
    else:
        # What the stolen key signed is no longer believed: the same lists, signed by another.
        known = town.commitments if place is None else place / TO_INSTALL / "commitments"
        for path in sorted(known.glob("*.cose")):
            payload = cose.parse(path.read_bytes()).payload
            lists[path.stem] = _signed(payload, held, root_secrets, now=now, without=key.kid)
    digest = commitmentlist.digest(lists[kid]) if saved else None
    following = ceremony.with_compromised(held, kid=key.kid, commitments=digest, now=now)
    signed = ceremony.sign_key_set(following, root=root_secrets.root)
    return saved, bundle_of(signed, root_secrets, commitments=lists)


def _key_in(held: KeySet, kid: str) -> Key:
    key = next((key for key in held.keys if key.kid.hex() == kid), None)
    if key is None:
        raise Failed(f"The last key set holds no key {kid}: `cardservice keys list` shows those that it holds.")
    if key.state is State.COMPROMISED:
        raise Failed(f"{kid} is compromised already, and what was saved of it does not change.")
    if key.use not in (Use.CARD, Use.STATUS):
        raise Failed(f"{kid} is a key for {key.use}: hold `keys renew` and take the old key out of its process.")
    return key


def _signed(payload: bytes, held: KeySet, root_secrets: RootSecrets, *, now: int, without: bytes) -> bytes:
    """The commitment list signed by a status key that is still believed. Raises Failed."""
    for key in held.keys:
        believed = key.use is Use.STATUS and key.state is not State.COMPROMISED and key.kid != without
        private: PrivateKey | None = root_secrets.list_keys.get(key.kid.hex())
        if believed and key.covers(now) and private is not None:
            header = commitmentlist.header(alg=key.public.alg, kid=key.kid)
            signature = keys.sign(private, cose.message_to_sign(protected=header, payload=payload))
            return cose.assemble(protected=header, payload=payload, signature=signature)
    raise Failed("No status key is left that may sign the list: run `keys renew` first, then this again.")


def _from_register(home: Home, kid: str, since: str) -> BeforeBreach:
    return BeforeBreach(**json.loads(run_in(home, "issuance", "signed_before", kid, _day(since).isoformat())))


def _from_file(path: Path, kid: str) -> BeforeBreach:
    try:
        saved = BeforeBreach(**json.loads(path.read_bytes()))
        fitting = saved.kid == kid and all(len(bytes.fromhex(one)) == BYTES for one in saved.commitments)
    except (OSError, ValueError, TypeError):
        fitting = False
    if not fitting:
        raise Failed(f"{path} is not what `keys before-breach {kid}` wrote: run that again.")
    return saved


def _day(text: str) -> date:
    """The day, next Monday at the latest: then all cards so far are of the weeks before. Raises Failed."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Failed("Give the day of the breach with --since YYYY-MM-DD.") from None
    if day > day_of(monday_of(int(datetime.now(UTC).timestamp()))) + timedelta(days=7):
        raise Failed(f"{day} lies in the future: give the first day on which somebody else may have had the key.")
    return day


def _sentence(saved: BeforeBreach) -> str:
    return (
        f"{saved.cards} cards of the weeks before {saved.since} stay valid;"
        f" {saved.later} of that week or later must be replaced."
    )
