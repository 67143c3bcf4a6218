"""Bodies that must report people under the country's law, and therefore can have no agreement."""

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class CountryUnreadable(Exception):
    """The country file cannot be used; the text says which and what to do."""


@dataclass(frozen=True)
class Barred:
    """A body by its names, and in a few words why it is barred."""

    names: tuple[str, ...]
    why: str


def read_barred(path: Path) -> tuple[Barred, ...]:
    """The bodies that the country file bars. Raises CountryUnreadable, also for a file that bars nobody."""
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["barred"]
        barred = tuple(Barred(names=tuple(entry["names"]), why=entry["why"]) for entry in entries)
        usable = barred and all(body.why and body.names and all(map(_words, body.names)) for body in barred)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        usable = False
    if not usable:
        raise CountryUnreadable(f"{path} is no country file: it must name barred bodies, each with names and why.")
    return barred


def barred_as(provider: str, *, barred: Sequence[Barred]) -> Barred | None:
    """The barred body that a provider's name names; None for nobody.

    A name can be chosen to avoid the list: it helps an honest coordinator and replaces nobody's judgement.
    """
    return next((body for body in barred for name in body.names if _names(provider, name)), None)


def _names(provider: str, name: str) -> bool:
    if not name.isupper():
        provider, name = provider.casefold(), name.casefold()
    return f" {_words(name)} " in f" {_words(provider)} "


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text))
