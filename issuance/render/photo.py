"""Checks, shrinks and re-encodes photos in memory: the tiny grey one for the QR, the clear one for the print."""

from enum import StrEnum
from io import BytesIO
from typing import Literal

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps, UnidentifiedImageError

from issuance.render.pdf import Jpeg

QR_MAX_BYTES = 400
QR_TARGET_BYTES = 340
QR_MAX_SIDE = 128
QR_SIZE = (64, 80)
PRINT_MAX_BYTES = 3_000_000
PRINT_MAX_PIXELS = 16_000_000
PRINT_MIN_SIDE = 80
PRINT_SIZE = (320, 400)
"""A photo of 20 x 25 mm has 236 x 295 dots at 300 dpi: more pixels than these are lost on the card."""
_GREY_TOLERANCE = 6
"""Largest difference between colour channels that rounding in a decoder can make of a grey picture."""


class PhotoProblem(StrEnum):
    """Why a photo is refused."""

    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    NOT_SIMPLE = "not_simple"
    NOT_GREY = "not_grey"
    BAD_DIMENSIONS = "bad_dimensions"
    ANIMATED = "animated"
    UNDECODABLE = "undecodable"
    INCOMPRESSIBLE = "incompressible"


class PhotoError(ValueError):
    """The photo is refused; `code` says why. Never holds any of its bytes."""

    def __init__(self, code: PhotoProblem) -> None:
        super().__init__(code.value)
        self.code = code


def check_photo_qr(data: bytes) -> bytes:
    """The photo of a portrait face, unchanged: a grey WebP of one VP8 or VP8L chunk and nothing else.

    Raises PhotoError: over 400 bytes, over 128 pixels a side, colours, alpha, animation, metadata, trailing bytes.
    """
    if len(data) > QR_MAX_BYTES:
        raise PhotoError(PhotoProblem.TOO_LARGE)
    if len(data) < 20 or data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise PhotoError(PhotoProblem.UNSUPPORTED)
    chunk = int.from_bytes(data[16:20], "little")
    padded = chunk + chunk % 2
    whole = int.from_bytes(data[4:8], "little") + 8 == len(data) == 20 + padded
    if data[12:16] not in (b"VP8 ", b"VP8L") or not whole or any(data[20 + chunk :]):
        raise PhotoError(PhotoProblem.NOT_SIMPLE)
    image = _opened(data, ("WEBP",), QR_MAX_SIDE * QR_MAX_SIDE, unknown=PhotoProblem.UNDECODABLE)
    if max(image.size) > QR_MAX_SIDE:
        raise PhotoError(PhotoProblem.BAD_DIMENSIONS)
    if image.mode != "RGB" or _colourful(_decoded(image)):
        raise PhotoError(PhotoProblem.NOT_GREY)
    return data


def check_photo_print(data: bytes) -> bytes:
    """The photo for the print: cropped to 4:5, 320 x 400 pixels, a JPEG made new, so nothing but pixels survives.

    Takes JPEG, PNG or WebP of at most 3 MB and 16 million pixels. Raises PhotoError.
    """
    if len(data) > PRINT_MAX_BYTES:
        raise PhotoError(PhotoProblem.TOO_LARGE)
    return _jpeg(_portrait(_source(data), PRINT_SIZE))


def compress_photo(image_bytes: bytes) -> tuple[bytes, bytes]:
    """From one picture the two a desk sends: (grey 64 x 80 WebP of at most 340 bytes, JPEG for the print).

    Raises PhotoError, with the code `incompressible` when no quality gives 340 bytes.
    """
    if len(image_bytes) > PRINT_MAX_BYTES:
        raise PhotoError(PhotoProblem.TOO_LARGE)
    source = _source(image_bytes)
    return _smallest_webp(source), _jpeg(_portrait(source, PRINT_SIZE))


def embedded(data: bytes) -> Jpeg:
    """A JPEG that `check_photo_print` returned, as the PDF writer takes it."""
    image = _opened(data, ("JPEG",), PRINT_MAX_PIXELS)
    return Jpeg(data=data, width=image.width, height=image.height, components=len(image.getbands()))


