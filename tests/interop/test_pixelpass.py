"""MOSIP's PixelPass for JavaScript reads the QR layer of our cards and we read its."""

import pytest

from cardservice.cli.portrait import draw_portrait
from cardservice.credential import base45, codec, cose, keys, tolerant
from cardservice.credential.claims import Claims
from issuance.render.photo import compress_photo
from tests.vectors import city

STORED = 0


def sealed(content: Claims) -> str:
    """The text that issuing makes."""
    payload = content.encode()
    protected = cose.protected_header(alg=keys.ES256, kid=city.kid("card"))
    signature = keys.sign(city.private_key("card"), cose.message_to_sign(protected=protected, payload=payload))
    return codec.seal(protected=protected, payload=payload, signature=signature)


def block_type(text: str) -> int:
    return base45.decode(text)[2] >> 1 & 3


def test_it_reads_all_our_faces_also_those_that_zlib_would_have_stored(pixelpass):
    photos = [compress_photo(draw_portrait(number))[0] for number in range(12)]
    faces = [city.claims("compact"), *(city.claims(f"face {n}", photo=photo) for n, photo in enumerate(photos))]
    as_zlib_has_it = [block_type(city.text(city.sign(face.encode()))) for face in faces]
    assert STORED in as_zlib_has_it, "no photo here tries what this test is about"
    for face, read in zip(faces, pixelpass({"read": [sealed(face) for face in faces]}), strict=True):
        assert read["tag"] == 18
        assert bytes(read["value"][2]["data"]) == face.encode()


def test_a_stored_block_is_still_what_it_cannot_read(pixelpass):
    assert pixelpass({"read": [city.text(city.sign(city.claims("stored").encode()), level=0)]}) == [None]


@pytest.mark.parametrize("tagged", [b"", b"\xd2", b"\xd8\x3d\xd2"], ids=["no tag", "tag 18", "tags 61 and 18"])
def test_we_read_what_it_writes(pixelpass, tagged):
    content = city.claims("theirs")
    (text,) = pixelpass({"write": [(tagged + city.sign(content.encode())[1:]).hex()]})
    read = tolerant.read(text)
    assert read.verified_by(city.public_key("card"))
    assert (read.issuer, read.identity[4]) == (content.issuer, content.name)
