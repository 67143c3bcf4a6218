"""POST /api/v1/pairings: a scanner gives its code and gets, this once, what it needs to work without network."""

import base64
import time
from typing import Any

from django.utils.translation import gettext
from rest_framework.response import Response

from cardservice.credential import cbor, keys
from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields
from verification.gateview import GateView, snapshot_or_503
from verification.pairing import CodeRefused, redeem

FORM = {"code": Field(str, most=40)}


class Pairings(GateView):
    """POST a code. The answer holds the provider key: a second POST with the same code gets nothing."""

    def post(self, request: Any) -> Response:
        """201 with the terms of a scanner; 403 for every code that cannot be used."""
        now = int(time.time())
        snapshot = snapshot_or_503()
        code = fields(request.data, FORM)["code"]
        try:
            terms = redeem(code=code, now=now)
        except CodeRefused:
            raise _refused() from None
        if not terms.active(now):
            raise _refused()
        told = {
            "provider_id": terms.provider_id,
            "provider": terms.provider,
            "sector": terms.sector,
            "fields": list(terms.fields),
            "face": terms.face,
            "ends": terms.ends.isoformat(),
            "provider_key": _base64url(terms.provider_key),
            "issuer": snapshot.trust.issuer,
            "realm": snapshot.trust.realm,
            "root_key": _base64url(cbor.dumps(keys.to_cose_key(snapshot.trust.followed_by or snapshot.root))),
        }
        return Response(told, status=201)


def _refused() -> Problem:
    return Problem(
        status=403,
        code="pairing_refused",
        title=gettext("No scanner can be paired with this code"),
        detail=gettext(
            "It is mistyped, used or older than a quarter of an hour. Ask the city's coordinator for a new one."
        ),
    )


def _base64url(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
