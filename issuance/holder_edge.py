"""What every address of the holder shares: no login, small bodies as JSON or form, one count a minute, its pages."""

import math
import time
from typing import IO, Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.loader import render_to_string
from django.utils.translation import get_language, gettext
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.views import APIView

from cardservice.languages import OWN_NAMES, direction
from cardservice.web.headers import POLICY
from cardservice.web.negotiation import JsonWhateverAccepted, essence
from cardservice.web.pace import Pace
from cardservice.web.problems import Problem
from cardservice.web.strict_json import StrictJSONParser

MOST_BYTES = 4_096
"""Of a body: a slip code or a card number and what surrounds it."""

WITH_DECODER = "; ".join(
    f"{name} {value} 'wasm-unsafe-eval'" if name == "script-src" else f"{name} {value}"
    for name, value in POLICY.items()
)
"""The policy of the page that decodes QR codes; `wasm-unsafe-eval` lets no script text run."""

_FORM_TYPE = "application/x-www-form-urlencoded"
_pace = Pace()


class FormParser(BaseParser):
    """The body of a plain HTML form, for pages without JavaScript: each name once."""

    media_type = _FORM_TYPE

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> dict[str, str]:
        sent = QueryDict(stream.read(MOST_BYTES), encoding="utf-8")
        return {name: values[-1] for name, values in sent.lists()}


class HolderView(APIView):
    """A view for anybody: it knows nobody, sets no cookie and writes no line about a request."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    parser_classes = (StrictJSONParser, FormParser)
    content_negotiation_class = JsonWhateverAccepted

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuses a large body before anything reads it."""
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise Problem(
                status=413,
                code="body_too_large",
                title=gettext("The request is larger than 4 kB"),
                detail=gettext("Send the code or number alone."),
            )
        super().initial(request, *args, **kwargs)

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Which methods this address answers, and nothing else."""
        return HttpResponse(status=204, headers={"Allow": ", ".join(self.allowed_methods)})


def is_form(request: Request) -> bool:
    """Whether a page's form was sent, so that a person reads the answer."""
    return essence(request.content_type) == _FORM_TYPE


def seconds_to_wait(what: str, *, most: int) -> int:
    """0 and counted when one more request for `what` fits into this minute, otherwise the seconds to wait.

    One count for everybody: telling people apart would take their addresses into memory.
    """
    return _pace.wait(who=what, times=1, most=most, moment=time.monotonic())


def too_many(seconds: int) -> Problem:
    return Problem(
        status=429,
        code="too_many_requests",
        title=gettext("Too many people ask this at the moment"),
        detail=gettext("Nothing was done. Try again in a minute, or call the city."),
        headers={"Retry-After": str(seconds)},
    )


def unavailable() -> Problem:
    return Problem(
        status=503,
        code="database_unavailable",
        title=gettext("The city's register cannot be reached right now"),
        detail=gettext("Nothing was done. Try again in a minute, or call the city."),
        headers={"Retry-After": "60"},
    )


def wait_until_even(started: float, *, step: float) -> None:
    """Sleeps until a whole number of `step`s (seconds) after `started` (monotonic clock).

    What an answer took then says nothing about what was found.
    """
    passed = time.monotonic() - started
    time.sleep(math.ceil(passed / step) * step - passed)


def page(
    request: HttpRequest, template: str, *, status: int = 200, decoder: bool = False, **values: Any
) -> HttpResponse:
    """A page in the language of the request; `decoder` lets it read QR codes."""
    language = get_language() or settings.LANGUAGE_CODE
    content = render_to_string(
        f"holder/{template}.html",
        {
            "city_name": settings.CITY_NAME,
            "telephone": settings.CITY_TELEPHONE,
            "realm": settings.REALM,
            "language": language,
            "direction": direction(language),
            "languages": OWN_NAMES,
            "here": request.path,
            "csp_nonce": request.csp_nonce,  # type: ignore[attr-defined]
            **values,
        },
    )
    response = HttpResponse(content, status=status)
    if decoder:
        response.headers["Content-Security-Policy"] = WITH_DECODER.format(nonce=request.csp_nonce)  # type: ignore[attr-defined]
    return response


def problem_page(request: HttpRequest, problem: Problem, *, decoder: bool = False) -> HttpResponse:
    """The same problem as a page, for whoever sent a form."""
    response = page(request, "problem", status=problem.status_code, problem=problem.body, decoder=decoder)
    for name, value in problem.headers.items():
        response.headers[name] = value
    return response
