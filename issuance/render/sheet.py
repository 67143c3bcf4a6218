"""An A4 sheet in its language's direction: all that runs from right to left stands mirrored."""

from dataclasses import dataclass

from issuance.render.fit import Block
from issuance.render.pdf import BLACK, Canvas, Colour

WIDTH, HEIGHT = 210.0, 297.0
"""A4, millimetres."""


@dataclass(frozen=True)
class Sheet:
    """A canvas on which a language that runs from right to left stands mirrored: columns, bullets, code and all."""

    canvas: Canvas
    mirrored: bool

    def left(self, x: float, width: float) -> float:
        """Where a box of this width starts, whose place is given as read from the line's beginning."""
        return WIDTH - x - width if self.mirrored else x

    def block(self, block: Block, x: float, top: float, width: float, colour: Colour = BLACK) -> float:
        """Draws lines flush with the beginning of their box; returns where they end."""
        if self.mirrored and not block.lines[0].right_to_left:
            width = block.lines[0].width(block.points)
        return block.draw(self.canvas, self.left(x, width), top, width, colour)
