"""Rendering touches no file: everything from bytes to bytes, in memory."""

import builtins
import io
import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from issuance.render.fonts import unprintable, warm
from issuance.render.paper import PrintedPaper, paper_pdf
from issuance.render.photo import check_photo_print, compress_photo
from issuance.render.readback import read_back
from issuance.render.theme import default_theme
from tests.issuance.render.specimens import NUMBER, card

_opened: list[str] = []
_watching = False


def _watch(event: str, arguments: tuple) -> None:
    if _watching and event in ("open", "tempfile.mkstemp", "tempfile.mkdtemp", "os.mkdir", "socket.connect"):
        _opened.append(f"{event} {arguments[0]}")


sys.addaudithook(_watch)


def _everything() -> None:
    source = BytesIO()
    Image.radial_gradient("L").resize((480, 600)).save(source, "PNG")
    _, photo = compress_photo(source.getvalue())
    for name in ("Amina Example", "أمينة المثال", "አሚና ምሳሌ", "Амина Пример", "Αμίνα Παράδειγμα", "अमीना"):
        assert not unprintable(name)
        assert read_back(card(name, photo=check_photo_print(photo)))
    paper = PrintedPaper(slip_code="7K2M", slip_url="https://a.example/#7K2M", card_number=NUMBER)
    assert read_back(paper_pdf(paper=paper, theme=default_theme()))


@pytest.fixture
def warmed():
    """Fonts, theme, texts and Pillow's plug-ins are read once per process; what follows must not read again."""
    warm()
    _everything()


def test_no_file_is_opened_by_any_way(warmed, monkeypatch):
    def refuse(*_arguments, **_named):
        raise AssertionError("a file was opened")

    for module, name in (
        (builtins, "open"),
        (io, "open"),
        (os, "open"),
        (Path, "open"),
        (tempfile, "mkstemp"),
        (tempfile, "mkdtemp"),
        (tempfile, "TemporaryFile"),
        (tempfile, "NamedTemporaryFile"),
        (tempfile, "SpooledTemporaryFile"),
    ):
        monkeypatch.setattr(module, name, refuse)
    _everything()


def test_the_interpreter_itself_sees_no_file_opened(warmed):
    global _watching
    _opened.clear()
    _watching = True
    try:
        _everything()
        seen = list(_opened)
        tempfile.TemporaryFile().close()
    finally:
        _watching = False
    assert seen == []
    assert len(_opened) > 0, "the planted temporary file was not seen: this test sees nothing"
