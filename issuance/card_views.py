"""Desk addresses that make cards: the page itself, POST /cards, POST /cards/ack."""

import base64
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.credential.derive import SEED_BYTES
from cardservice.credential.profiles import PROFILES
from cardservice.languages import OWN_NAMES, SOURCE
from cardservice.web.headers import policy_with_decoder
from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields
from issuance import blocking, desk, renewal, renewal_views
from issuance.allocation import RegisterFull
from issuance.cards import CardGone, Issued, SeedUsed, acknowledge
from issuance.correction import CannotCorrect, card_to_correct
from issuance.evidence import in_force
from issuance.keys import NoActiveKey
from issuance.models import Card
from issuance.orders import Order, OrderRefused, check_order
from issuance.printing import CannotPrint, ReadBackFailed
from issuance.register import RowChanged
from issuance.render.texts import languages, texts
from issuance.signer.client import SignerRefused, SignerUnavailable
from privacy.actions import Action

MAX_PHOTO_TEXT = 1_900_000
DESK_ROLES = ("clerk", "supervisor")
ISSUE_FORM = {
    "issue_seed": Field(str, most=2 * SEED_BYTES),
    "profile": Field(str, most=20),
    "policy_version": Field(int),
    "name": Field(str, most=400),
    "born": Field(str, required=False, most=10),
    "photo_qr": Field(str, required=False, most=800),
    "photo_print": Field(str, required=False, most=MAX_PHOTO_TEXT),
    "language": Field(str, most=10),
    "large_print": Field(bool, required=False),
    "corrects": Field(str, required=False, most=40),
    "renews": Field(list, required=False, most=renewal.MOST_CODES),
}
ACK_FORM = {"issue_seed": Field(str, most=2 * SEED_BYTES), "renews": Field(str, required=False, most=20)}


class CardsView(APIView):
    """POST /cards: issue one card.

    `corrects`, the slip code of a card just made: this one replaces it. `renews`, the QR texts of an old card: this one
    takes its links over.
    """

    roles = DESK_ROLES

    def post(self, request: Request) -> Response:
        card = issued(request, fields(request.data, ISSUE_FORM))
        return Response(_body(card), status=201 if card.created else 200)


class AcknowledgeView(APIView):
    """POST /cards/ack: the card was printed well; with `renews`, the number of the old card, that one is revoked."""

    roles = DESK_ROLES

    def post(self, request: Request) -> Response:
        values = fields(request.data, ACK_FORM)
        try:
            seed = bytes.fromhex(values["issue_seed"])
        except ValueError:
            seed = b""
        try:
            card = _acknowledged(request, seed, values["renews"]) if len(seed) == SEED_BYTES else None
        except DatabaseError:
            raise desk.register_unavailable() from None
        if card is None:
            raise Problem(status=404, code="no_such_card", title=gettext("No card was issued from this page"))
        return Response({"card_number": desk.number_of(card), "state": card.state})


def issued(request: Request, values: dict[str, Any]) -> Issued:
    """The card that these values of ISSUE_FORM order; the same values again give the same card. Raises Problem."""
    slip_code = values.pop("corrects")
    shown = values.pop("renews")
    order = order_of(values)
    log = desk.log_of(request, Action.ISSUE, _purpose(slip_code, shown))
    try:
        wrong = None if slip_code is None else card_to_correct(slip_code=slip_code, order=order, now=desk.now())
        secrets = None if shown is None else renewal_views.renewed(shown, order=order).secrets_of(order)
        card = desk.issuing_office().issue(order, now=desk.now(), log=log, secrets=secrets)
        if wrong is not None:
            # The new card first: whatever fails here, the same request again revokes the wrong one.
            blocking.revoke(wrong, before_change=desk.correction_of(request))
    except (CannotCorrect, blocking.Unknown):
        raise Problem(
            status=409,
            code="cannot_correct",
            title=gettext("The card that was made cannot be corrected any more"),
            detail=gettext("Clear all, revoke it by its slip and issue a new one."),
        ) from None
    except CannotPrint as refused:
        raise invalid({refused.field: refused.text}) from None
    except SeedUsed:
        raise Problem(
            status=409,
            code="seed_used",
            title=gettext("This page already issued a card with other data"),
            detail=gettext("Start with the next resident, or correct the card from the page that made it."),
        ) from None
    except CardGone:
        raise Problem(
            status=410,
            code="card_gone",
            title=gettext("This card is blocked and is not made again"),
            detail=gettext("Start anew to issue another card."),
        ) from None
    except (NoActiveKey, RegisterFull, RowChanged, SignerUnavailable, SignerRefused, ReadBackFailed) as error:
        raise _unavailable(error) from None
    except DatabaseError:
        raise desk.register_unavailable() from None
    return card


