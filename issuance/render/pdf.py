"""Writes PDF bytes: pages of vector paths and images, the same bytes for the same input, no clock, no metadata."""

import zlib
from dataclasses import dataclass, field
from functools import lru_cache

POINTS_PER_MM = 72 / 25.4
DOT = 25.4 / 300
"""Millimetres of one dot of a card printer (300 per inch); the grid starts at the page's upper left corner."""

Colour = tuple[float, ...]
"""One component: DeviceGray (0 is the pure black of the resin panel); three: DeviceRGB; each 0 to 1."""

BLACK: Colour = (0.0,)
WHITE: Colour = (1.0,)
_CIRCLE = 0.5523
_OWN_LEVEL = 3
"""Three times as fast as zlib's usual 6, for a fifth more bytes."""


def number(value: float) -> str:
    """A PDF real without needless digits; four decimals are a tenth of a micrometre on a page in millimetres."""
    text = f"{value:.4f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def numbers(*values: float) -> str:
    """Several reals, separated by spaces."""
    return " ".join(map(number, values))


def filling(colour: Colour) -> str:
    """The operator that sets the fill colour."""
    return f"{numbers(*colour)} {'g' if len(colour) == 1 else 'rg'}"


def stroking(colour: Colour) -> str:
    """The operator that sets the line colour."""
    return f"{numbers(*colour)} {'G' if len(colour) == 1 else 'RG'}"


@dataclass(frozen=True)
class Jpeg:
    """A JPEG as it goes into the file: its bytes, pixels and colour components (1 or 3)."""

    data: bytes
    width: int
    height: int
    components: int


@dataclass
class Canvas:
    """One page being drawn: millimetres from the upper left corner, y downwards."""

    operators: list[str] = field(default_factory=list)
    images: list[Jpeg] = field(default_factory=list)

    def raw(self, operators: str) -> None:
        """Adds operators that someone else has written in this page's millimetres."""
        self.operators.append(operators)

    def rectangle(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """A filled rectangle."""
        self.raw(f"{filling(colour)} {numbers(x, y, width, height)} re f")

    def rounded(self, x: float, y: float, width: float, height: float, radius: float, colour: Colour) -> None:
        """A filled rectangle with rounded corners."""
        self.raw(f"{filling(colour)} {rounded_path(x, y, width, height, radius)} f")

    def frame(
        self, x: float, y: float, width: float, height: float, radius: float, *, line: float, colour: Colour
    ) -> None:
        """The outline of a rectangle with rounded corners; the line's middle runs on the rectangle."""
        self.raw(f"q {stroking(colour)} {number(line)} w {rounded_path(x, y, width, height, radius)} S Q")

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        width: float,
        colour: Colour,
        dash: tuple[float, ...] = (),
    ) -> None:
        """A line, dashed when `dash` gives lengths in millimetres."""
        self.raw(
            f"q {stroking(colour)} {number(width)} w [{numbers(*dash)}] 0 d {numbers(*start)} m {numbers(*end)} l S Q"
        )

    def dots(self, x: int, y: int, rectangles: list[tuple[int, int, int, int]], dot: int) -> None:
        """Pure black rectangles on the printer's grid: corner and sizes are whole dots of 1/300 inch.

        One path for all: neighbours then meet without a hairline between them.
        """
        path = "\n".join(f"{a * dot} {b * dot} {c * dot} {d * dot} re" for a, b, c, d in rectangles)
        self.raw(f"q 0 g {DOT:.10f} 0 0 {DOT:.10f} {x * DOT:.8f} {y * DOT:.8f} cm\n{path}\nf Q")

    def jpeg(self, image: Jpeg, x: float, y: float, width: float, height: float, radius: float = 0) -> None:
        """A JPEG stretched over the rectangle, with rounded corners when `radius` is given."""
        self.images.append(image)
        clip = f"{rounded_path(x, y, width, height, radius)} W n " if radius else ""
        name = f"/I{len(self.images)}"
        self.raw(f"q {clip}{numbers(width, 0, 0, -height, x, y + height)} cm {name} Do Q")

    def content(self) -> str:
        """The operators so far, as one stream."""
        return "\n".join(self.operators)


