"""Desk addresses that change a card's state: suspend, reinstate, revoke."""

from collections.abc import Callable
from typing import ClassVar

from django.db import DatabaseError
from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.credential.codec import MAX_TEXT
from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields
from issuance import blocking, desk
from issuance.blocking import Mistyped, Purpose
from issuance.models import Card
from privacy.actions import Action

_FINDERS = {"card_number": blocking.by_number, "slip_code": blocking.by_slip, "qr": blocking.by_qr}
_LENGTHS = {"card_number": 20, "slip_code": 40, "qr": MAX_TEXT}


class _StateView(APIView):
    """Reads a change of state; `shown` names what may prove the card, `all_shown` whether one is not enough."""

    roles = ("clerk", "supervisor")
    action: ClassVar[Action]
    shown: ClassVar[tuple[str, ...]]
    all_shown: ClassVar[bool] = False

    def post(self, request: Request) -> Response:
        form = {name: Field(str, required=self.all_shown, most=_LENGTHS[name]) for name in self.shown}
        form |= {"purpose": Field(str, most=20), "second_person": Field(dict, required=False)}
        values = fields(request.data, form)
        if values["purpose"] not in list(Purpose):
            raise _wrong(
                400,
                "invalid_fields",
                {"purpose": gettext("must be one of: %(choices)s") % {"choices": ", ".join(Purpose)}},
            )
        given = [name for name in self.shown if values[name] is not None]
        if not self.all_shown and len(given) != 1:
            raise _wrong(400, "invalid_fields", dict.fromkeys(self.shown, gettext("give exactly one of these")))
        second = None if values["second_person"] is None else fields(values["second_person"], desk.SECOND_PERSON_FORM)
        before_change = desk.change_of(request, self.action, values["purpose"], second_person=second)
        try:
            card = self._changed([_found(name, values[name]) for name in given], before_change)
        except DatabaseError:
            raise desk.register_unavailable() from None
        return Response({"card_number": desk.number_of(card), "state": card.state})

    def _changed(self, cards: list[Card], before_change: Callable[[], None]) -> Card:
        try:
            if self.action is Action.SUSPEND:
                return blocking.suspend(cards[0], before_change=before_change)
            if self.action is Action.REVOKE:
                return blocking.revoke(cards[0], before_change=before_change)
            return blocking.reinstate(cards[0], slip_card=cards[1], before_change=before_change)
        except blocking.Unknown as unknown:
            raise _wrong(404, "no_such_card", {unknown.field: gettext("belongs to another card")}) from None
        except blocking.Final:
            raise Problem(
                status=409,
                code="card_revoked",
                title=gettext("This card is revoked, which is final"),
                detail=gettext("Issue a new one."),
            ) from None


class SuspendView(_StateView):
    """POST /cards/suspend: the number alone is enough to suspend, and only to suspend."""

    action, shown = Action.SUSPEND, ("card_number", "slip_code", "qr")


class ReinstateView(_StateView):
    """POST /cards/reinstate: needs the card and its slip."""

    action, shown, all_shown = Action.REINSTATE, ("qr", "slip_code"), True


class RevokeView(_StateView):
    """POST /cards/revoke: final; needs the card or its slip."""

    action, shown = Action.REVOKE, ("qr", "slip_code")


def _found(name: str, value: str) -> Card:
    try:
        return _FINDERS[name](value)
    except Mistyped:
        raise _wrong(400, "invalid_fields", {name: gettext("is mistyped: the check symbol does not fit")}) from None
    except blocking.Unknown as unknown:
        raise _wrong(404, "no_such_card", {unknown.field: gettext("belongs to no card of this city")}) from None


def _wrong(status: int, code: str, errors: dict[str, str]) -> Problem:
    title = gettext("Some fields of the request are not right") if status == 400 else gettext("There is no such card")
    return Problem(status=status, code=code, title=title, errors=errors)
