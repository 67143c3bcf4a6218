"""Knows the bundled fonts: which has a glyph for a character, and each glyph's outline as a PDF path."""

import unicodedata
from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import uharfbuzz as hb
from fontTools.ttLib import TTFont
from fontTools.unicodedata import script_extension

REGULAR, BOLD = 400, 700
UNITS_PER_EM = 1000

_FOLDER = Path(__file__).with_name("fonts")
_COMMON = ("noto-sans-latin", "noto-sans-latin-ext", "noto-sans-vietnamese")
_OF_SCRIPT = {
    "Cyrl": ("noto-sans-cyrillic", "noto-sans-cyrillic-ext"),
    "Grek": ("noto-sans-greek", "noto-sans-greek-ext"),
    "Arab": ("noto-sans-arabic",),
    "Hebr": ("noto-sans-hebrew",),
    "Ethi": ("noto-sans-ethiopic",),
    "Armn": ("noto-sans-armenian",),
    "Geor": ("noto-sans-georgian",),
    "Deva": ("noto-sans-devanagari",),
    "Beng": ("noto-sans-bengali",),
    "Taml": ("noto-sans-tamil",),
    "Thai": ("noto-sans-thai",),
}
_JOINERS = "\u200c\u200d"


@dataclass
class Font:
    """One font file in memory. Outlines are in font units, y upwards, ready for a PDF content stream."""

    shaper: hb.Font
    characters: frozenset[int]
    outlines: dict[int, str] = field(default_factory=dict)

    def covers(self, cluster: str) -> bool:
        """Whether every character that is drawn has a glyph here."""
        return all(ord(character) in self.characters or character in _JOINERS for character in cluster)

    def outline(self, glyph: int) -> str:
        """The glyph's path as PDF operators, without the painting operator; empty for a space."""
        if glyph not in self.outlines:
            path: list[str] = []
            self.shaper.draw_glyph(glyph, _PEN, _Drawn(path))
            self.outlines[glyph] = " ".join(path)
        return self.outlines[glyph]


def clusters(text: str) -> list[str]:
    """The text cut before every character that starts a new letter: marks and joiners stay with their base."""
    parts: list[str] = []
    for character in text:
        if parts and (unicodedata.category(character)[0] == "M" or character in _JOINERS):
            parts[-1] += character
        else:
            parts.append(character)
    return parts


def font_for(cluster: str, weight: int, current: Font | None = None) -> Font | None:
    """The font that has every glyph of a cluster: the current one if it can, so that words stay in one font."""
    if current is not None and current.covers(cluster):
        return current
    scripts = [script for script in _OF_SCRIPT if any(script in script_extension(c) for c in cluster)]
    families = [family for script in scripts for family in _OF_SCRIPT[script]]
    for family in (*families, *_COMMON):
        font = _load(family, weight)
        if font.covers(cluster):
            return font
    return None


def unprintable(name: str) -> str:
    """The characters of `name` for which no bundled font has a glyph, each once; empty when all can be printed."""
    missing = [cluster for cluster in clusters(unicodedata.normalize("NFC", name)) if not font_for(cluster, BOLD)]
    return "".join(dict.fromkeys("".join(missing)))


def warm() -> None:
    """Reads every bundled font (0.9 s, 4 MB) so that no resident waits for it."""
    for path in _FOLDER.glob("*.woff2"):
        family, _, weight = path.stem.rpartition("-")
        _load(family, int(weight))


@cache
def _load(family: str, weight: int) -> Font:
    path = _FOLDER / f"{family}-{weight}.woff2"
    if not path.exists():
        path = _FOLDER / f"{family}-{BOLD}.woff2"
    woff = TTFont(BytesIO(path.read_bytes()))
    woff.flavor = None
    plain = BytesIO()
    woff.save(plain)
    face = hb.Face(plain.getvalue())
    return Font(shaper=hb.Font(face), characters=frozenset(face.unicodes))


class _Drawn:
    """Collects one outline; PDF has no quadratic curves, so the last point is kept to raise them to cubic ones."""

    def __init__(self, path: list[str]) -> None:
        self.path = path
        self.x = 0.0
        self.y = 0.0

    def to(self, operator: str, *points: float) -> None:
        self.path.append(" ".join(f"{round(point)}" for point in points) + f" {operator}")
        self.x, self.y = points[-2:]


def _move(x: float, y: float, drawn: Any) -> None:
    drawn.to("m", x, y)


def _line(x: float, y: float, drawn: Any) -> None:
    drawn.to("l", x, y)


def _cubic(x1: float, y1: float, x2: float, y2: float, x: float, y: float, drawn: Any) -> None:
    drawn.to("c", x1, y1, x2, y2, x, y)


def _quadratic(cx: float, cy: float, x: float, y: float, drawn: Any) -> None:
    first = drawn.x + 2 / 3 * (cx - drawn.x), drawn.y + 2 / 3 * (cy - drawn.y)
    second = x + 2 / 3 * (cx - x), y + 2 / 3 * (cy - y)
    drawn.to("c", *first, *second, x, y)


def _close(drawn: Any) -> None:
    drawn.path.append("h")


def _pen() -> hb.DrawFuncs:
    pen = hb.DrawFuncs()
    pen.set_move_to_func(_move)
    pen.set_line_to_func(_line)
    pen.set_cubic_to_func(_cubic)
    pen.set_quadratic_to_func(_quadratic)
    pen.set_close_path_func(_close)
    return pen


_PEN = _pen()
