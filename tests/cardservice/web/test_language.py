"""A page's language: asked for in the address or by the browser, and remembered nowhere."""

import pytest
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test import RequestFactory
from django.utils.translation import get_language, get_language_bidi

from cardservice.languages import OF_STAFF, OWN_NAMES
from cardservice.web.language import PageLanguage, wanted


@pytest.mark.parametrize(
    ("address", "accepted", "expected"),
    [
        ("/", "", "en"),
        ("/", "nl-BE,nl;q=0.9,en;q=0.5", "nl"),
        ("/", "tr, fr;q=0.3, de;q=0.8", "de"),
        ("/", "zh", "en"),
        ("/?lang=ar", "nl", "ar"),
        ("/?lang=xx", "nl", "nl"),
        ("/?lang=../../etc", "nl;q=broken", "en"),
    ],
)
def test_the_address_wins_over_the_browser_and_english_is_left(address, accepted, expected):
    request = RequestFactory().get(address, HTTP_ACCEPT_LANGUAGE=accepted)
    assert wanted(request, tuple(OWN_NAMES)) == expected


def test_screens_of_staff_are_offered_in_whole_languages_only():
    assert wanted(RequestFactory().get("/?lang=ar", HTTP_ACCEPT_LANGUAGE="ar, nl;q=0.5"), OF_STAFF) == "nl"


def test_a_cookie_chooses_nothing_and_none_is_set():
    request = RequestFactory().get("/")
    request.COOKIES["django_language"] = "nl"
    response = PageLanguage(lambda _: HttpResponse(get_language()))(request)
    assert response.content == b"en"
    assert not response.cookies


def test_a_page_says_its_language_and_the_next_request_starts_anew(settings):
    settings.PAGE_LANGUAGES = tuple(OWN_NAMES)

    def page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(f"{get_language()} {get_language_bidi()}")

    arabic = PageLanguage(page)(RequestFactory().get("/?lang=ar"))
    assert (arabic.content, arabic["Content-Language"], arabic["Vary"]) == (b"ar True", "ar", "Accept-Language")
    assert PageLanguage(page)(RequestFactory().get("/")).content == b"en False"


def test_documents_that_are_the_same_for_everybody_have_no_language():
    response = PageLanguage(lambda _: JsonResponse({}))(RequestFactory().get("/", HTTP_ACCEPT_LANGUAGE="nl"))
    assert "Vary" not in response.headers and "Content-Language" not in response.headers
