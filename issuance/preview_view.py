"""Desk address that shows a card before it is made: POST /cards/preview."""

import base64
import secrets

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.credential.derive import SEED_BYTES
from cardservice.web.strict_json import fields
from issuance import desk
from issuance.card_views import DESK_ROLES, ISSUE_FORM, invalid, order_of
from issuance.preview import preview
from issuance.printing import CannotPrint

PREVIEW_FORM = {name: form for name, form in ISSUE_FORM.items() if name not in ("issue_seed", "corrects", "renews")}


class PreviewView(APIView):
    """POST /cards/preview: the order of POST /cards without its seed; 200 {expires, faces: [{name, sector, picture}]}.

    Pictures are PNGs in base64. Nothing is written, nothing is signed, and what would be refused is refused here too.
    """

    roles = DESK_ROLES

    def post(self, request: Request) -> Response:
        values = fields(request.data, PREVIEW_FORM)
        order = order_of(values | {"issue_seed": secrets.token_hex(SEED_BYTES)})
        try:
            expires, faces = preview(order, office=desk.issuing_office(), now=desk.now())
        except CannotPrint as refused:
            raise invalid({refused.field: refused.text}) from None
        seen = [
            {"name": face.name, "sector": face.sector, "picture": base64.b64encode(face.picture).decode()}
            for face in faces
        ]
        return Response({"expires": expires, "faces": seen})
