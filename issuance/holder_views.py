"""The holder's addresses: block a lost card, what is held about a card, the leaflet of rights, the start page."""

import time
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext
from rest_framework.request import Request
from rest_framework.response import Response

from cardservice.credential.numbers import INDEX_BITS, Mistyped, card_number, parse_card_number, parse_slip_code
from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields
from issuance import holder
from issuance.holder import Held
from issuance.holder_edge import (
    HolderView,
    is_form,
    page,
    problem_page,
    seconds_to_wait,
    too_many,
    unavailable,
    wait_until_even,
)
from issuance.render.texts import texts

BLOCK_FORM = {"slip_code": Field(str, most=40)}
HELD_FORM = {"card_number": Field(str, most=20)}
BLOCKS_A_MINUTE = 600
LOOKS_A_MINUTE = 120
"""Fewer than blocks: nobody should be able to walk through all numbers of a list."""

EVEN_SECONDS = 0.2
"""Every answer to POST /block takes a whole number of these: far longer than the row that is written takes."""


class StartView(HolderView):
    """GET the start page: where to go from here."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return page(request, "start")


class LeafletView(HolderView):
    """GET the leaflet of rights, in the words that the desk shows and prints."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return page(request, "leaflet", leaflet=texts(get_language() or settings.LANGUAGE_CODE))


class BlockView(HolderView):
    """GET the page on which a slip's code is typed; POST the code. The answer is the same whatever the code was."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return page(request, "block")

    def post(self, request: Request) -> HttpResponse | Response:
        started = time.monotonic()
        problem: Problem | None = None
        try:
            code = _sent(request, "slip_code", BLOCK_FORM)
        except Mistyped:
            return page(request, "block", status=400, mistyped=True)
        if seconds := seconds_to_wait("block", most=BLOCKS_A_MINUTE):
            problem = too_many(seconds)
        else:
            try:
                holder.block_by_slip(holder.digest_of(code))
            except DatabaseError:
                problem = unavailable()
            wait_until_even(started, step=EVEN_SECONDS)
        if is_form(request):
            return problem_page(request, problem) if problem else page(request, "blocked")
        if problem:
            raise problem
        return Response(
            {
                "title": gettext("If this code belongs to a card, that card is now blocked."),
                "online": gettext("Whoever checks with network sees it within five minutes."),
                "offline": gettext("Whoever checks without network sees it with the next list that is fetched."),
                "detail": gettext("The answer is the same for every code. Compare yours with the slip."),
            }
        )


class HeldView(HolderView):
    """GET the page that reads a card in the browser; POST its number: what the register holds of it, in words."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return page(request, "held", decoder=True)

    def post(self, request: Request) -> HttpResponse | Response:
        try:
            list_number, index = parse_card_number(_sent(request, "card_number", HELD_FORM))
        except Mistyped:
            if is_form(request):
                return page(request, "held", status=400, decoder=True, mistyped=True)
            raise _mistyped("card_number") from None
        try:
            if seconds := seconds_to_wait("held", most=LOOKS_A_MINUTE):
                raise too_many(seconds)
            found = holder.held(list_number << INDEX_BITS | index)
        except DatabaseError:
            return self._said(request, unavailable())
        except Problem as problem:
            return self._said(request, problem)
        number = card_number(list_number=list_number, index=index)
        rows = [] if found is None else in_words(found)
        if is_form(request):
            return page(request, "held_answer", number=number, rows=rows)
        return Response(
            {
                "card_number": number,
                "held": None if found is None else _as_json(found),
                "words": [f"{label}: {value}" for label, value in rows],
            }
        )

    def _said(self, request: Request, problem: Problem) -> HttpResponse:
        if is_form(request):
            return problem_page(request, problem)
        raise problem


def in_words(found: Held) -> list[tuple[str, str]]:
    """Label and value of everything that is held, in the language of the page."""
    last_day = found.expires - timedelta(days=1)
    return [
        (gettext("Made in the week of"), date_format(found.week, "DATE_FORMAT")),
        (gettext("Valid through"), date_format(last_day, "YEAR_MONTH_FORMAT")),
        (gettext("State"), gettext("blocked") if found.blocked else gettext("not blocked")),
        (gettext("Signed with the city's key"), found.key),
        (gettext("Random numbers it has in the public list"), str(found.credentials)),
    ]


def _as_json(found: Held) -> dict[str, str | int]:
    return {
        "week": found.week.isoformat(),
        "expires": found.expires.isoformat(),
        "state": "blocked" if found.blocked else "not blocked",
        "key": found.key,
        "credentials": found.credentials,
    }


def _sent(request: Request, name: str, form: dict[str, Field]) -> str:
    """The one field of a request. Raises Problem for a broken JSON body, Mistyped for a form that cannot be right.

    A form is typed by a person, who is told of a slip of the finger before the register is asked. A program gets the
    one answer for every code.
    """
    if not is_form(request):
        return str(fields(request.data, form)[name])
    try:
        typed = str(fields(request.data, form)[name])
    except Problem:
        raise Mistyped from None
    if name == "slip_code":
        parse_slip_code(typed)
    return typed


def _mistyped(field: str) -> Problem:
    return Problem(
        status=400,
        code="invalid_fields",
        title=gettext("Some fields of the request are not right"),
        errors={field: gettext("is mistyped: the check symbol does not fit")},
    )
