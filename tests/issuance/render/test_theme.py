"""The theme: read strictly, every mistake named."""

from pathlib import Path

import pytest

from issuance.render import theme as module
from issuance.render.theme import ThemeError, default_theme, parse_theme

TEXT = Path(module.__file__).with_name("theme.toml").read_text(encoding="utf-8")


def test_the_theme_of_the_city_is_read():
    theme = default_theme()
    assert theme.city == "City of Example"
    assert theme.colours.primary == pytest.approx((14 / 255, 74 / 255, 90 / 255), abs=0.001)
    assert len(theme.arms) >= 3


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('name = "City of Example"\n', "", "[city] needs exactly"),
        ('name = "City of Example"', 'name = ""', "[city] name"),
        ('name = "City of Example"', "name = 3", "[city] name"),
        ("[support]", "[suport]", "theme needs exactly"),
        ('primary = "#0e4a5a"', 'primary = "teal"', "#rrggbb"),
        ('primary = "#0e4a5a"', 'primary = "#0E4A5A"', "#rrggbb"),
        ('muted = "#4a6670"', 'muted = "#4a6670"\nloud = "#ff0000"', "[colours] needs exactly"),
        ("M 0 0 H 100", "M 0 H 100", "path"),
        ("M 0 0 H 100", "H 100", "path"),
        ("M 0 0 H 100", "M 0 0 Q 1 2 3 4 H 100", "path"),
        ("[city]", "[city", "not TOML"),
    ],
)
def test_a_mistake_is_refused_and_named(old, new, says):
    assert old in TEXT
    with pytest.raises(ThemeError) as refusal:
        parse_theme(TEXT.replace(old, new, 1))
    assert says in str(refusal.value)


def _luminance(colour: tuple[float, ...]) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_words_stand_out_from_what_they_are_printed_on():
    colours = default_theme().colours
    white, black = (1.0, 1.0, 1.0), (0.0, 0.0, 0.0)
    assert _contrast(white, colours.primary) >= 7
    for ground in (colours.paper, colours.pattern, colours.shore):
        assert _contrast(black, ground) >= 7
        assert _contrast(colours.muted, ground) >= 4
