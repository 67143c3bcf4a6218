"""Lays out the A4 paper of a card: the recovery slip above a cut line, the leaflet of rights below it."""

from dataclasses import dataclass
from functools import lru_cache

from issuance.render import qr
from issuance.render.fit import one_line, paragraph
from issuance.render.fonts import BOLD
from issuance.render.pdf import DOT, WHITE, Canvas, Page, document
from issuance.render.texts import Texts, texts
from issuance.render.theme import Theme

WIDTH, HEIGHT = 210.0, 297.0
"""A4, millimetres."""
MODULE_DOTS = 11
_MARGIN = 18.0
_COLUMN = WIDTH - 2 * _MARGIN
_SLIP_TOP, _SLIP_HEIGHT = 16.0, 90.0
_CUT = 115.0
_LEAFLET = 125.0
_FOOT = HEIGHT - 14.0
_CODE_RIGHT = WIDTH - _MARGIN - 7.0
_CODE_TOP = _SLIP_TOP + 25.0
_TEXT_LEFT = _MARGIN + 8.0


class LeafletTooLong(ValueError):
    """A language's texts do not fit the page: its file must be shortened."""

    def __init__(self, language: str) -> None:
        super().__init__(f"the leaflet in {language} does not fit its half of an A4 page: shorten its text file")


@dataclass(frozen=True)
class PrintedPaper:
    """The paper of one card. No name: who finds a slip does not learn whose it is.

    `slip_code` is written in groups with its check symbol; the code stands in `slip_url` after `#` only, so that no
    server's log sees it. `language` is one of texts.languages().
    """

    slip_code: str
    slip_url: str
    card_number: str
    language: str = "en"


def paper_pdf(*, paper: PrintedPaper, theme: Theme) -> bytes:
    """The PDF of the paper, one A4 page; the same paper gives the same bytes.

    Raises texts.UnknownLanguage, qr.TextTooLong, LeafletTooLong.
    """
    words = texts(paper.language)
    code = qr.symbol(paper.slip_url, qr.SLIP_VERSIONS)
    side = code.size_with_quiet_zone * MODULE_DOTS
    quiet = qr.QUIET_ZONE * MODULE_DOTS
    # The dark modules end where the text above ends; their quiet zone lies in the margin.
    x, y = round(_CODE_RIGHT / DOT) - side + quiet, round(_CODE_TOP / DOT) - quiet
    width = x * DOT - _TEXT_LEFT - 1.0
    canvas = Canvas()
    one_line(paper.slip_code, width=width, points=21, weight=BOLD).draw(canvas, _TEXT_LEFT, _SLIP_TOP + 34.2, width)
    one_line(paper.card_number, width=60, points=12, weight=BOLD).draw(canvas, _TEXT_LEFT, _SLIP_TOP + 48.6, 60)
    canvas.dots(x + quiet, y + quiet, code.rectangles, MODULE_DOTS)
    fixed = _fixed(theme, words.language, width, side - 2 * quiet)
    return document([Page(WIDTH, HEIGHT, fixed=fixed, own=canvas.content())])


@lru_cache(maxsize=32)
def _fixed(theme: Theme, language: str, text_width: float, code_side: int) -> str:
    """All that is the same for every card in one language."""
    canvas = Canvas()
    words = texts(language)
    _slip(canvas, theme, words, text_width, code_side * DOT)
    _cut_line(canvas, theme, words.slip["cut"])
    _leaflet(canvas, theme, words)
    return canvas.content()


