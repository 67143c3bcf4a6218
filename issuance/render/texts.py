"""Reads the fixed words of card, slip and leaflet, one TOML file per language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cardservice.credential.profiles import SECTORS
from cardservice.languages import OWN_NAMES, direction

_FOLDER = Path(__file__).with_name("languages")
_CARD = ("number", "valid", "for_whom", "purpose", "no_permit", "lost", "found")
_SLIP = ("title", "keep", "code", "number", "warning", "cut")


class UnknownLanguage(LookupError):
    """There is no text file for this language; `languages()` names those there are."""


class TextsError(ValueError):
    """A text file lacks a key, has one too many or one of another form."""


@dataclass(frozen=True)
class Section:
    """One heading of the leaflet and what stands below it."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Texts:
    """Everything fixed that is printed in one language. Its tables are looked up by the keys of the file."""

    language: str
    card: dict[str, str]
    sectors: dict[str, str]
    slip: dict[str, str]
    steps: tuple[str, ...]
    title: str
    sections: tuple[Section, ...]

    @property
    def direction(self) -> str:
        """The value of HTML's `dir`, for a page that shows them."""
        return direction(self.language)


@cache
def languages() -> tuple[str, ...]:
    """The languages that have a text file, as BCP 47 codes, in the order in which they are offered."""
    return tuple(code for code in OWN_NAMES if (_FOLDER / f"{code}.toml").exists())


@cache
def texts(language: str) -> Texts:
    """The words in one language. Raises UnknownLanguage, TextsError."""
    if language not in languages():
        raise UnknownLanguage(f"no texts for this language; there are: {', '.join(languages())}")
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return parse_texts(language, tomllib.load(file))


def parse_texts(language: str, content: dict[str, Any]) -> Texts:
    """The words in a text file's content; every key present, none besides. Raises TextsError."""
    _keys(content, ("card", "sectors", "slip", "leaflet"), language)
    _keys(content["card"], _CARD, f"{language} [card]")
    _keys(content["sectors"], SECTORS, f"{language} [sectors]")
    _keys(content["slip"], (*_SLIP, "steps"), f"{language} [slip]")
    _keys(content["leaflet"], ("title", "sections"), f"{language} [leaflet]")
    for section in content["leaflet"]["sections"]:
        _keys(section, ("heading", "lines"), f"{language} [[leaflet.sections]]")
    return Texts(
        language=language,
        card=dict(content["card"]),
        sectors=dict(content["sectors"]),
        slip={key: content["slip"][key] for key in _SLIP},
        steps=tuple(content["slip"]["steps"]),
        title=content["leaflet"]["title"],
        sections=tuple(
            Section(heading=section["heading"], lines=tuple(section["lines"]))
            for section in content["leaflet"]["sections"]
        ),
    )


def _keys(table: Any, expected: tuple[str, ...], where: str) -> None:
    if not isinstance(table, dict) or set(table) != set(expected):
        raise TextsError(f"{where} needs exactly these keys: {', '.join(sorted(expected))}")
