"""Photos: each refusal has its code; what passes holds nothing but a picture."""

import struct
import zlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageStat

from cardservice.cli.portrait import draw_portrait
from issuance.render.photo import (
    PRINT_MAX_BYTES,
    QR_TARGET_BYTES,
    PhotoError,
    PhotoProblem,
    check_photo_print,
    check_photo_qr,
    compress_photo,
    embedded,
)


def _saved(image: Image.Image, kind: str, **options) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def _grey(width: int = 64, height: int = 80) -> Image.Image:
    return Image.linear_gradient("L").resize((width, height))


def _colour(width: int = 64, height: int = 80) -> Image.Image:
    return Image.merge(
        "RGB", (_grey(width, height), Image.new("L", (width, height), 60), Image.new("L", (width, height), 9))
    )


SIMPLE = _saved(_grey(), "WEBP", quality=20)
LOSSLESS = _saved(Image.new("L", (64, 80), 90), "WEBP", lossless=True)
PORTRAIT = draw_portrait(3)


def _metadata() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = "a note"
    return _saved(_grey(), "WEBP", quality=10, exif=exif)


def _riff(data: bytes) -> bytes:
    return data[:4] + struct.pack("<I", len(data) - 8) + data[8:]


@pytest.mark.parametrize("data", [SIMPLE, LOSSLESS])
def test_a_simple_grey_webp_passes_unchanged(data):
    assert check_photo_qr(data) == data


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(SIMPLE + b"\0" * 400, PhotoProblem.TOO_LARGE, id="over 400 bytes"),
        pytest.param(b"", PhotoProblem.UNSUPPORTED, id="empty"),
        pytest.param(_saved(Image.new("L", (8, 8)), "JPEG")[:400], PhotoProblem.UNSUPPORTED, id="JPEG"),
        pytest.param(_metadata(), PhotoProblem.NOT_SIMPLE, id="VP8X with metadata"),
        pytest.param(
            _saved(_grey(), "WEBP", save_all=True, append_images=[_grey().rotate(90)], quality=1)[:400],
            PhotoProblem.NOT_SIMPLE,
            id="animation",
        ),
        pytest.param(SIMPLE + b"tail", PhotoProblem.NOT_SIMPLE, id="trailing bytes"),
        pytest.param(_riff(SIMPLE + b"EXIF\4\0\0\0note"), PhotoProblem.NOT_SIMPLE, id="second chunk"),
        pytest.param(SIMPLE[:-2], PhotoProblem.NOT_SIMPLE, id="cut short"),
        pytest.param(_riff(SIMPLE[:-4]), PhotoProblem.NOT_SIMPLE, id="chunk longer than the file"),
        pytest.param(_saved(_grey(129, 40), "WEBP", quality=1), PhotoProblem.BAD_DIMENSIONS, id="129 pixels wide"),
        pytest.param(_saved(_colour(), "WEBP", quality=5), PhotoProblem.NOT_GREY, id="colour"),
        pytest.param(
            _saved(Image.new("RGBA", (64, 80), (90, 90, 90, 40)), "WEBP", lossless=True),
            PhotoProblem.NOT_GREY,
            id="alpha",
        ),
        pytest.param(SIMPLE[:23] + b"\0\0\0" + SIMPLE[26:], PhotoProblem.UNDECODABLE, id="no start code"),
        pytest.param(SIMPLE[:21] + b"\xff\xff" + SIMPLE[23:], PhotoProblem.UNDECODABLE, id="partition too long"),
    ],
)
def test_a_photo_for_the_qr_is_refused_with_its_code(data, code):
    with pytest.raises(PhotoError) as refusal:
        check_photo_qr(data)
    assert refusal.value.code is code


def test_the_hidden_byte_after_an_odd_chunk_must_be_zero():
    candidates = (_saved(_grey(side, 3), "WEBP", lossless=True) for side in range(3, 60))
    odd = next(data for data in candidates if int.from_bytes(data[16:20], "little") % 2)
    check_photo_qr(odd)
    with pytest.raises(PhotoError) as refusal:
        check_photo_qr(odd[:-1] + b"\1")
    assert refusal.value.code is PhotoProblem.NOT_SIMPLE