def _slip(canvas: Canvas, theme: Theme, words: Texts, width: float, side: float) -> None:
    colours, slip = theme.colours, words.slip
    canvas.rounded(_MARGIN, _SLIP_TOP, _COLUMN, 24, 3, colours.primary)
    canvas.rectangle(_MARGIN - 0.2, _SLIP_TOP + 17, _COLUMN + 0.4, 8, WHITE)
    canvas.rectangle(_MARGIN, _SLIP_TOP + 16.4, _COLUMN, 0.9, colours.accent)
    canvas.frame(_MARGIN, _SLIP_TOP, _COLUMN, _SLIP_HEIGHT, 3, line=0.5, colour=colours.primary)
    arms = theme.draw_arms(canvas, _TEXT_LEFT, _SLIP_TOP + 2.2, 12.4)
    beside = _TEXT_LEFT + arms + 4
    one_line(slip["title"], width=90, points=19, weight=BOLD).draw(canvas, beside, _SLIP_TOP + 4.3, 90, WHITE)
    city = one_line(theme.city, width=60, points=11)
    room = city.lines[0].width(city.points)
    city.draw(canvas, _CODE_RIGHT - room, _SLIP_TOP + 6.2, room, WHITE)
    keep = one_line(slip["keep"], width=width, points=11, weight=BOLD)
    keep.draw(canvas, _TEXT_LEFT, _SLIP_TOP + 22.4, width, colours.primary)
    for label, top in ((slip["code"], 31.0), (slip["number"], 45.4)):
        one_line(label, width=width, points=8.5).draw(canvas, _TEXT_LEFT, _SLIP_TOP + top, width, colours.muted)
    top = _SLIP_TOP + 57.6
    for position, step in enumerate(words.steps, 1):
        text = step.format(lost=theme.lost, telephone=theme.telephone)
        block = paragraph(text, width=width - 5.5, points=9.6)
        number = one_line(f"{position}", width=4, points=9.6, weight=BOLD)
        number.draw(canvas, _TEXT_LEFT, top, 4, colours.primary)
        top = block.draw(canvas, _TEXT_LEFT + 5.5, top, width - 5.5) + 0.9
    warning = paragraph(slip["warning"], width=side, points=8.8)
    warning.draw(canvas, _CODE_RIGHT - side, _CODE_TOP + side + 3.5, side, colours.muted)


def _cut_line(canvas: Canvas, theme: Theme, text: str) -> None:
    word = one_line(text, width=40, points=8)
    half = word.lines[0].width(word.points) / 2 + 3
    for start, end in ((8.0, WIDTH / 2 - half), (WIDTH / 2 + half, WIDTH - 8.0)):
        canvas.line((start, _CUT), (end, _CUT), width=0.25, colour=theme.colours.muted, dash=(2, 1.5))
    word.draw(canvas, WIDTH / 2 - half + 3, _CUT - word.height / 2, 2 * half - 6, theme.colours.muted)


def _leaflet(canvas: Canvas, theme: Theme, words: Texts) -> None:
    title = one_line(words.title, width=_COLUMN, points=19, weight=BOLD)
    top = title.draw(canvas, _MARGIN, _LEAFLET, _COLUMN, theme.colours.primary) + 1.2
    canvas.rectangle(_MARGIN, top, 24, 0.9, theme.colours.accent)
    top += 5.5
    for tenths in range(108, 78, -2):
        points = tenths / 10
        sections = [
            (
                paragraph(section.heading, width=_COLUMN, points=points + 1.6, weight=BOLD),
                [paragraph(line, width=_COLUMN - 5, points=points, leading=1.3) for line in section.lines],
            )
            for section in words.sections
        ]
        height = sum(heading.height + 5.0 + sum(line.height + 1.0 for line in lines) for heading, lines in sections)
        if top + height <= _FOOT:
            break
    else:
        raise LeafletTooLong(words.language)
    for heading, lines in sections:
        top = heading.draw(canvas, _MARGIN, top, _COLUMN, theme.colours.primary) + 1.2
        for line in lines:
            dot = _MARGIN + 1.2 if not line.lines[0].right_to_left else WIDTH - _MARGIN - 2.4
            canvas.rounded(dot, top + line.points * 0.19, 1.2, 1.2, 0.6, theme.colours.accent)
            text_left = _MARGIN + 5 if not line.lines[0].right_to_left else _MARGIN
            top = line.draw(canvas, text_left, top, _COLUMN - 5) + 1.0
        top += 3.8
