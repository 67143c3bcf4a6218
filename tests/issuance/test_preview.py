"""Seeing a card before it is made: the same dots as the print, a QR that says nothing, and nothing written."""

import base64
from io import BytesIO
from typing import Any

import pytest
import zxingcpp
from PIL import Image, ImageChops, ImageDraw

from cardservice.credential.codec import open_text
from cardservice.credential.reasons import CredentialError, Reason
from issuance.render.raster import as_printed, drawn
from tests.issuance.desk_browser import Browser, order_body
from tests.issuance.test_card_views import _problem

pytestmark = pytest.mark.django_db(databases=["staff", "issuance"])


def _preview(desk_browser: Browser, **changed: Any) -> Any:
    return desk_browser.post("/cards/preview", order_body(**{"issue_seed": None} | changed))


def _pictures(answer: Any) -> list[Image.Image]:
    return [Image.open(BytesIO(base64.b64decode(face["picture"]))).convert("RGB") for face in answer.json()["faces"]]


def _beside_the_code(seen: Image.Image, printed: Image.Image) -> tuple[int, int]:
    """Width and height, in dots, of what differs when the QR is left out of the comparison."""
    different = ImageChops.difference(seen, printed).convert("L")
    place = zxingcpp.read_barcodes(printed)[0].position
    ImageDraw.Draw(different).rectangle(
        (place.top_left.x - 8, place.top_left.y - 8, place.bottom_right.x + 8, place.bottom_right.y + 8), fill=0
    )
    left, top, right, bottom = different.getbbox() or (0, 0, 0, 0)
    return right - left, bottom - top


def test_it_shows_every_dot_of_the_print_but_number_and_code(desk_browser: Browser) -> None:
    card = desk_browser.issue()
    printed = [picture.convert("RGB") for picture in drawn(base64.b64decode(card["card_pdf"]), as_printed)]

    answer = _preview(desk_browser)

    assert answer.status_code == 200
    assert answer.json()["expires"] == card["expires"]
    assert [face["name"] for face in answer.json()["faces"]] == ["compact", "portrait"]
    for seen, true in zip(_pictures(answer), printed, strict=True):
        width, height = _beside_the_code(seen, true)
        assert width <= 300 and height <= 40, "the number alone differs"
    other = _pictures(_preview(desk_browser, name="Somebody Else"))
    assert _beside_the_code(other[0], printed[0])[1] > 40, "another name would be seen"


def test_its_code_is_refused_everywhere_and_names_nobody(desk_browser: Browser) -> None:
    for picture in _pictures(_preview(desk_browser)):
        text = zxingcpp.read_barcodes(picture)[0].text
        assert text.startswith("DRAFT ")
        with pytest.raises(CredentialError) as refused:
            open_text(text)
        assert refused.value.reason is Reason.MALFORMED


def test_nothing_is_written_signed_or_recorded(desk_browser: Browser) -> None:
    before, asked = desk_browser.state(), len(desk_browser.signer.asked)
    assert _preview(desk_browser).status_code == 200
    assert (desk_browser.state(), len(desk_browser.signer.asked)) == (before, asked)


def test_of_the_sectors_fronts_one_is_shown(desk_browser: Browser) -> None:
    answer = _preview(desk_browser, profile="sectors", photo_qr=None)
    assert [(face["name"], face["sector"]) for face in answer.json()["faces"]] == [("compact", "health")]


def test_what_issuing_would_refuse_is_refused_here_beside_its_field(desk_browser: Browser) -> None:
    wrong = {"policy_version": 9, "name": "Ama\u202era", "born": "2999-01-01", "photo_print": "aGVsbG8="}
    for name, value in wrong.items():
        problem = _problem(_preview(desk_browser, **{name: value}), 400, "invalid_fields")
        assert set(problem["errors"]) == {name}
        assert str(value) not in str(problem)
    _problem(_preview(desk_browser, issue_seed="c4" * 32), 400, "invalid_fields")
