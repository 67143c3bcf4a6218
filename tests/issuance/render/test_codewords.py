"""Codewords of QR symbols, against those that `qrcode` computes in another way."""

import random

import pytest
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import ALPHA_NUM, BIT_LIMIT_TABLE, MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData, create_data, length_in_bits

from issuance.render.codewords import codewords
from issuance.render.qr import COMPACT_VERSIONS, PORTRAIT_VERSIONS, SLIP_VERSIONS

VERSIONS = sorted({*COMPACT_VERSIONS, *PORTRAIT_VERSIONS, *SLIP_VERSIONS})


def _most(mode: int, version: int) -> int:
    """How many characters fit."""
    room = BIT_LIMIT_TABLE[ERROR_CORRECT_M][version] - 4 - length_in_bits(mode, version)
    return room * 2 // 11 if mode == MODE_ALPHA_NUM else room // 8


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("mode", [MODE_ALPHA_NUM, MODE_8BIT_BYTE])
def test_they_are_those_of_another_implementation(mode: int, version: int):
    chance = random.Random(version)
    letters = ALPHA_NUM.decode() if mode == MODE_ALPHA_NUM else "abcdefgh:/#é"
    most = _most(mode, version)
    # Full, with room for an end of less than four bits, nearly empty, and some between.
    for length in (most, most - 1, most - 2, 1, 2, most // 2, most // 3):
        text = "".join(chance.choice(letters) for _ in range(length))
        while len(text.encode()) > most:
            text = text[:-1]
        wanted = create_data(version, ERROR_CORRECT_M, [QRData(text.encode(), mode=mode, check_data=False)])
        assert codewords(text, mode=mode, version=version) == wanted
