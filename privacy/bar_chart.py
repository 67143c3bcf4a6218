"""Where the bars of a chart stand; the template `office/bar_chart.html` draws them in the page's own colours."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 184
TOP, FLOOR = 24, 152
_WIDEST = 56.0


@dataclass(frozen=True)
class Bar:
    """A bar of the drawing: left edge, top, width, height and middle in its units; a value of None has no height."""

    label: str
    value: int | None
    left: float
    top: float
    width: float
    height: float
    middle: float

    @property
    def above(self) -> float:
        """The foot of the number that stands over the bar."""
        return self.top - 6


def bars(numbers: Sequence[tuple[str, int | None]]) -> list[Bar]:
    """One bar for each (label, number of 0 or more, None for no number), the greatest as high as there is room."""
    most = max((value for _, value in numbers if value), default=1)
    step = WIDTH / max(len(numbers), 1)
    width = min(_WIDEST, step * 0.7)
    placed = []
    for at, (label, value) in enumerate(numbers):
        height = (value or 0) / most * (FLOOR - TOP)
        middle = (at + 0.5) * step
        placed.append(
            Bar(
                label=label,
                value=value,
                left=round(middle - width / 2, 1),
                top=round(FLOOR - height, 1),
                width=round(width, 1),
                height=round(height, 1),
                middle=round(middle, 1),
            )
        )
    return placed
