"""Fits text into a box: breaks lines at spaces and hyphens, shrinks, and as a last resort breaks a word."""

from dataclasses import dataclass

from issuance.render.fonts import BOLD, REGULAR, clusters
from issuance.render.pdf import BLACK, Canvas, Colour
from issuance.render.text import MM_PER_POINT, Line, is_right_to_left, shape

LEADING = 1.22
_NAME_LEADING = 1.16
_EASY_TO_READ = 11
_SEVERAL_LINES_UP_TO = 14
_BALANCING_STEPS = 24
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


def paragraph(
    text: str,
    *,
    width: float,
    points: float,
    weight: int = REGULAR,
    leading: float = LEADING,
    balance: float = 0.0,
) -> Block:
    """As many lines as the text needs at this size.

    They may lose up to `balance` of the width to even them out, so that no last word stands alone.
    """
    setter, pieces = _Setter(text, weight), _pieces(text)
    lines = setter.wrapped(pieces, width, points)
    for step in range(1, _BALANCING_STEPS if balance else 0):
        narrower = setter.wrapped(pieces, width * (1 - balance * step / _BALANCING_STEPS), points)
        if len(narrower) > len(lines):
            break
        lines = narrower
    return Block(lines, points, leading)


def name_block(name: str, *, width: float, height: float, sizes: tuple[float, ...]) -> Block:
    """The name at one of `sizes` (points, descending): in the fewest lines that 11 points allow, else the largest size.

    Several lines are never larger than 14 points: a long name must not shout. Words stay whole while any size allows.
    Raises NameTooLong.
    """
    setter = _Setter(name, BOLD)
    for pieces in (_pieces(name), clusters(name)):
        blocks = [Block(setter.wrapped(pieces, width, points), points, _NAME_LEADING) for points in sizes]
        fitting = [
            block
            for block in blocks
            if block.height <= height
            and all(line.width(block.points) <= width for line in block.lines)
            and (len(block.lines) == 1 or block.points <= _SEVERAL_LINES_UP_TO)
        ]
        easy = [block for block in fitting if block.points >= _EASY_TO_READ]
        if easy:
            return min(easy, key=lambda block: (len(block.lines), -block.points))
        if fitting:
            return fitting[0]
    raise NameTooLong


class _Setter:
    """Breaks one text into lines. A line's shape does not depend on its size, so each is shaped once."""

    def __init__(self, text: str, weight: int) -> None:
        self.right_to_left = is_right_to_left(text)
        self.weight = weight
        self.shaped: dict[str, Line] = {}

    def line(self, part: str) -> Line:
        part = part.strip()
        if part not in self.shaped:
            self.shaped[part] = shape(part, weight=self.weight, right_to_left=self.right_to_left)
        return self.shaped[part]

    def wrapped(self, pieces: list[str], width: float, points: float) -> tuple[Line, ...]:
        lines: list[str] = [""]
        for piece in pieces:
            if not lines[-1] or self.line(lines[-1] + piece).width(points) <= width:
                lines[-1] += piece
            else:
                lines.append(piece)
        return tuple(self.line(line) for line in lines)


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
