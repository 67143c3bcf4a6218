"""Makes QR symbols: pinned versions, error correction M, and their dark modules as few rectangles."""

from dataclasses import dataclass

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import ALPHA_NUM, BIT_LIMIT_TABLE, MODE_8BIT_BYTE, MODE_ALPHA_NUM, length_in_bits

from issuance.render.codewords import codewords

COMPACT_VERSIONS = (13, 16, 20)
PORTRAIT_VERSIONS = (20, 23)
SLIP_VERSIONS = (4, 6, 8, 10)
QUIET_ZONE = 4
"""Modules of white around a symbol (ISO/IEC 18004)."""
_MASK = 2
"""One mask for all: the search over eight takes five times as long and read no better (decision 0004)."""


class TextTooLong(ValueError):
    """The text does not fit the largest pinned version. Never holds the text."""

    def __init__(self, versions: tuple[int, ...]) -> None:
        super().__init__(f"the text does not fit QR version {versions[-1]}: shorten the name or the photo")


@dataclass(frozen=True)
class Symbol:
    """A QR symbol: `size` modules a side without quiet zone; rectangles are (x, y, width, height) in modules."""

    version: int
    size: int
    rectangles: list[tuple[int, int, int, int]]

    @property
    def size_with_quiet_zone(self) -> int:
        """Modules a side including the quiet zone."""
        return size_with_quiet_zone(self.version)


def size_with_quiet_zone(version: int) -> int:
    """Modules a side, quiet zone included, of every symbol of `version`."""
    return _size(version) + 2 * QUIET_ZONE


def pinned_version(text: str, versions: tuple[int, ...] = COMPACT_VERSIONS) -> int:
    """The smallest of `versions` (ascending) that holds `text` at error correction M. Raises TextTooLong."""
    mode = _mode(text)
    count = len(text) if mode == MODE_ALPHA_NUM else len(text.encode())
    payload = count // 2 * 11 + count % 2 * 6 if mode == MODE_ALPHA_NUM else count * 8
    for version in versions:
        if 4 + length_in_bits(mode, version) + payload <= BIT_LIMIT_TABLE[ERROR_CORRECT_M][version]:
            return version
    raise TextTooLong(versions)


def symbol(text: str, versions: tuple[int, ...] = COMPACT_VERSIONS) -> Symbol:
    """The symbol of `text` in the smallest pinned version that holds it. Raises TextTooLong."""
    version = pinned_version(text, versions)
    code = QRCode(version=version, error_correction=ERROR_CORRECT_M, mask_pattern=_MASK)
    code.data_cache = codewords(text, mode=_mode(text), version=version)
    code.make(fit=False)
    return Symbol(version=version, size=_size(version), rectangles=_rectangles(code.modules))


def _size(version: int) -> int:
    return 4 * version + 17


def _mode(text: str) -> int:
    return int(MODE_ALPHA_NUM if set(text.encode()) <= set(ALPHA_NUM) else MODE_8BIT_BYTE)


def _rectangles(modules: list[list[bool]]) -> list[tuple[int, int, int, int]]:
    """Horizontal runs of dark modules; equal runs in following rows are joined."""
    finished: list[tuple[int, int, int, int]] = []
    growing: dict[tuple[int, int], int] = {}
    for y, row in enumerate([*modules, []]):
        runs = _runs(row)
        for run in growing.keys() - runs:
            top = growing.pop(run)
            finished.append((run[0], top, run[1], y - top))
        for run in runs:
            growing.setdefault(run, y)
    return sorted(finished, key=lambda rectangle: (rectangle[1], rectangle[0]))


def _runs(row: list[bool]) -> set[tuple[int, int]]:
    runs = set()
    start = None
    for x, dark in enumerate([*row, False]):
        if dark and start is None:
            start = x
        elif not dark and start is not None:
            runs.add((start, x - start))
            start = None
    return runs
