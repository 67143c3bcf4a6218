"""Lays out the paper of a card in large print: a page for the recovery slip, then the leaflet of rights, all on A4."""

from functools import lru_cache

from cardservice.languages import RIGHT_TO_LEFT
from issuance.render import qr
from issuance.render.fit import Block, one_line, paragraph
from issuance.render.fonts import BOLD, REGULAR
from issuance.render.pdf import DOT, Canvas, Page, document
from issuance.render.sheet import HEIGHT, WIDTH, Sheet
from issuance.render.texts import texts
from issuance.render.theme import Theme

POINTS = 18.0
"""What associations of blind and partially sighted people ask of large print; nothing on the paper is smaller."""
_HEADING = 22.0
_TITLE = 28.0
_MODULE_DOTS = 22
_MARGIN = 18.0
_COLUMN = WIDTH - 2 * _MARGIN
_FOOT = HEIGHT - 15.0
_LEADING = 1.3
_CODES = 66.0
"""Height of the part with the code and, beside it, the two numbers to type."""


def large_paper_pdf(*, slip_code: str, slip_url: str, card_number: str, language: str, theme: Theme) -> bytes:
    """The PDF of the paper; the code stands in the upper half of its first page. The same paper gives the same bytes.

    Raises texts.UnknownLanguage, qr.TextTooLong.
    """
    code = qr.symbol(slip_url, qr.SLIP_VERSIONS)
    side = code.size * _MODULE_DOTS * DOT
    rest = _fixed_pages(theme, language)
    sheet = Sheet(Canvas(), language in RIGHT_TO_LEFT)
    beside = _COLUMN - side - 8.0
    top = _code_top(language)
    x = round(sheet.left(WIDTH - _MARGIN - side, side) / DOT)
    sheet.canvas.dots(x, round(top / DOT), code.rectangles, _MODULE_DOTS)
    words = texts(language).slip
    top = _label(sheet, words["code"], top, beside)
    for group in (slip_code[:9], slip_code[9:].strip("-")):
        top = sheet.block(one_line(group, width=beside, points=26, weight=BOLD), _MARGIN, top, beside)
    top = _label(sheet, words["number"], top + 5.0, beside)
    sheet.block(one_line(card_number, width=beside, points=24, weight=BOLD), _MARGIN, top, beside)
    pages = [Page(WIDTH, HEIGHT, fixed=rest[0], own=sheet.canvas.content())]
    return document([*pages, *(Page(WIDTH, HEIGHT, fixed=page, own="") for page in rest[1:])])


def _label(sheet: Sheet, text: str, top: float, width: float) -> float:
    return sheet.block(paragraph(text, width=width, points=POINTS), _MARGIN, top, width) + 1.0


def _head(language: str) -> tuple[Block, Block]:
    slip = texts(language).slip
    return (
        paragraph(slip["title"], width=_COLUMN, points=_TITLE, weight=BOLD),
        paragraph(slip["keep"], width=_COLUMN, points=POINTS, weight=BOLD),
    )


def _code_top(language: str) -> float:
    return _MARGIN + sum(block.height for block in _head(language)) + 15.0


@lru_cache(maxsize=32)
def _fixed_pages(theme: Theme, language: str) -> tuple[str, ...]:
    """All that is the same for every card in one language, page by page."""
    words, flow = texts(language), _Flow(theme, language)
    title, keep = _head(language)
    flow.add(title, colour=True, after=4.0)
    flow.add(keep, after=0.0)
    flow.top = _code_top(language) + _CODES
    for position, step in enumerate(words.steps, 1):
        flow.text(f"{position}. {theme.filled(step)}")
    flow.text(words.slip["warning"])
    flow.turn()
    flow.add(paragraph(words.title, width=_COLUMN, points=_TITLE, weight=BOLD), colour=True, after=6.0)
    for section in words.sections:
        lines = [paragraph(line, width=_COLUMN, points=POINTS, leading=_LEADING) for line in section.lines]
        heading = paragraph(section.heading, width=_COLUMN, points=_HEADING, weight=BOLD)
        flow.keep_together(heading.height + 2.5 + lines[0].height)
        flow.add(heading, colour=True, after=2.5)
        for line in lines:
            flow.add(line)
        flow.top += 4.0
    return tuple(sheet.canvas.content() for sheet in flow.sheets)


class _Flow:
    """Blocks one below the other, on as many pages as they need."""

    def __init__(self, theme: Theme, language: str) -> None:
        self.theme, self.mirrored = theme, language in RIGHT_TO_LEFT
        self.sheets: list[Sheet] = []
        self.turn()

    def turn(self) -> None:
        self.sheets.append(Sheet(Canvas(), self.mirrored))
        self.top = _MARGIN

    def keep_together(self, height: float) -> None:
        if self.top + height > _FOOT:
            self.turn()

    def add(self, block: Block, *, colour: bool = False, after: float = 3.0) -> None:
        self.keep_together(block.height)
        colours = self.theme.colours
        sheet = self.sheets[-1]
        if colour:
            self.top = sheet.block(block, _MARGIN, self.top, _COLUMN, colours.primary) + after
            if block.points == _TITLE:
                sheet.canvas.rectangle(sheet.left(_MARGIN, 30), self.top - after + 1.0, 30, 1.2, colours.accent)
                self.top += 3.0
        else:
            self.top = sheet.block(block, _MARGIN, self.top, _COLUMN) + after

    def text(self, text: str) -> None:
        self.add(paragraph(text, width=_COLUMN, points=POINTS, weight=REGULAR, leading=_LEADING))
