"""Lays out the A4 paper of a card: the recovery slip above a cut line, the leaflet of rights below it."""

from dataclasses import dataclass
from functools import lru_cache

from cardservice.languages import RIGHT_TO_LEFT
from issuance.render import qr
from issuance.render.fit import Block, one_line, paragraph
from issuance.render.fonts import BOLD
from issuance.render.large_paper import large_paper_pdf
from issuance.render.pdf import DOT, WHITE, Canvas, Page, document
from issuance.render.sheet import HEIGHT, WIDTH, Sheet
from issuance.render.texts import Section, Texts, texts
from issuance.render.theme import ARMS_HEIGHT, ARMS_WIDTH, Theme

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
_GUTTER = 9.0
_NARROW = (_COLUMN - _GUTTER) / 2
"""Two columns of the leaflet: about fifty letters a line, which tired eyes follow."""
_BETWEEN = 4.0
_SIZES = tuple(tenths / 10 for tenths in range(104, 81, -1))


class LeafletTooLong(ValueError):
    """A language's texts do not fit the page: its file must be shortened."""

    def __init__(self, language: str) -> None:
        super().__init__(f"the leaflet in {language} does not fit its half of an A4 page: shorten its text file")


@dataclass(frozen=True)
class PrintedPaper:
    """The paper of one card. No name: who finds a slip does not learn whose it is.

    `slip_code` is written in groups with its check symbol; the code stands in `slip_url` after `#` only, so that no
    server's log sees it. `language` is one of texts.languages(). `large` print takes more pages.
    """

    slip_code: str
    slip_url: str
    card_number: str
    language: str = "en"
    large: bool = False


def paper_pdf(*, paper: PrintedPaper, theme: Theme) -> bytes:
    """The PDF of the paper, one A4 page unless it is large; the same paper gives the same bytes.

    Raises texts.UnknownLanguage, qr.TextTooLong, LeafletTooLong.
    """
    if paper.large:
        return large_paper_pdf(
            slip_code=paper.slip_code,
            slip_url=paper.slip_url,
            card_number=paper.card_number,
            language=paper.language,
            theme=theme,
        )
    words = texts(paper.language)
    code = qr.symbol(paper.slip_url, qr.SLIP_VERSIONS)
    quiet, dark = qr.QUIET_ZONE * MODULE_DOTS, code.size * MODULE_DOTS
    side = dark * DOT
    # The dark modules end where the text above ends; their quiet zone lies in the margin.
    width = _CODE_RIGHT - side - quiet * DOT - _TEXT_LEFT - 1.0
    sheet = Sheet(Canvas(), words.language in RIGHT_TO_LEFT)
    sheet.block(one_line(paper.slip_code, width=width, points=21, weight=BOLD), _TEXT_LEFT, _SLIP_TOP + 34.2, width)
    sheet.block(one_line(paper.card_number, width=60, points=12, weight=BOLD), _TEXT_LEFT, _SLIP_TOP + 48.6, 60)
    x = round(sheet.left(_CODE_RIGHT - side, side) / DOT)
    sheet.canvas.dots(x, round(_CODE_TOP / DOT), code.rectangles, MODULE_DOTS)
    fixed = _fixed(theme, words.language, width, side)
    return document([Page(WIDTH, HEIGHT, fixed=fixed, own=sheet.canvas.content())])


@lru_cache(maxsize=32)
def _fixed(theme: Theme, language: str, text_width: float, code_side: float) -> str:
    """All that is the same for every card in one language."""
    sheet = Sheet(Canvas(), language in RIGHT_TO_LEFT)
    words = texts(language)
    _slip(sheet, theme, words, text_width, code_side)
    _cut_line(sheet.canvas, theme, words.slip["cut"])
    _leaflet(sheet, theme, words)
    return sheet.canvas.content()


