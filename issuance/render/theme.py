"""Reads the city's look, strictly: names, colours, arms; everything a card or paper prints that is not the holder's."""

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from issuance.render.pdf import Canvas, Colour, filling, numbers
from issuance.render.text import isolated

ARMS_WIDTH, ARMS_HEIGHT = 100, 120
_ARGUMENTS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Z": 0}
_TOKEN = re.compile(r"\s*(?:([MLHVCZ])|(-?\d+(?:\.\d+)?))")


class ThemeError(ValueError):
    """The theme file is wrong; the message says where and what is expected."""


@dataclass(frozen=True)
class Shape:
    """One painted shape of the arms; `path` is PDF operators in the arms' box."""

    fill: Colour
    path: str


@dataclass(frozen=True)
class Colours:
    """The colours of the theme file, as DeviceRGB."""

    primary: Colour
    accent: Colour
    river: Colour
    paper: Colour
    pattern: Colour
    shore: Colour
    muted: Colour


@dataclass(frozen=True)
class Theme:
    """The look of one city."""

    city: str
    card: str
    language: str
    lost: str
    telephone: str
    colours: Colours
    arms: tuple[Shape, ...]

    def filled(self, text: str) -> str:
        """A fixed text with the city's address and telephone in it, each in one piece from left to right."""
        return text.format(lost=isolated(self.lost), telephone=isolated(self.telephone))

    def draw_arms(self, canvas: Canvas, x: float, y: float, height: float) -> float:
        """Draws the arms with their upper left corner at x, y (millimetres); returns their width."""
        scale = height / ARMS_HEIGHT
        shapes = "\n".join(f"{filling(shape.fill)} {shape.path} f" for shape in self.arms)
        canvas.raw(f"q {scale:.6f} 0 0 {scale:.6f} {numbers(x, y)} cm\n{shapes}\nQ")
        return ARMS_WIDTH * scale


@cache
def default_theme() -> Theme:
    """The theme beside this module."""
    return parse_theme(Path(__file__).with_name("theme.toml").read_text(encoding="utf-8"))


def parse_theme(text: str) -> Theme:
    """The theme in a TOML text. Raises ThemeError for anything missing, unknown or of another form."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ThemeError(f"theme is not TOML: {error}") from error
    _keys(content, {"city", "support", "colours", "arms"}, "theme")
    names = {field.name for field in fields(Colours)}
    city = _words(content["city"], {"name", "card", "language"}, "[city]")
    support = _words(content["support"], {"lost", "telephone"}, "[support]")
    colours = _words(content["colours"], names, "[colours]")
    if not isinstance(content["arms"], list) or not content["arms"]:
        raise ThemeError("[[arms]] needs at least one shape")
    shapes = (_words(shape, {"fill", "path"}, "[[arms]]") for shape in content["arms"])
    return Theme(
        city=city["name"],
        card=city["card"],
        language=city["language"],
        lost=support["lost"],
        telephone=support["telephone"],
        colours=Colours(**{name: _colour(value) for name, value in colours.items()}),
        arms=tuple(Shape(fill=_colour(shape["fill"]), path=_path(shape["path"])) for shape in shapes),
    )


def _keys(table: Any, expected: set[str], where: str) -> None:
    if not isinstance(table, dict) or set(table) != expected:
        raise ThemeError(f"{where} needs exactly these keys: {', '.join(sorted(expected))}")


def _words(table: Any, expected: set[str], where: str) -> dict[str, str]:
    _keys(table, expected, where)
    for key, value in table.items():
        if not isinstance(value, str) or not value.strip():
            raise ThemeError(f"{where} {key} must be a text that is not empty")
    return dict(table)


def _colour(text: str) -> Colour:
    if not re.fullmatch(r"#[0-9a-f]{6}", text):
        raise ThemeError(f"a colour is written #rrggbb in lower case, not {text!r}")
    return tuple(round(int(text[at : at + 2], 16) / 255, 4) for at in (1, 3, 5))


def _path(text: str) -> str:
    """PDF operators of a path in the small part of SVG's path language that theme.toml names."""
    tokens = []
    position = 0
    text = text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            raise ThemeError(f"[[arms]] path: cannot read {text[position : position + 10]!r}")
        tokens.append(match.group(1) or float(match.group(2)))
        position = match.end()
    out: list[str] = []
    x = y = 0.0
    while tokens:
        command = tokens.pop(0)
        count = _ARGUMENTS.get(str(command), 0)
        values = [value for value in tokens[:count] if isinstance(value, float)]
        if not isinstance(command, str) or len(values) != count or (not out and command != "M"):
            raise ThemeError("[[arms]] path: commands are M x y, L x y, H x, V y, C six numbers, Z; M comes first")
        del tokens[:count]
        if command == "Z":
            out.append("h")
            continue
        x = values[0] if command == "H" else x if command == "V" else values[-2]
        y = values[-1] if command != "H" else y
        leading = values[:-2] if command == "C" else []
        operator = {"M": "m", "C": "c"}.get(command, "l")
        out.append(f"{numbers(*leading, x, y)} {operator}")
    return " ".join(out)
