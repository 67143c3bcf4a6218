"""Every text of the sources is in the catalogues, translated, with the same places to fill in."""

import re
from collections import Counter

import pytest
from babel.messages.catalog import Catalog

from tests.translations import catalogues as module
from tests.translations.catalogues import (
    all_catalogues,
    as_mo,
    as_po,
    catalogue_path,
    in_step,
    missing,
    required,
    stored,
    texts_in,
)

UPDATE = "run `.venv/bin/python -m tests.translations` and translate what it names"
_PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


@pytest.mark.parametrize(("app", "domain", "language"), all_catalogues())
def test_no_translation_is_missing(app, domain, language):
    assert len(missing(in_step(app, domain, language))) == 0, UPDATE


@pytest.mark.parametrize(("app", "domain", "language"), all_catalogues())
def test_the_stored_catalogues_are_in_step_with_the_sources(app, domain, language):
    wanted = in_step(app, domain, language)
    po, mo = (catalogue_path(app, domain, language, suffix) for suffix in ("po", "mo"))
    if len(wanted) == 0:
        assert not po.exists() and not mo.exists(), UPDATE
    else:
        assert po.read_bytes() == as_po(wanted), UPDATE
        assert mo.read_bytes() == as_mo(wanted), UPDATE


@pytest.mark.parametrize(("app", "domain", "language"), all_catalogues())
def test_translations_fill_in_the_same_values(app, domain, language):
    for message in stored(app, domain, language):
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            if message.id and text:
                assert Counter(_PLACE.findall(text)) in [Counter(_PLACE.findall(each)) for each in originals], text


def test_texts_of_every_kind_of_source_are_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<p title="{% translate "A title" %}">{% blocktranslate %}For {{ name }}{% endblocktranslate %}</p>'
        '{% include "field.html" with help=_("Six (6) digits") %}{% translate "May" context "month" %}'
        "{% blocktranslate count n=n %}One{% plural %}Many{% endblocktranslate %}"
    )
    rules = tmp_path / "rules.py"
    rules.write_text('def f():\n    return gettext("A rule") + gettext("in two " "parts") + pgettext("c", "it")\n')
    script = tmp_path / "script.js"
    script.write_text('say(gettext("It’s done: {n}", { n: 1 }), `${x} <p>`, /a"b/, gettext("Next"));\n')
    assert list(texts_in(page)) == [
        ("A title", None),
        ("For %(name)s", None),
        ("Six (6) digits", None),
        ("May", "month"),
        (("One", "Many"), None),
    ]
    assert list(texts_in(rules)) == [("A rule", None), ("in two parts", None), ("it", "c")]
    assert list(texts_in(script)) == [("It’s done: {n}", None), ("Next", None)]


def test_residents_texts_are_required_in_all_languages_and_those_of_staff_in_dutch(monkeypatch):
    monkeypatch.setattr(module, "FOR_RESIDENTS", ("app/templates/letter*.html",))
    catalog = Catalog(domain="django")
    catalog.add("Dear resident", locations=[("app/templates/letter.html", 0)])
    catalog.add("Sign in", locations=[("app/templates/sign_in.html", 0)])
    assert sorted(missing(required(catalog, "nl"))) == ["Dear resident", "Sign in"]
    assert missing(required(catalog, "ar")) == ["Dear resident"]


def test_a_doubtful_translation_counts_as_missing():
    catalog = Catalog(domain="django", locale="nl")
    catalog.add("Card", "Kaart")
    catalog.add("Slip", "Strook", flags=["fuzzy"])
    catalog.add(("One", "Many"), ("Een", ""))
    assert sorted(missing(catalog)) == ["('One', 'Many')", "Slip"]
