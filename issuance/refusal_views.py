"""Desk addresses of a refused card: the letter that the resident takes along, and a supervisor who sets it aside."""

import base64
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.credential.calendar import day_of, monday_of
from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields
from issuance import desk
from issuance.refusals import RefusalReason
from issuance.render.letter import letter_pdf
from issuance.render.texts import languages
from privacy.actions import Action

ENTRY_BYTES = 16
_ENTRY = {"entry_id": Field(str, most=2 * ENTRY_BYTES), "reason": Field(str, most=20)}
REFUSAL_FORM = _ENTRY | {"language": Field(str, most=10)}
OVERRIDE_FORM = _ENTRY | {"second_person": Field(dict)}


class RefusalsView(APIView):
    """POST /refusals: count one refusal, answer with its letter. The same `entry_id` again is the same refusal."""

    roles = ("clerk", "supervisor")

    def post(self, request: Request) -> Response:
        values = fields(request.data, REFUSAL_FORM)
        entry_id, reason = _checked(values)
        theme = desk.issuing_office().printer.theme
        letter = letter_pdf(reason=reason, language=values["language"], theme=theme)
        desk.log_of(request, Action.REFUSE, reason)(entry_id, day_of(monday_of(desk.now())))
        return Response({"letter_pdf": base64.b64encode(letter).decode()}, status=201)


class OverrideView(APIView):
    """POST /refusals/override: a supervisor who is another person sets a refusal aside, and it is their action."""

    roles = ("clerk", "supervisor")

    def post(self, request: Request) -> Response:
        values = fields(request.data, OVERRIDE_FORM)
        entry_id, reason = _checked(values)
        typed = fields(values["second_person"], desk.SECOND_PERSON_FORM)
        person = import_string(settings.SECOND_PERSON)(**typed, not_account=request.user)
        log = desk.log_of(request, Action.OVERRIDE, reason, by=person)
        log(entry_id, day_of(monday_of(desk.now())))
        return Response({"reason": reason})


def _checked(values: dict[str, Any]) -> tuple[bytes, RefusalReason]:
    """Entry id and reason; the language, when there is one, is known. Raises Problem 400 `invalid_fields`."""
    errors = {}
    try:
        entry_id = bytes.fromhex(values["entry_id"])
    except ValueError:
        entry_id = b""
    if len(entry_id) != ENTRY_BYTES:
        errors["entry_id"] = gettext("must be %(count)s hexadecimal digits") % {"count": 2 * ENTRY_BYTES}
    if values["reason"] not in list(RefusalReason):
        errors["reason"] = gettext("must be one of: %(choices)s") % {"choices": ", ".join(RefusalReason)}
    if values.get("language", languages()[0]) not in languages():
        errors["language"] = gettext("must be one of: %(choices)s") % {"choices": ", ".join(languages())}
    if errors:
        raise Problem(
            status=400, code="invalid_fields", title=gettext("Some fields of the request are not right"), errors=errors
        )
    return entry_id, RefusalReason(values["reason"])
