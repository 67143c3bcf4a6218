"""QR symbols: pinned versions and the rectangles that stand for the modules."""

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from issuance.render import qr
from tests.issuance.render.specimens import CAPACITY, base45


def _picture(symbol: qr.Symbol, dots: int = 5) -> Image.Image:
    side = symbol.size_with_quiet_zone * dots
    image = Image.new("L", (side, side), 255)
    for x, y, width, height in symbol.rectangles:
        left, top = (x + qr.QUIET_ZONE) * dots, (y + qr.QUIET_ZONE) * dots
        ImageDraw.Draw(image).rectangle((left, top, left + width * dots - 1, top + height * dots - 1), fill=0)
    return image


@pytest.mark.parametrize(
    ("length", "version"), [(1, 13), (CAPACITY[13], 13), (CAPACITY[13] + 1, 16), (CAPACITY[16] + 1, 20)]
)
def test_the_smallest_pinned_version_that_fits_is_taken(length, version):
    assert qr.pinned_version(base45(length)) == version
    assert qr.symbol(base45(length)).version == version


def test_a_text_beyond_the_largest_pinned_version_is_refused_without_naming_it():
    text = base45(CAPACITY[23] + 1)
    with pytest.raises(qr.TextTooLong) as refusal:
        qr.pinned_version(text, qr.PORTRAIT_VERSIONS)
    assert "version 23" in str(refusal.value)
    assert text not in str(refusal.value)


@pytest.mark.parametrize("version", sorted(CAPACITY))
@pytest.mark.parametrize("seed", range(3))
def test_the_rectangles_read_as_the_text_at_full_capacity(version, seed):
    text = base45(CAPACITY[version], seed)
    symbol = qr.symbol(text, (version,))
    found = zxingcpp.read_barcodes(_picture(symbol))
    assert [code.text for code in found] == [text]
    assert symbol.size == 17 + 4 * version


def test_the_symbol_says_error_correction_m_in_its_own_words():
    (found,) = zxingcpp.read_barcodes(_picture(qr.symbol(base45(450))))
    assert found.ec_level == "M"


def test_no_module_is_covered_twice():
    symbol = qr.symbol(base45(450))
    covered = [(x + a, y + b) for x, y, w, h in symbol.rectangles for a in range(w) for b in range(h)]
    assert len(covered) == len(set(covered))


def test_an_address_with_small_letters_is_read_back_unchanged():
    address = "https://cards.city.example/lost#7K2M-XQ4T-9RWD-H3PZ-5"
    (found,) = zxingcpp.read_barcodes(_picture(qr.symbol(address, qr.SLIP_VERSIONS)))
    assert found.text == address
