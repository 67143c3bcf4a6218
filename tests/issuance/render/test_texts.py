"""The fixed words: every language has the same keys and says what the rights leaflet must say."""

import copy
import tomllib
from pathlib import Path

import pytest
from django.template.loader import render_to_string

from cardservice.languages import OWN_NAMES
from issuance.render import texts as module
from issuance.render.fonts import unprintable
from issuance.render.texts import TextsError, languages, parse_texts, texts

ENGLISH = tomllib.loads((Path(module.__file__).with_name("languages") / "en.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", languages())
def test_every_language_is_whole_and_can_be_printed(language):
    words = texts(language)
    everything = [*words.card.values(), *words.sectors.values(), *words.slip.values(), *words.steps, words.title]
    everything += [part for section in words.sections for part in (section.heading, *section.lines)]
    assert all(part.strip() for part in everything)
    assert not unprintable("".join(everything))
    english = [len(section["lines"]) for section in ENGLISH["leaflet"]["sections"]]
    assert [len(section.lines) for section in words.sections] == english
    assert len(words.steps) == len(ENGLISH["slip"]["steps"])


def test_residents_find_their_language_first_in_its_own_name():
    assert languages() == ("nl", "en", "fr", "es", "de", "ar") == tuple(OWN_NAMES)


def test_no_language_is_a_copy_of_another():
    everything = [
        line for code in languages() for section in texts(code).sections for line in (section.heading, *section.lines)
    ]
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize("language", languages())
def test_the_addresses_to_block_a_card_stand_in_every_language(language):
    words = texts(language)
    assert "{lost}" in words.steps[0]
    assert "{lost}" in words.card["lost"] and "{telephone}" in words.card["lost"]


@pytest.mark.parametrize("language", languages())
def test_the_leaflet_is_a_part_of_a_page_in_its_language_and_direction(language):
    page = render_to_string("issuance/leaflet.html", {"leaflet": texts(language), "hidden": language != "en"})
    direction = "rtl" if language == "ar" else "ltr"
    assert f'lang="{language}" dir="{direction}" data-leaflet="{language}"' in page
    assert page.count("<li>") == sum(len(section.lines) for section in texts(language).sections)
    assert (" hidden>" in page) == (language != "en")


def test_the_english_leaflet_says_the_six_things():
    headings = [section.heading for section in texts("en").sections]
    assert headings == [
        "The city keeps nothing about you",
        "What the card is not",
        "What staff may not ask",
        "If you lose the card, or the card and the slip",
        "Your rights: the card is enough",
        "If you are refused a card",
    ]


@pytest.mark.parametrize("part", ["card", "sectors", "slip", "leaflet"])
def test_a_missing_or_unknown_key_is_refused(part):
    missing, unknown = copy.deepcopy(ENGLISH), copy.deepcopy(ENGLISH)
    missing[part].popitem()
    unknown[part]["surprise"] = "x"
    for content in (missing, unknown):
        with pytest.raises(TextsError):
            parse_texts("en", content)


OTHER_WORDS = {
    "de": ("Karte der Stadt", "schalter", "Wiederherstellung", "Beleg"),
    "es": ("tarjeta ciudadana", "oficina de tarjetas", "reclamar", "comprobante"),
    "fr": ("carte de la ville", "guichet des cartes", "talon", "contester", "raison"),
}
"""Words that once stood beside those of the leaflet for card, desk, slip, reason and appeal."""


@pytest.mark.parametrize("language", OTHER_WORDS)
def test_leaflet_letter_and_pages_have_one_word_for_each_thing(language):
    render = Path(module.__file__).parent
    files = [render / folder / f"{language}.toml" for folder in ("languages", "letters")]
    files += [
        render.parents[1] / app / "locale" / language / "LC_MESSAGES" / f"{domain}.po"
        for app, domain in (("issuance", "django"), ("verification", "django"), ("verification", "djangojs"))
    ]
    said = {file: _said(file.read_text(encoding="utf-8")) for file in files}
    assert all(said.values())
    found = [f"{file.name}: {word}" for file, text in said.items() for word in OTHER_WORDS[language] if word in text]
    assert found == []


def _said(text: str) -> str:
    """What a file says, without the sentences that it translates."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(("msgid", "#")))
