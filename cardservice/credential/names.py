"""Which names a card takes: any person's, in any script; only what would deceive a reader is refused."""

import unicodedata
from enum import StrEnum

MAX_CHARACTERS = 80
_JOINERS = "\u200c\u200d"
# Letters and a symbol by category, blank in print: Hangul fillers and the empty braille cell.
_BLANKS = "\u115f\u1160\u3164\uffa0\u2800"
_BIDI_CONTROLS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


class NameProblem(StrEnum):
    """Why a name is refused."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    BIDI_OVERRIDE = "bidi_override"
    LONE_COMBINING_MARK = "lone_combining_mark"
    UNKNOWN_CHARACTER = "unknown_character"


class NameRefused(ValueError):
    """The name cannot stand on a card; `problem` says why. Never holds the name."""

    def __init__(self, problem: NameProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def normalised(name: str) -> str:
    """The one way a name is written on a card: NFC, single spaces, none at the ends.

    Raises NameRefused: 1 to 80 characters; no control characters, bidirectional controls, combining marks without a
    base, unassigned, private or blank characters. Single joiners stay where Persian and Indic names need them.
    """
    if any(c in _BIDI_CONTROLS for c in name):
        raise NameRefused(NameProblem.BIDI_OVERRIDE)
    if any(unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp") and c not in _JOINERS for c in name):
        raise NameRefused(NameProblem.CONTROL_CHARACTER)
    if any(unicodedata.category(c) in ("Cs", "Co", "Cn") or c in _BLANKS for c in name):
        raise NameRefused(NameProblem.UNKNOWN_CHARACTER)
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not text.strip(_JOINERS + " "):
        raise NameRefused(NameProblem.EMPTY)
    if len(text) > MAX_CHARACTERS:
        raise NameRefused(NameProblem.TOO_LONG)
    before = " "
    for character in text:
        if character in _JOINERS and not _is_letter_or_mark(before):
            raise NameRefused(NameProblem.LONE_COMBINING_MARK)
        if unicodedata.category(character)[0] == "M" and not (_is_letter_or_mark(before) or before in _JOINERS):
            raise NameRefused(NameProblem.LONE_COMBINING_MARK)
        before = character
    return text


def _is_letter_or_mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "LM"
