"""Chooses the language of a page: `?lang=` in its address, else what the browser prefers; nothing is remembered."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation.trans_real import parse_accept_lang_header


class PageLanguage:
    """Middleware under which pages and problems are in one of PAGE_LANGUAGES. It reads and sets no cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        language = wanted(request, settings.PAGE_LANGUAGES)
        with translation.override(language):
            response = self.get_response(request)
        # Signed documents are the same bytes for everybody: only pages have a language.
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response.headers.setdefault("Content-Language", language)
            patch_vary_headers(response, ("Accept-Language",))
        return response


def wanted(request: HttpRequest, offered: tuple[str, ...]) -> str:
    """The offered language that the request asks for first, else English."""
    if request.GET.get("lang") in offered:
        return str(request.GET["lang"])
    for accepted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        base = accepted.partition("-")[0]
        if base in offered:
            return base
    return str(settings.LANGUAGE_CODE)
