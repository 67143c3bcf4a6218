"""Reads the fixed words of the letter of refusal, one TOML file per language."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from issuance.refusals import RefusalReason
from issuance.render.texts import TextsError, UnknownLanguage, languages

_FOLDER = Path(__file__).with_name("letters")
_TOP = ("title", "intro", "nothing_kept", "headings", "steps", "reasons")
_HEADINGS = ("reason", "bring", "second", "appeal", "meanwhile")
_STEPS = ("second", "appeal", "again", "meanwhile")


@dataclass(frozen=True)
class LetterTexts:
    """The words in one language; `reasons` maps a reason to its `why` and what to `bring`."""

    language: str
    title: str
    intro: str
    nothing_kept: str
    headings: dict[str, str]
    steps: dict[str, str]
    reasons: dict[str, dict[str, str]]


@cache
def letter_texts(language: str) -> LetterTexts:
    """The words in one of texts.languages(). Raises UnknownLanguage, TextsError."""
    if language not in languages():
        raise UnknownLanguage(f"no texts for this language; there are: {', '.join(languages())}")
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return parse_letter_texts(language, tomllib.load(file))


def parse_letter_texts(language: str, content: dict[str, Any]) -> LetterTexts:
    """The words in a text file's content; every key present, none besides. Raises TextsError."""
    _keys(content, _TOP, language)
    _keys(content["headings"], _HEADINGS, f"{language} [headings]")
    _keys(content["steps"], _STEPS, f"{language} [steps]")
    _keys(content["reasons"], tuple(RefusalReason), f"{language} [reasons]")
    for reason, words in content["reasons"].items():
        _keys(words, ("why", "bring"), f"{language} [reasons.{reason}]")
    return LetterTexts(language=language, **content)


def _keys(table: Any, expected: tuple[str, ...], where: str) -> None:
    if not isinstance(table, dict) or set(table) != set(expected):
        raise TextsError(f"the letter in {where} needs exactly these keys: {', '.join(sorted(expected))}")
