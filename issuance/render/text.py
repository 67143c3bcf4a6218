"""Sets lines of text: direction, shaping and fonts chosen per letter; drawn as outlines, so no text is in the file."""

import unicodedata
from dataclasses import dataclass
from itertools import groupby

import uharfbuzz as hb
from fpdf.bidi import BidiParagraph
from fpdf.enums import TextDirection

from issuance.render.fonts import REGULAR, UNITS_PER_EM, Font, clusters, font_for
from issuance.render.pdf import BLACK, Canvas, Colour, filling, numbers

MM_PER_POINT = 25.4 / 72
_RIGHT_TO_LEFT = ("R", "AL")
_ISOLATE, _END_OF_ISOLATE = "\u2066", "\u2069"
"""LRI and PDI of UAX #9: they order what stands between them and are not drawn."""


class Unprintable(ValueError):
    """No bundled font has a glyph for a character. Never holds the text."""

    def __init__(self) -> None:
        super().__init__("no bundled font has a glyph for a character: ask fonts.unprintable() first")


@dataclass(frozen=True)
class Glyph:
    """One placed glyph: font units from the line's left end and baseline."""

    font: Font
    glyph: int
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    """One shaped line; width in font units."""

    glyphs: tuple[Glyph, ...]
    units: float
    right_to_left: bool

    def width(self, points: float) -> float:
        """Millimetres at a size in points."""
        return self.units / UNITS_PER_EM * points * MM_PER_POINT

    def draw(self, canvas: Canvas, x: float, baseline: float, *, points: float, colour: Colour = BLACK) -> None:
        """Draws the line with its left end at x and its baseline at y (millimetres)."""
        scale = points * MM_PER_POINT / UNITS_PER_EM
        out = [f"q {filling(colour)}"]
        for placed in self.glyphs:
            path = placed.font.outline(placed.glyph)
            if path:
                left, bottom = x + placed.x * scale, baseline - placed.y * scale
                out.append(f"q {scale:.7f} 0 0 -{scale:.7f} {numbers(left, bottom)} cm {path} f Q")
        canvas.raw("\n".join([*out, "Q"]))


def is_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from right to left (UAX #9, rules P2 and P3)."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction == "L" or direction in _RIGHT_TO_LEFT:
            return direction in _RIGHT_TO_LEFT
    return False


def isolated(text: str) -> str:
    """The text as one piece that runs from left to right within any other, and is not broken at its spaces."""
    return _ISOLATE + text.replace(" ", "\u00a0") + _END_OF_ISOLATE


def shape(text: str, *, weight: int = REGULAR, right_to_left: bool | None = None) -> Line:
    """One line, in the order the eye meets it. `right_to_left` is found in the text when not given.

    Raises Unprintable.
    """
    text = unicodedata.normalize("NFC", text)
    base = is_right_to_left(text) if right_to_left is None else right_to_left
    glyphs: list[Glyph] = []
    x = 0.0
    for run, level in _visual_runs(text, base):
        x = _shape_run(run, level % 2 == 1, weight, glyphs, x)
    return Line(glyphs=tuple(glyphs), units=x, right_to_left=base)


def _visual_runs(text: str, base: bool) -> list[tuple[str, int]]:
    """Runs of one embedding level, reordered for the eye (UAX #9, rule L2)."""
    if text.isascii() and not base:
        return [(text, 0)]
    direction = TextDirection.RTL if base else TextDirection.LTR
    characters = BidiParagraph(text, base_direction=direction, preserve_bn_chars=True).get_characters()
    runs = [
        ("".join(character.character for character in group), level)
        for level, group in groupby(
            (character for character in characters if character.character not in _ISOLATE + _END_OF_ISOLATE),
            key=lambda character: character.embedding_level,
        )
    ]
    highest = max((level for _, level in runs), default=0)
    for level in range(highest, 0, -1):
        position = 0
        while position < len(runs):
            end = position
            while end < len(runs) and runs[end][1] >= level:
                end += 1
            runs[position:end] = runs[position:end][::-1]
            position = end + 1
    return runs


def _shape_run(run: str, backwards: bool, weight: int, glyphs: list[Glyph], x: float) -> float:
    parts: list[tuple[Font, str]] = []
    font: Font | None = None
    for cluster in clusters(run):
        font = font_for(cluster, weight, font)
        if font is None:
            raise Unprintable
        if parts and parts[-1][0] is font:
            parts[-1] = (font, parts[-1][1] + cluster)
        else:
            parts.append((font, cluster))
    for part_font, part in reversed(parts) if backwards else parts:
        buffer = hb.Buffer()
        buffer.add_str(part)
        buffer.guess_segment_properties()
        buffer.direction = "rtl" if backwards else "ltr"
        hb.shape(part_font.shaper, buffer)
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            glyphs.append(Glyph(part_font, info.codepoint, x + position.x_offset, position.y_offset))
            x += position.x_advance
    return x