def _slip(sheet: Sheet, theme: Theme, words: Texts, width: float, side: float) -> None:
    colours, slip, canvas = theme.colours, words.slip, sheet.canvas
    canvas.rounded(_MARGIN, _SLIP_TOP, _COLUMN, 24, 3, colours.primary)
    canvas.rectangle(_MARGIN - 0.2, _SLIP_TOP + 17, _COLUMN + 0.4, 8, WHITE)
    canvas.rectangle(_MARGIN, _SLIP_TOP + 16.4, _COLUMN, 0.9, colours.accent)
    canvas.frame(_MARGIN, _SLIP_TOP, _COLUMN, _SLIP_HEIGHT, 3, line=0.5, colour=colours.primary)
    arms = 12.4 * ARMS_WIDTH / ARMS_HEIGHT
    theme.draw_arms(canvas, sheet.left(_TEXT_LEFT, arms), _SLIP_TOP + 2.2, 12.4)
    beside = _TEXT_LEFT + arms + 4
    sheet.block(one_line(slip["title"], width=90, points=19, weight=BOLD), beside, _SLIP_TOP + 4.3, 90, WHITE)
    city = one_line(theme.city, width=60, points=11)
    room = city.lines[0].width(city.points)
    sheet.block(city, _CODE_RIGHT - room, _SLIP_TOP + 6.2, room, WHITE)
    keep = one_line(slip["keep"], width=width, points=11, weight=BOLD)
    sheet.block(keep, _TEXT_LEFT, _SLIP_TOP + 22.4, width, colours.primary)
    for label, top in ((slip["code"], 30.4), (slip["number"], 44.8)):
        sheet.block(one_line(label, width=width, points=8.5), _TEXT_LEFT, _SLIP_TOP + top, width, colours.muted)
    top = _SLIP_TOP + 57.6
    for position, step in enumerate(words.steps, 1):
        number = one_line(f"{position}", width=4, points=9.6, weight=BOLD)
        sheet.block(number, _TEXT_LEFT, top, 4, colours.primary)
        block = paragraph(theme.filled(step), width=width - 5.5, points=9.6)
        top = sheet.block(block, _TEXT_LEFT + 5.5, top, width - 5.5) + 0.9
    warning = paragraph(slip["warning"], width=side, points=8.8, balance=0.5)
    sheet.block(warning, _CODE_RIGHT - side, _CODE_TOP + side + 3.5, side, colours.muted)


def _cut_line(canvas: Canvas, theme: Theme, text: str) -> None:
    word = one_line(text, width=40, points=8)
    half = word.lines[0].width(word.points) / 2 + 3
    for start, end in ((8.0, WIDTH / 2 - half), (WIDTH / 2 + half, WIDTH - 8.0)):
        canvas.line((start, _CUT), (end, _CUT), width=0.25, colour=theme.colours.muted, dash=(2, 1.5))
    word.draw(canvas, WIDTH / 2 - half + 3, _CUT - word.height / 2, 2 * half - 6, theme.colours.muted)


def _leaflet(sheet: Sheet, theme: Theme, words: Texts) -> None:
    title = one_line(words.title, width=_COLUMN, points=19, weight=BOLD)
    top = sheet.block(title, _MARGIN, _LEAFLET, _COLUMN, theme.colours.primary) + 1.2
    sheet.canvas.rectangle(sheet.left(_MARGIN, 24), top, 24, 0.9, theme.colours.accent)
    top += 5.5
    for points in _SIZES:
        sections = [_Set.at(section, points) for section in words.sections]
        first = min(range(1, len(sections)), key=lambda first: _tallest(sections, first))
        if top + _tallest(sections, first) <= _FOOT:
            break
    else:
        raise LeafletTooLong(words.language)
    # Evened out only now: it takes long and changes no height.
    sections = [_Set.at(section, points, balanced=True) for section in words.sections]
    columns = sections[:first], sections[first:]
    for position, column in enumerate(columns):
        _draw_column(sheet, theme, column, _MARGIN + position * (_NARROW + _GUTTER), top)


@dataclass(frozen=True)
class _Set:
    """A section of the leaflet, set at one size."""

    heading: Block
    lines: tuple[Block, ...]

    @classmethod
    def at(cls, section: Section, points: float, *, balanced: bool = False) -> "_Set":
        return cls(
            paragraph(section.heading, width=_NARROW, points=points + 1.6, weight=BOLD, balance=0.5 * balanced),
            tuple(
                paragraph(line, width=_NARROW - 4.5, points=points, leading=1.28, balance=0.14 * balanced)
                for line in section.lines
            ),
        )

    @property
    def height(self) -> float:
        """Millimetres, the space below not counted."""
        return self.heading.height + 1.0 + sum(line.height + 0.9 for line in self.lines)


def _tallest(sections: list[_Set], first: int) -> float:
    """Height of the taller column when `first` sections stand in the first one."""
    return max(_height(sections[:first]), _height(sections[first:]))


def _height(column: list[_Set]) -> float:
    return sum(part.height for part in column) + _BETWEEN * (len(column) - 1)


def _draw_column(sheet: Sheet, theme: Theme, column: list[_Set], x: float, top: float) -> None:
    for part in column:
        top = sheet.block(part.heading, x, top, _NARROW, theme.colours.primary) + 1.0
        for line in part.lines:
            sheet.canvas.rounded(
                sheet.left(x + 1.0, 1.2), top + line.points * 0.19, 1.2, 1.2, 0.6, theme.colours.accent
            )
            top = sheet.block(line, x + 4.5, top, _NARROW - 4.5) + 0.9
        top += _BETWEEN
