"""The page where a list of people becomes cards, and ten of its cards at a time as files for the printers."""

import base64
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.web.strict_json import Field, fields
from issuance import desk
from issuance.card_views import DESK_ROLES, ISSUE_FORM, invalid, issued
from issuance.orders import POLICY_VERSION
from issuance.render.imposition import A_SHEET, joined, on_sheets

SHEET_FORM = {"orders": Field(list, most=A_SHEET)}
ORDER_FORM = {name: field for name, field in ISSUE_FORM.items() if name not in ("corrects", "renews")}


def batch_page(request: HttpRequest) -> HttpResponse:
    """GET /batch: the page that issues a list; the list never leaves it but as one order after the other."""
    if request.user.role not in DESK_ROLES:
        raise PermissionDenied
    desk.warm_up()
    context = {
        "realm": settings.REALM,
        "city_name": settings.CITY_NAME,
        "account": request.user,
        "policy_version": POLICY_VERSION,
    }
    return render(request, "issuance/batch.html", context)


class SheetView(APIView):
    """POST /cards/sheet: up to ten orders that were issued, again, as files that hold all of their cards.

    Nothing is held between: each order is asked for once more, which gives the card that it gave before.
    """

    roles = DESK_ROLES

    def post(self, request: Request) -> Response:
        orders = fields(request.data, SHEET_FORM)["orders"]
        if not orders or not all(isinstance(order, dict) for order in orders):
            raise invalid({"orders": gettext("must be a list of orders")})
        prints = [issued(request, _order(order)).prints for order in orders]
        cards = [one.card_pdf for one in prints]
        papers = joined([one.paper_pdf for one in prints])
        files = {"card_pdf": joined(cards), "sheet_pdf": on_sheets(cards), "paper_pdf": papers}
        return Response({name: base64.b64encode(octets).decode() for name, octets in files.items()})


def _order(order: dict[str, Any]) -> dict[str, Any]:
    return fields(order, ORDER_FORM) | {"corrects": None, "renews": None}