def desk_page(request: HttpRequest) -> HttpResponse:
    """GET /: the page at which a clerk works."""
    if request.user.role not in DESK_ROLES:
        raise PermissionDenied
    desk.warm_up()
    policy = in_force()
    context = {
        "policy": policy,
        "accepted": [(entry, entry.labels[get_language() or SOURCE]) for entry in policy.evidence],
        "profiles": list(PROFILES.values()),
        "languages": [(code, OWN_NAMES[code]) for code in languages()],
        "leaflets": [texts(code) for code in languages()],
        "realm": settings.REALM,
        "city_name": settings.CITY_NAME,
        "account": request.user,
    }
    response = render(request, "issuance/desk.html", context)
    response.headers["Content-Security-Policy"] = policy_with_decoder(nonce=request.csp_nonce)  # type: ignore[attr-defined]
    return response


def _purpose(corrects: str | None, renews: list[Any] | None) -> str:
    if corrects is not None:
        return "corrected"
    return "new_card" if renews is None else "renewed"


def _acknowledged(request: Request, seed: bytes, renews: str | None) -> Card | None:
    if renews is None:
        return acknowledge(seed=seed)
    return renewal_views.acknowledged(request, seed=seed, old_number=renews)


def order_of(values: dict[str, Any]) -> Order:
    """The order that these values of ISSUE_FORM make. Raises Problem 400 `invalid_fields`."""
    photos = {name: _base64(values[name], name) for name in ("photo_qr", "photo_print")}
    try:
        return check_order(**(values | photos), today=desk.today())
    except OrderRefused as refused:
        raise invalid(refused.errors) from None


def _base64(text: str | None, name: str) -> bytes | None:
    if text is None:
        return None
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # binascii.Error, or a letter beyond ASCII
        raise invalid({name: gettext("is not base64")}) from None


def invalid(errors: dict[str, str]) -> Problem:
    """400: what is wrong, by field."""
    return Problem(
        status=400, code="invalid_fields", title=gettext("Some fields of the request are not right"), errors=errors
    )


def _unavailable(error: Exception) -> Problem:
    """503 for everything that the clerk can only wait for; nothing is lost, the same request may be sent again."""
    codes: dict[type, tuple[str, str]] = {
        NoActiveKey: ("no_key", gettext("No signing key is left: the operator must hold a root ceremony")),
        RegisterFull: ("register_full", gettext("The register is full")),
        RowChanged: ("row_changed", gettext("Another request for this card is at work")),
        SignerUnavailable: ("signer_unavailable", gettext("The signer does not answer")),
        ReadBackFailed: (
            "unreadable_print",
            gettext("The rendered card could not be read back, so it was not handed out"),
        ),
    }
    devices = {
        "key_device_away": gettext("The device that holds the signing keys does not answer: tell the operator"),
        "key_device_pin": gettext("The device that holds the signing keys refused its PIN: tell the operator"),
    }
    if isinstance(error, SignerRefused):
        code, title = f"signer_{error.code}", devices.get(error.code, gettext("The signer refused to sign"))
    else:
        code, title = codes[type(error)]
    return Problem(
        status=503, code=code, title=title, detail=gettext("Try again from this page: it will be the same card.")
    )


def _body(issued: Issued) -> dict[str, Any]:
    return {
        "card_number": issued.card_number,
        "slip_code": issued.slip_code,
        "expires": issued.expires,
        "faces": [asdict(face) for face in issued.faces],
        "card_pdf": base64.b64encode(issued.prints.card_pdf).decode(),
        "paper_pdf": base64.b64encode(issued.prints.paper_pdf).decode(),
    }