def _opened(
    data: bytes,
    formats: tuple[Literal["WEBP", "JPEG", "PNG"], ...],
    max_pixels: int,
    *,
    unknown: PhotoProblem = PhotoProblem.UNSUPPORTED,
) -> Image.Image:
    """Reads the header only: sizes are judged before any pixel is unpacked."""
    try:
        image = Image.open(BytesIO(data), formats=formats)
    except UnidentifiedImageError:
        raise PhotoError(unknown) from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PhotoError(PhotoProblem.BAD_DIMENSIONS) from None
    except Exception:  # Pillow's parsers raise many kinds on hostile bytes; all of them mean one thing here.
        raise PhotoError(PhotoProblem.UNDECODABLE) from None
    if image.width * image.height > max_pixels:
        raise PhotoError(PhotoProblem.BAD_DIMENSIONS)
    if getattr(image, "n_frames", 1) > 1:
        raise PhotoError(PhotoProblem.ANIMATED)
    return image


def _decoded(image: Image.Image) -> Image.Image:
    try:
        image.load()
    except Exception:  # as above
        raise PhotoError(PhotoProblem.UNDECODABLE) from None
    return image


def _source(data: bytes) -> Image.Image:
    image = _opened(data, ("JPEG", "PNG", "WEBP"), PRINT_MAX_PIXELS)
    if min(image.size) < PRINT_MIN_SIDE:
        raise PhotoError(PhotoProblem.BAD_DIMENSIONS)
    # A camera's 12 megapixels need not all be unpacked: JPEG decodes at an eighth to a half for nothing.
    image.draft("RGB", (2 * PRINT_SIZE[0], 2 * PRINT_SIZE[1]))
    _decoded(image)
    try:
        image = ImageOps.exif_transpose(image)
    except Exception:  # as above: orientation is read from metadata that anyone may have written
        raise PhotoError(PhotoProblem.UNDECODABLE) from None
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image.convert("RGBA"))
    return image.convert("RGB")


def _portrait(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Cut to the shape of `size`: the middle of the width, a little above the middle of the height, where faces are."""
    return ImageOps.fit(image, size, Image.Resampling.LANCZOS, centering=(0.5, 0.4))


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=88)
    return out.getvalue()


def _smallest_webp(source: Image.Image) -> bytes:
    grey = _face_contrast(_portrait(source, QR_SIZE).convert("L"))
    for softness in (0.0, 0.6, 1.0, 1.6):
        picture = grey.filter(ImageFilter.GaussianBlur(softness)) if softness else grey
        best = _best_quality(picture)
        if best is not None:
            return best
    raise PhotoError(PhotoProblem.INCOMPRESSIBLE)


def _face_contrast(grey: Image.Image) -> Image.Image:
    """Spreads the greys that a face has, dark or light, over the whole scale: a bright wall must not use it up."""
    face = Image.new("L", grey.size, 0)
    width, height = grey.size
    ImageDraw.Draw(face).ellipse((width * 0.27, height * 0.2, width * 0.73, height * 0.68), fill=255)
    counts = grey.histogram(face)
    dark, light = _level(counts, 0.02), _level(counts, 0.96)
    # Not more than fourfold: noise and the shadows of a flat face must not become features.
    spread = max(light - dark, 64)
    middle = (dark + light) / 2
    return grey.point([round(min(255, max(0, (level - middle) / spread * 255 + 128))) for level in range(256)])


def _level(counts: list[int], share: float) -> int:
    """The grey below which this share of the counted pixels lies."""
    wanted, seen = share * sum(counts), 0
    for level, count in enumerate(counts):
        seen += count
        if seen >= wanted:
            return level
    return 255


def _best_quality(picture: Image.Image) -> bytes | None:
    best = None
    low, high = 1, 90
    while low <= high:
        quality = (low + high) // 2
        out = BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if len(out.getvalue()) <= QR_TARGET_BYTES:
            best, low = out.getvalue(), quality + 1
        else:
            high = quality - 1
    return best


def _colourful(image: Image.Image) -> bool:
    red, green, blue = image.split()
    pairs = ((red, green), (green, blue), (blue, red))
    return any(any(ImageChops.difference(one, other).histogram()[_GREY_TOLERANCE + 1 :]) for one, other in pairs)