def _bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(bytes(PRINT_MAX_BYTES + 1), PhotoProblem.TOO_LARGE, id="over 3 MB"),
        pytest.param(_saved(_grey(), "GIF"), PhotoProblem.UNSUPPORTED, id="GIF"),
        pytest.param(b"no picture", PhotoProblem.UNSUPPORTED, id="no picture"),
        pytest.param(_bomb(), PhotoProblem.BAD_DIMENSIONS, id="bomb of 900 million pixels"),
        pytest.param(_saved(_grey(5000, 3201), "JPEG"), PhotoProblem.BAD_DIMENSIONS, id="just over 16 million pixels"),
        pytest.param(_saved(_grey(79, 400), "PNG"), PhotoProblem.BAD_DIMENSIONS, id="too small"),
        pytest.param(PORTRAIT[: len(PORTRAIT) // 3], PhotoProblem.UNDECODABLE, id="cut short"),
        pytest.param(
            _saved(_grey(), "WEBP", save_all=True, append_images=[_grey().rotate(90)]), PhotoProblem.ANIMATED, id="film"
        ),
    ],
)
def test_a_photo_for_the_print_is_refused_with_its_code(data, code):
    with pytest.raises(PhotoError) as refusal:
        check_photo_print(data)
    assert refusal.value.code is code


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_for_the_print_comes_back_small_and_without_metadata(kind):
    exif = Image.Exif()
    exif[0x010E] = "where and when"
    printed = check_photo_print(_saved(_colour(900, 700), kind, exif=exif))
    image = Image.open(BytesIO(printed))
    assert (image.format, image.size, dict(image.getexif())) == ("JPEG", (320, 400), {})
    assert b"where and when" not in printed
    assert (embedded(printed).width, embedded(printed).components) == (320, 3)


def test_a_photo_taken_with_the_camera_on_its_side_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    upright = check_photo_print(_saved(_grey(400, 500), "JPEG"))
    turned = check_photo_print(_saved(_grey(400, 500).transpose(Image.Transpose.ROTATE_90), "JPEG", exif=exif))
    top = (0, 0, 320, 40)
    assert Image.open(BytesIO(turned)).crop(top).getpixel((160, 20))[0] < 40
    assert Image.open(BytesIO(upright)).crop(top).getpixel((160, 20))[0] < 40


@pytest.mark.parametrize("seed", range(6))
def test_one_picture_gives_both_photos_and_both_pass_their_checks(seed):
    small, clear = compress_photo(draw_portrait(seed))
    assert len(small) <= QR_TARGET_BYTES
    assert check_photo_qr(small) == small
    assert Image.open(BytesIO(small)).size == (64, 80)
    assert Image.open(BytesIO(check_photo_print(clear))).size == (320, 400)


@pytest.mark.parametrize("seed", range(12))
def test_a_face_keeps_its_features_in_the_small_photo_whatever_its_colour(seed):
    small, _ = compress_photo(draw_portrait(seed))
    face = Image.open(BytesIO(small)).convert("L").crop((22, 28, 42, 54))
    assert ImageStat.Stat(face).stddev[0] > 38


def test_noise_that_no_quality_makes_small_is_softened_until_it_fits():
    noise = Image.effect_noise((640, 800), 120)
    assert len(compress_photo(_saved(noise, "PNG"))[0]) <= QR_TARGET_BYTES


@given(position=st.integers(0, len(SIMPLE) - 1), value=st.integers(0, 255))
def test_a_damaged_small_photo_raises_nothing_but_its_own_error(position, value):
    try:
        check_photo_qr(SIMPLE[:position] + bytes([value]) + SIMPLE[position + 1 :])
    except PhotoError as refusal:
        assert refusal.code in PhotoProblem


@given(data=st.binary(max_size=200), head=st.sampled_from([0, 8, 40, 200, 700]))
def test_hostile_bytes_for_the_print_raise_nothing_but_their_own_error(data, head):
    with pytest.raises(PhotoError):
        check_photo_print(PORTRAIT[:head] + data)