def rounded_path(x: float, y: float, width: float, height: float, radius: float) -> str:
    """The outline of a rectangle with rounded corners."""
    right, bottom, arm = x + width, y + height, radius * (1 - _CIRCLE)
    return " ".join(
        (
            f"{numbers(x + radius, y)} m {numbers(right - radius, y)} l",
            f"{numbers(right - arm, y, right, y + arm, right, y + radius)} c",
            f"{numbers(right, bottom - radius)} l",
            f"{numbers(right, bottom - arm, right - arm, bottom, right - radius, bottom)} c",
            f"{numbers(x + radius, bottom)} l",
            f"{numbers(x + arm, bottom, x, bottom - arm, x, bottom - radius)} c",
            f"{numbers(x, y + radius)} l",
            f"{numbers(x, y + arm, x + arm, y, x + radius, y)} c h",
        )
    )


@dataclass(frozen=True)
class Page:
    """A finished page: streams are drawn in order; those that are the same for everyone are compressed once."""

    width: float
    height: float
    fixed: str
    own: str
    images: tuple[Jpeg, ...] = ()


def document(pages: list[Page]) -> bytes:
    """The PDF (1.4) of these pages; sizes in millimetres."""
    objects: list[bytes] = []

    def add(body: bytes) -> int:
        objects.append(body)
        return len(objects)

    def stream(entries: str, data: bytes) -> int:
        return add(f"<<{entries}/Length {len(data)}>>stream\n".encode() + data + b"\nendstream")

    catalogue = add(b"<</Type/Catalog/Pages 2 0 R>>")
    tree = add(b"")
    kids = []
    for page in pages:
        box = numbers(0, 0, page.width * POINTS_PER_MM, page.height * POINTS_PER_MM)
        scale = f"{POINTS_PER_MM:.8f}"
        place = f"{scale} 0 0 -{scale} 0 {page.height * POINTS_PER_MM:.8f} cm\n"
        contents = [
            stream("/Filter/FlateDecode", _compressed_fixed(place + page.fixed)),
            stream("/Filter/FlateDecode", zlib.compress(page.own.encode("ascii"), _OWN_LEVEL)),
        ]
        names = "".join(
            f"/I{position} {stream(_jpeg_entries(image), image.data)} 0 R"
            for position, image in enumerate(page.images, 1)
        )
        streams = " ".join(f"{content} 0 R" for content in contents)
        kids.append(
            add(
                f"<</Type/Page/Parent {tree} 0 R/MediaBox[{box}]"
                f"/Resources<</XObject<<{names}>>>>/Contents[{streams}]>>".encode()
            )
        )
    references = " ".join(f"{kid} 0 R" for kid in kids)
    objects[tree - 1] = f"<</Type/Pages/Count {len(kids)}/Kids[{references}]>>".encode()
    return _file(objects, catalogue)


def _file(objects: list[bytes], catalogue: int) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for position, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{position} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += "".join(f"{offset:010d} 00000 n \n" for offset in offsets).encode()
    out += f"trailer\n<</Size {len(objects) + 1}/Root {catalogue} 0 R>>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)


def _jpeg_entries(image: Jpeg) -> str:
    space = "/DeviceGray" if image.components == 1 else "/DeviceRGB"
    return (
        f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}"
        f"/ColorSpace{space}/BitsPerComponent 8/Filter/DCTDecode"
    )


@lru_cache(maxsize=64)
def _compressed_fixed(operators: str) -> bytes:
    """Only ever called with operators that hold no person's data, so keeping them is harmless."""
    return zlib.compress(operators.encode("ascii"), 9)
