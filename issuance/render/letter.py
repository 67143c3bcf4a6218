"""Lays out the A4 letter of a refusal: the reason, what to bring, second person, appeal. No name stands on it."""

from functools import lru_cache

from cardservice.languages import RIGHT_TO_LEFT
from issuance.refusals import RefusalReason
from issuance.render.fit import one_line, paragraph
from issuance.render.fonts import BOLD
from issuance.render.letter_texts import letter_texts
from issuance.render.pdf import WHITE, Canvas, Page, document
from issuance.render.sheet import HEIGHT, WIDTH, Sheet
from issuance.render.theme import ARMS_HEIGHT, ARMS_WIDTH, Theme

_MARGIN = 24.0
_COLUMN = WIDTH - 2 * _MARGIN
_BAND = 30.0
_ARMS = 18.0
_TOP = 46.0
_FOOT = HEIGHT - 20.0
_POINTS = 11.5
_BETWEEN = 6.5


class LetterTooLong(ValueError):
    """A language's texts do not fit the page: its file must be shortened."""


@lru_cache(maxsize=64)
def letter_pdf(*, reason: RefusalReason, language: str, theme: Theme) -> bytes:
    """The PDF of the letter, one A4 page, the same for everybody. Raises texts.UnknownLanguage, LetterTooLong."""
    words, colours = letter_texts(language), theme.colours
    sheet = Sheet(Canvas(), language in RIGHT_TO_LEFT)
    _band(sheet, theme)
    top = sheet.block(paragraph(words.title, width=_COLUMN, points=20, weight=BOLD), _MARGIN, _TOP, _COLUMN) + 2
    sheet.canvas.rectangle(sheet.left(_MARGIN, 24), top, 24, 0.9, colours.accent)
    top += 6
    top = sheet.block(paragraph(words.intro, width=_COLUMN, points=_POINTS), _MARGIN, top, _COLUMN) + _BETWEEN
    steps, about = words.steps, words.reasons[reason]
    for heading, lines in (
        ("reason", (about["why"],)),
        ("bring", (about["bring"],)),
        ("second", (steps["second"],)),
        ("appeal", (steps["appeal"], steps["again"])),
        ("meanwhile", (steps["meanwhile"],)),
    ):
        title = paragraph(words.headings[heading], width=_COLUMN, points=_POINTS + 1.5, weight=BOLD)
        top = sheet.block(title, _MARGIN, top, _COLUMN, colours.primary) + 1.2
        for line in lines:
            block = paragraph(theme.filled(line), width=_COLUMN, points=_POINTS, leading=1.32)
            top = sheet.block(block, _MARGIN, top, _COLUMN) + 1.6
        top += _BETWEEN - 1.6
    kept = paragraph(words.nothing_kept, width=_COLUMN, points=_POINTS - 1.5)
    if top + kept.height > _FOOT:
        raise LetterTooLong(f"the letter in {language} does not fit an A4 page: shorten its text file")
    sheet.canvas.line((_MARGIN, _FOOT - kept.height - 4), (WIDTH - _MARGIN, _FOOT - kept.height - 4), width=0.25,
                      colour=colours.muted)  # fmt: skip
    sheet.block(kept, _MARGIN, _FOOT - kept.height, _COLUMN, colours.muted)
    return document([Page(WIDTH, HEIGHT, fixed=sheet.canvas.content(), own="")])


def _band(sheet: Sheet, theme: Theme) -> None:
    """The city's arms and name across the head of the page."""
    sheet.canvas.rectangle(0, 0, WIDTH, _BAND, theme.colours.primary)
    sheet.canvas.rectangle(0, _BAND, WIDTH, 1.2, theme.colours.accent)
    arms = _ARMS * ARMS_WIDTH / ARMS_HEIGHT
    theme.draw_arms(sheet.canvas, sheet.left(_MARGIN, arms), (_BAND - _ARMS) / 2, _ARMS)
    name = one_line(theme.city, width=100, points=17, weight=BOLD)
    width = name.lines[0].width(name.points)
    sheet.block(name, _MARGIN + arms + 5, (_BAND - name.height) / 2, width, WHITE)
