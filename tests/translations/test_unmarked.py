"""No text for people is written past the translators."""

import pytest

from tests.translations.catalogues import APPS, ROOT, sources
from tests.translations.unmarked import in_rules, in_script, in_template

TEMPLATES = [path for app in APPS for path in sources(app, "django") if path.suffix == ".html"]
SCRIPTS = [path for app in APPS for path in sources(app, "djangojs")]
RULES = [
    path
    for app in APPS
    for path in sources(app, "django")
    # Words of the command line are English, like their help.
    if path.suffix == ".py" and not {"cli", "bench", "management"} & set(path.parts)
]


def _name(path):
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", TEMPLATES, ids=_name)
def test_a_template_hands_every_text_to_the_translators(path):
    assert in_template(path) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_a_script_hands_every_sentence_to_the_translators(path):
    assert in_script(path) == []


def test_problems_and_forms_hand_every_text_to_the_translators():
    assert {_name(path): found for path in RULES if (found := in_rules(path))} == {}


def test_texts_past_the_translators_are_seen(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<p title="Spoken">{% translate "Seen" %} Written {{ name }}</p><script>let unread</script>'
        "{% blocktranslate %}Whole{% endblocktranslate %}{# aside #}{% comment %}aside{% endcomment %}"
    )
    script = tmp_path / "script.js"
    script.write_text('say(gettext("It is done."), "Try again", `${n} is wrong.`, "issue-form", "POST");')
    rules = tmp_path / "rules.py"
    rules.write_text('Problem(title="Too late", detail=gettext("Go on"), code="late"); Problem(title=f"Only {n} left")')
    assert in_template(page) == ["Spoken", "Written"]
    assert in_script(script) == ["Try again"]
    assert in_rules(rules) == ["'Too late'", "f'Only {n} left'"]
