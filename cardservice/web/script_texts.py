"""Template tag `script_texts`: hands the texts of a page's scripts over in the page's language, as JSON in the page."""

from functools import cache

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation.trans_real import DjangoTranslation

register = template.Library()


@register.simple_tag
def script_texts() -> SafeString:
    """The element that `city/gettext.js` reads: English text to the text in the page's language."""
    return json_script(_texts(get_language() or ""), "script-texts")


@cache
def _texts(language: str) -> dict[str, str]:
    """The catalogue of domain djangojs of all apps of this process; empty in English, which the scripts hold."""
    catalogue = DjangoTranslation(language, domain="djangojs")
    # The empty key holds the catalogue's header; a tuple is one of several plural forms, which scripts do not use.
    return {key: text for key, text in catalogue._catalog.items() if key and isinstance(key, str)}  # type: ignore[attr-defined]
