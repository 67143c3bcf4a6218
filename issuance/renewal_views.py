"""What the desk asks about an old card: may it be renewed, what does it say; and its end when the new one is there."""

import base64
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.utils.translation import gettext, gettext_lazy
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.credential.calendar import day_of, last_valid_month, monday_of
from cardservice.credential.codec import MAX_TEXT
from cardservice.credential.numbers import INDEX_BITS, Mistyped, parse_card_number
from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields
from issuance import desk, renewal
from issuance.models import Card
from issuance.orders import Order
from issuance.renewal import CannotRenew, NoRenewal, OldCard
from privacy.actions import Action

_WORDS = {
    NoRenewal.UNREADABLE: (
        gettext_lazy("This is not the code of a card"),
        gettext_lazy("Scan the code on the old card once more, the larger one on its back first."),
    ),
    NoRenewal.OTHER_CITY: (
        gettext_lazy("This card is of another city"),
        gettext_lazy("It cannot be renewed here: issue a new card with evidence."),
    ),
    NoRenewal.FORGED: (
        gettext_lazy("This city did not issue this card"),
        gettext_lazy("It is forged or altered: do not rely on it. A new card needs evidence, as for everybody."),
    ),
    NoRenewal.TOO_OLD: (
        gettext_lazy("This card expired more than six months ago"),
        gettext_lazy("Issue a new card with evidence."),
    ),
    NoRenewal.BLOCKED: (
        gettext_lazy("This card is blocked"),
        gettext_lazy("Was it found again? Reinstate it with its slip first. Else issue a new card with evidence."),
    ),
    NoRenewal.UNCONFIRMED: (
        gettext_lazy("The print of this card was never confirmed"),
        gettext_lazy("Confirm or correct it on the page that made it, or issue a new card with evidence."),
    ),
    NoRenewal.SEVERAL_CARDS: (
        gettext_lazy("These codes are of several cards"),
        gettext_lazy("Begin anew and scan the codes of one card."),
    ),
    NoRenewal.OTHER_KIND: (
        gettext_lazy("The old card is of another kind"),
        gettext_lazy("Renew it as the kind it is."),
    ),
    NoRenewal.INCOMPLETE: (
        gettext_lazy("Not all codes of the old card were scanned"),
        gettext_lazy("Scan the code of every sector, so that each provider knows the holder again."),
    ),
}
_FORM = {"renews": Field(list, most=renewal.MOST_CODES)}


class RenewalView(APIView):
    """POST /cards/renewal: what the old card says, when it may be renewed; nothing is changed."""

    roles = ("clerk", "supervisor")

    def post(self, request: Request) -> Response:
        texts = _texts(fields(request.data, _FORM)["renews"])
        try:
            old = renewal.read_old_card(texts, issuer=settings.ISSUER, now=desk.now())
            renewal.refuse_blocked(old)
        except CannotRenew as refused:
            raise _cannot(refused) from None
        except DatabaseError:
            raise desk.register_unavailable() from None
        return Response(_said(old))


def renewed(shown: list[Any], *, order: Order) -> OldCard:
    """The old card that `order` renews. Raises Problem."""
    try:
        return renewal.card_to_renew(_texts(shown), order=order, issuer=settings.ISSUER, now=desk.now())
    except CannotRenew as refused:
        raise _cannot(refused) from None


def acknowledged(request: Request, *, seed: bytes, old_number: str) -> Card | None:
    """The new card after its print was confirmed, the old one revoked with it. Raises Problem."""
    try:
        list_number, index = parse_card_number(old_number)
    except Mistyped:
        raise Problem(
            status=400,
            code="invalid_fields",
            title=gettext("Some fields of the request are not right"),
            errors={"renews": gettext("is mistyped: the check symbol does not fit")},
        ) from None
    log = desk.log_of(request, Action.REVOKE, "renewed")
    return renewal.acknowledge(
        seed=seed,
        old=list_number << INDEX_BITS | index,
        before_revoking=lambda entry_id: log(entry_id, day_of(monday_of(desk.now()))),
    )


def _texts(shown: list[Any]) -> list[str]:
    if not all(type(text) is str and len(text) <= MAX_TEXT for text in shown):
        raise _cannot(CannotRenew(NoRenewal.UNREADABLE))
    return shown


def _cannot(refused: CannotRenew) -> Problem:
    title, detail = _WORDS[refused.why]
    return Problem(status=409, code=f"renewal_{refused.why}", title=str(title), detail=str(detail))


def _said(old: OldCard) -> dict[str, Any]:
    """What the page shows and fills in: from the signed content of the card, not from the register."""
    said: dict[str, Any] = {
        "card_number": desk.number_of(old.card),
        "profile": old.profile.code,
        "name": old.faces[0].name,
        "expires": last_valid_month(old.faces[0].exp),
        "expired": old.faces[0].exp <= desk.now(),
        "codes": len(old.profile.credentials),
        "scanned": len(old.sectors),
    }
    for face in old.faces:
        if face.born is not None:
            said["born"] = f"{face.born[:4]}-{face.born[4:6]}-{face.born[6:]}"
        if face.photo is not None:
            said["photo"] = base64.b64encode(face.photo).decode()
    return said
