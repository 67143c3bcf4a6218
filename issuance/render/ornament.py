"""Draws the ground of a card: the city's paper colour with a fine pattern of waves."""

import math

from issuance.render.pdf import Canvas, filling, numbers, stroking
from issuance.render.theme import Theme

# A quarter of a sine wave as one Bézier curve: control points in units of a quarter period and the amplitude.
_QUARTER = ((0.3261, 0.5123), (0.6381, 1.0), (1.0, 1.0))


def ground(canvas: Canvas, theme: Theme, width: float, height: float) -> None:
    """Fills the page and draws the lines and the water that every card of the city carries, the same for everyone."""
    canvas.rectangle(0, 0, width, height, theme.colours.paper)
    canvas.raw(f"q {stroking(theme.colours.pattern)} 0.14 w")
    for line in range(34):
        share = line / 33
        base = height * (0.16 + 1.02 * share)
        amplitude = 1.1 + 3.6 * math.sin(math.pi * share) ** 2
        quarter = 9.5 + 4.5 * share
        canvas.raw(_wave(-quarter * (0.4 + 2.6 * share), base, quarter, amplitude, width) + " S")
    canvas.raw("Q")
    for base, quarter, amplitude, shift, colour in (
        (height - 5.2, 21.0, 2.0, 9.0, theme.colours.pattern),
        (height - 2.6, 17.0, 1.5, 30.0, theme.colours.shore),
    ):
        wave = _wave(-shift, base, quarter, amplitude, width)
        canvas.raw(f"{filling(colour)} {wave} {numbers(width + 60, height + 9)} l {numbers(-shift, height + 9)} l f")


def _wave(x: float, base: float, quarter: float, amplitude: float, width: float) -> str:
    path = [f"{numbers(x, base)} m"]
    phase = 0
    while x < width:
        sign = 1 if phase % 4 < 2 else -1
        rising = phase % 2 == 0
        points = []
        for along, up in _QUARTER if rising else _mirrored():
            points += [x + along * quarter, base - sign * amplitude * up]
        path.append(f"{numbers(*points)} c")
        x += quarter
        phase += 1
    return " ".join(path)


def _mirrored() -> tuple[tuple[float, float], ...]:
    first, second, _ = _QUARTER
    return ((1 - second[0], second[1]), (1 - first[0], first[1]), (1.0, 0.0))
