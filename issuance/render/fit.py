"""Fits text into a box: breaks lines at spaces and hyphens, shrinks, and as a last resort breaks a word."""

from dataclasses import dataclass

from issuance.render.fonts import BOLD, REGULAR, clusters
from issuance.render.pdf import BLACK, Canvas, Colour
from issuance.render.text import MM_PER_POINT, Line, is_right_to_left, shape

LEADING = 1.22
_NAME_LEADING = 1.16
_ONE_LINE_FROM = 12
_ASCENT = 0.80
"""Share of the type size from the top of a line to its baseline: room for an accent on a capital."""


class NameTooLong(ValueError):
    """The name does not fit its box at the smallest size that can be read. Never holds the name."""

    def __init__(self) -> None:
        super().__init__("the name does not fit the card at a size that can be read: print a shorter form")


@dataclass(frozen=True)
class Block:
    """Lines at one size; height in millimetres."""

    lines: tuple[Line, ...]
    points: float
    leading: float = LEADING

    @property
    def height(self) -> float:
        """Millimetres from the top of the first line to the foot of the last."""
        return len(self.lines) * self.points * self.leading * MM_PER_POINT

    def draw(self, canvas: Canvas, x: float, top: float, width: float, colour: Colour = BLACK) -> float:
        """Draws the lines from `top`, right-to-left ones flush right; returns where the block ends."""
        step = self.points * self.leading * MM_PER_POINT
        for position, line in enumerate(self.lines):
            left = x + width - line.width(self.points) if line.right_to_left else x
            baseline = top + position * step + (_ASCENT + (self.leading - 1) / 2) * self.points * MM_PER_POINT
            line.draw(canvas, left, baseline, points=self.points, colour=colour)
        return top + self.height


def one_line(text: str, *, width: float, points: float, weight: int = REGULAR) -> Block:
    """One line, made smaller when it is wider than `width`."""
    line = shape(text, weight=weight)
    return Block((line,), points * min(1.0, width / max(line.width(points), 0.01)))


def paragraph(text: str, *, width: float, points: float, weight: int = REGULAR, leading: float = LEADING) -> Block:
    """As many lines as the text needs at this size."""
    return Block(_wrapped(text, width, points, weight), points, leading)


def name_block(name: str, *, width: float, height: float, sizes: tuple[float, ...]) -> Block:
    """The name in the largest of `sizes` (points, descending) that fits; words stay whole while any size allows.

    A name that fits one line at 12 points stays on one, even where two lines could be larger. Raises NameTooLong.
    """
    alone = shape(name, weight=BOLD)
    for points in sizes:
        if points >= _ONE_LINE_FROM and alone.width(points) <= width:
            return Block((alone,), points, _NAME_LEADING)
    for whole_words in (True, False):
        for points in sizes:
            lines = _wrapped(name, width, points, BOLD, whole_words=whole_words)
            block = Block(lines, points, _NAME_LEADING)
            if block.height <= height and all(line.width(points) <= width + 0.01 for line in lines):
                return block
    raise NameTooLong


def _wrapped(text: str, width: float, points: float, weight: int, *, whole_words: bool = True) -> tuple[Line, ...]:
    right_to_left = is_right_to_left(text)

    def shaped(part: str) -> Line:
        return shape(part.strip(), weight=weight, right_to_left=right_to_left)

    lines: list[str] = [""]
    for piece in _pieces(text) if whole_words else clusters(text):
        if not lines[-1] or shaped(lines[-1] + piece).width(points) <= width:
            lines[-1] += piece
        else:
            lines.append(piece)
    return tuple(shaped(line) for line in lines)


def _pieces(text: str) -> list[str]:
    """Words with the space before them; a hyphen ends a piece, so that a line may break after it."""
    pieces: list[str] = [""]
    for character in text:
        if character == " " and pieces[-1].strip():
            pieces.append("")
        pieces[-1] += character
        if character in "-\u2010\u058a\u05be":
            pieces.append("")
    return [piece for piece in pieces if piece]
