"""The fixed words: every language has the same keys and says what the rights leaflet must say."""

import copy
import tomllib
from pathlib import Path

import pytest

from issuance.render import texts as module
from issuance.render.fonts import unprintable
from issuance.render.texts import TextsError, languages, parse_texts, texts

ENGLISH = tomllib.loads((Path(module.__file__).with_name("languages") / "en.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", languages())
def test_every_language_is_whole_and_can_be_printed(language):
    words = texts(language)
    everything = [*words.card.values(), *words.slip.values(), *words.steps, words.title]
    everything += [part for section in words.sections for part in (section.heading, *section.lines)]
    assert all(part.strip() for part in everything)
    assert not unprintable("".join(everything))
    assert len(words.sections) == len(ENGLISH["leaflet"]["sections"])


def test_the_english_leaflet_says_the_four_things():
    headings = [section.heading for section in texts("en").sections]
    assert headings == [
        "The city keeps nothing about you",
        "What the card is not",
        "What staff may not ask",
        "If you lose the card, or the card and the slip",
    ]


@pytest.mark.parametrize("part", ["card", "slip", "leaflet"])
def test_a_missing_or_unknown_key_is_refused(part):
    missing, unknown = copy.deepcopy(ENGLISH), copy.deepcopy(ENGLISH)
    missing[part].popitem()
    unknown[part]["surprise"] = "x"
    for content in (missing, unknown):
        with pytest.raises(TextsError):
            parse_texts("en", content)
