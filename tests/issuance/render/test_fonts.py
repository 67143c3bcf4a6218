"""Fonts: which characters can be printed, and that the files are the ones the README names."""

import hashlib
import re
from pathlib import Path

import pytest

from issuance.render import fonts

FOLDER = Path(fonts.__file__).with_name("fonts")


@pytest.mark.parametrize(
    "name",
    [
        "Amina Example", "Jean-Baptiste de la Très-Longue-Maison", "O’Neill", "Łukasz Ștefan Øyvind Þór",
        "Nguyễn Thị Ánh",
        "ọ̀ṣun Ẹ̀bùn", "Амина Қазақ", "Αμίνα Ἀχιλλεύς", "أمينة المثال", "آمنه نمونه\u200cای", "אמינה דוגמה", "አሚና ምሳሌ",
        "ամինա Օրինակ", "ამინა", "अमीना उदाहरण", "আমিনা", "அமினா", "อมินา",
    ],
)  # fmt: skip
def test_these_names_can_be_printed(name):
    assert fonts.unprintable(name) == ""


def test_it_names_each_character_without_a_glyph_once():
    assert fonts.unprintable("Li 李李 小") == "李小"


def test_a_mark_that_no_font_has_takes_its_letter_with_it():
    assert fonts.unprintable("Q\u0489") == "Q\u0489"


def test_the_fonts_are_those_the_readme_names():
    named = dict(
        re.findall(r"^\| `(\S+\.woff2)` \|.*\| `([0-9a-f]{64})` \|$", (FOLDER / "README.md").read_text(), re.M)
    )
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FOLDER.glob("*.woff2")}
    assert named == found


def test_every_font_file_is_used_for_some_script():
    families = {family for chosen in fonts._OF_SCRIPT.values() for family in chosen} | set(fonts._COMMON)
    assert {path.stem.rpartition("-")[0] for path in FOLDER.glob("*.woff2")} == families


def test_the_licence_stands_beside_them():
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FOLDER / "OFL.txt").read_text()
