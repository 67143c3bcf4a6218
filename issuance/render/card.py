"""Lays out the card: one ID-1 page per face, the same look for everyone, its QR on the printer's dot grid."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from issuance.render import qr
from issuance.render.fit import Block, name_block, one_line, paragraph
from issuance.render.fonts import BOLD
from issuance.render.ornament import ground
from issuance.render.pdf import DOT, WHITE, Canvas, Colour, Page, document
from issuance.render.photo import embedded
from issuance.render.texts import texts
from issuance.render.theme import Theme

WIDTH, HEIGHT = 85.60, 53.98
"""ID-1 (ISO/IEC 7810), millimetres."""
MODULE_DOTS = 5
_WIDTH_DOTS, _HEIGHT_DOTS = 1011, 637
_BAND_DOTS = 102
_BAND = _BAND_DOTS * DOT
_TOP = _BAND + 3.6
_MARGIN = 3.6
_GAP = 2.4
_PANEL_MARGIN_DOTS = 40
_PANEL_RIGHT = (_WIDTH_DOTS - _PANEL_MARGIN_DOTS) * DOT
_STRIPE = 3.9
_BACK_LEFT = _STRIPE + 2.4
_PHOTO_WIDTH = 20.0
_FIELDS_WIDTH = 15.6
_NAME_SIZES: tuple[float, ...] = (15, 14, 13, 12, 11.5, 11, 10, 9.25, 8.5, 7.75, 7, 6.25, 5.5)
_NAME_SIZES_WITHOUT_PHOTO: tuple[float, ...] = (20, 18.5, 17, 16, *_NAME_SIZES)
_LABEL, _VALUE = 5.2, 9.5


@dataclass(frozen=True)
class PrintedFace:
    """One QR of a card: base45 text, the number beside it, the sector named in the band (None: the card's name)."""

    text: str
    number: str
    role: Literal["front", "back"] = "front"
    sector: str | None = None


@dataclass(frozen=True)
class PrintedCard:
    """What is printed on one card; `photo` is what `check_photo_print` returned, `valid_through` is MM/YYYY."""

    name: str
    valid_through: str
    faces: tuple[PrintedFace, ...]
    photo: bytes | None = None


@dataclass(frozen=True)
class _Panel:
    """Where the white square of a QR stands, in dots, quiet zone included."""

    x: int
    y: int
    side: int

    @property
    def left(self) -> float:
        return self.x * DOT


def card_pdf(*, card: PrintedCard, theme: Theme) -> bytes:
    """The PDF of a card, one page per face in the order given; the same card gives the same bytes.

    Raises qr.TextTooLong, fit.NameTooLong, text.Unprintable.
    """
    return document([_front(card, face, theme) if face.role == "front" else _back(face, theme) for face in card.faces])


def check_name(*, name: str, version: int, with_photo: bool) -> None:
    """Whether a front whose QR has this version has room for the name; draws nothing.

    Raises fit.NameTooLong, text.Unprintable.
    """
    _name_block(name, _panel(qr.size_with_quiet_zone(version), top=_BAND_DOTS), with_photo=with_photo)


def _front(card: PrintedCard, face: PrintedFace, theme: Theme) -> Page:
    code = qr.symbol(face.text, qr.COMPACT_VERSIONS)
    panel = _panel(code.size_with_quiet_zone, top=_BAND_DOTS)
    canvas = Canvas()
    column = _column(panel)
    if card.photo is not None:
        width = _photo_width(column)
        height = width * 5 / 4
        canvas.jpeg(embedded(card.photo), _MARGIN, _TOP, width, height, radius=1.0)
        left, room = _MARGIN + width + _GAP, column - width - _GAP
        _value(canvas, face.number, left, _TOP + height - 12.2, room)
        _value(canvas, card.valid_through, left, _TOP + height - 3.6, room)
    else:
        _value(canvas, face.number, _MARGIN, HEIGHT - 7.0, column * 0.54)
        _value(canvas, card.valid_through, _MARGIN + column * 0.58, HEIGHT - 7.0, column * 0.42)
    name, name_top = _name_block(card.name, panel, with_photo=card.photo is not None)
    name.draw(canvas, _MARGIN, name_top, column)
    _draw_code(canvas, code, panel)
    fixed = _front_fixed(theme, panel, _title(face, theme), card.photo is not None)
    return Page(WIDTH, HEIGHT, fixed=fixed, own=canvas.content(), images=tuple(canvas.images))


def _name_block(name: str, panel: _Panel, *, with_photo: bool) -> tuple[Block, float]:
    """The name as it stands on a front, and where it starts."""
    column = _column(panel)
    top = _TOP + _photo_width(column) * 5 / 4 + 2.0 if with_photo else _TOP
    room = HEIGHT - (2.6 if with_photo else 12.5) - top
    sizes = _NAME_SIZES if with_photo else _NAME_SIZES_WITHOUT_PHOTO
    block = name_block(name, width=column, height=room, sizes=sizes)
    # A short name stands a little above the middle of its room, where the eye expects it.
    return block, top + (room - block.height) * 0.4


def _column(panel: _Panel) -> float:
    return panel.left - _GAP - _MARGIN


def _photo_width(column: float) -> float:
    return min(_PHOTO_WIDTH, column - _GAP - _FIELDS_WIDTH)


@lru_cache(maxsize=64)
def _front_fixed(theme: Theme, panel: _Panel, label: str, with_photo: bool) -> str:
    """All that is the same for every holder."""
    canvas = Canvas()
    colours, words = theme.colours, texts(theme.language).card
    ground(canvas, theme, WIDTH, HEIGHT)
    canvas.rectangle(0, 0, WIDTH, _BAND - 0.3, colours.primary)
    canvas.rectangle(0, _BAND - 0.5, WIDTH, 0.5, colours.accent)
    arms = theme.draw_arms(canvas, _MARGIN, 0.85, _BAND - 2.2)
    city = one_line(theme.city, width=44, points=11, weight=BOLD)
    city.draw(canvas, _MARGIN + arms + 2.0, (_BAND - 0.5 - city.height) / 2, 44, WHITE)
    title = one_line(label, width=30, points=9.5)
    width = title.lines[0].width(title.points)
    title.draw(canvas, _PANEL_RIGHT - width, (_BAND - 0.5 - title.height) / 2, width, WHITE)
    _draw_panel(canvas, panel)
    column = _column(panel)
    if with_photo:
        photo = _photo_width(column)
        left, foot = _MARGIN + photo + _GAP, _TOP + photo * 5 / 4
        places = ((words["number"], left, foot - 14.7), (words["valid"], left, foot - 6.1))
        room = column - photo - _GAP
    else:
        foot = HEIGHT - 9.5
        places = ((words["number"], _MARGIN, foot), (words["valid"], _MARGIN + column * 0.58, foot))
        room = column * 0.42
    for text, x, y in places:
        _label(canvas, text, x, y, room, colours.muted)
    return canvas.content()


def _back(face: PrintedFace, theme: Theme) -> Page:
    code = qr.symbol(face.text, qr.PORTRAIT_VERSIONS)
    panel = _panel(code.size_with_quiet_zone, top=0)
    canvas = Canvas()
    _value(canvas, face.number, _BACK_LEFT, HEIGHT - 6.4, panel.left - _GAP - _BACK_LEFT)
    _draw_code(canvas, code, panel)
    fixed = _back_fixed(theme, panel, _title(face, theme))
    return Page(WIDTH, HEIGHT, fixed=fixed, own=canvas.content())


@lru_cache(maxsize=64)
def _back_fixed(theme: Theme, panel: _Panel, label: str) -> str:
    canvas = Canvas()
    colours, words = theme.colours, texts(theme.language).card
    ground(canvas, theme, WIDTH, HEIGHT)
    canvas.rectangle(0, 0, _STRIPE - 0.3, HEIGHT, colours.primary)
    canvas.rectangle(_STRIPE - 0.5, 0, 0.5, HEIGHT, colours.accent)
    _draw_panel(canvas, panel)
    left = _BACK_LEFT
    column = panel.left - _GAP - left
    arms = theme.draw_arms(canvas, left, 3.4, 7.0)
    beside, room = left + arms + 1.6, column - arms - 1.6
    end = one_line(theme.city, width=room, points=7.5, weight=BOLD).draw(canvas, beside, 3.6, room, colours.primary)
    one_line(label, width=room, points=7).draw(canvas, beside, end, room, colours.muted)
    filled = {key: theme.filled(text) for key, text in words.items()}
    parts = [(filled["for_whom"], BOLD)]
    parts += [(filled[key], 400) for key in ("purpose", "no_permit", "lost", "found")]
    top, bottom = 12.4, HEIGHT - 10.4
    for tenths in range(66, 40, -2):
        blocks = [
            paragraph(text, width=column, points=tenths / 10, weight=weight, balance=0.5) for text, weight in parts
        ]
        if sum(block.height + 0.9 for block in blocks) <= bottom - top:
            break
    for block in blocks:
        top = block.draw(canvas, left, top, column) + 0.9
    _label(canvas, words["number"], left, HEIGHT - 8.9, column, colours.muted)
    return canvas.content()


def _title(face: PrintedFace, theme: Theme) -> str:
    return texts(theme.language).sectors[face.sector] if face.sector else theme.card


def _panel(modules: int, *, top: int) -> _Panel:
    side = modules * MODULE_DOTS
    return _Panel(x=_WIDTH_DOTS - _PANEL_MARGIN_DOTS - side, y=top + (_HEIGHT_DOTS - top - side) // 2, side=side)


def _draw_panel(canvas: Canvas, panel: _Panel) -> None:
    side = panel.side * DOT
    canvas.rounded(panel.left, panel.y * DOT, side, side, 1.0, WHITE)


def _draw_code(canvas: Canvas, code: qr.Symbol, panel: _Panel) -> None:
    quiet = qr.QUIET_ZONE * MODULE_DOTS
    canvas.dots(panel.x + quiet, panel.y + quiet, code.rectangles, MODULE_DOTS)


def _label(canvas: Canvas, text: str, x: float, top: float, width: float, colour: Colour) -> None:
    """A label flush left with its value, which runs from left to right in every language."""
    block = one_line(text, width=width, points=_LABEL)
    block.draw(canvas, x, top, block.lines[0].width(block.points), colour)


def _value(canvas: Canvas, text: str, x: float, top: float, width: float) -> None:
    block = one_line(text, width=width, points=_VALUE, weight=BOLD)
    # Drawn on a fixed baseline: a number made smaller by a narrow column keeps its place.
    block.lines[0].draw(canvas, x, top + 3.0, points=block.points)
