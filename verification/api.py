"""The JSON API of providers: judge one card or many, and say what a key may see."""

import time
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from rest_framework.response import Response

from cardservice.credential.codec import MAX_TEXT
from cardservice.web.problems import Problem
from cardservice.web.strict_json import MAX_BODY, Field, fields
from verification.agreements import Terms
from verification.disclosure import answer
from verification.gate import Snapshot
from verification.gateview import GateView, authorization, keep_pace, snapshot_or_503, terms_of
from verification.verifier import verify

_FORM = {"qr": Field(str, most=MAX_BODY)}
MOST_AT_ONCE = 100
BATCH_FORM = {"qrs": Field(list, most=MOST_AT_ONCE)}


class Verifications(GateView):
    """POST a QR text, get the verdict. Nothing of it is kept anywhere."""

    def post(self, request: Any) -> Response:
        """200 for every judged card, whatever the verdict."""
        now = int(time.time())
        snapshot = snapshot_or_503()
        terms = terms_of(authorization(request), snapshot=snapshot, now=now)
        keep_pace(terms, checks=1)
        return Response(judged(checked_text(request.data), terms=terms, snapshot=snapshot, now=now))


class VerificationBatch(GateView):
    """POST up to a hundred QR texts, get as many verdicts in the same order, all by the same documents."""

    def post(self, request: Any) -> Response:
        """200 with one answer for each text."""
        now = int(time.time())
        snapshot = snapshot_or_503()
        terms = terms_of(authorization(request), snapshot=snapshot, now=now)
        texts = fields(request.data, BATCH_FORM)["qrs"]
        if not all(type(text) is str for text in texts):
            raise Problem(
                status=400,
                code="invalid_fields",
                title=gettext("Some fields of the request are not right"),
                errors={"qrs": "must be a JSON array of strings"},
            )
        keep_pace(terms, checks=max(1, len(texts)))
        return Response({"verifications": [judged(t, terms=terms, snapshot=snapshot, now=now) for t in texts]})


class AgreementOfKey(GateView):
    """What the API key of the request may check and see."""

    def get(self, request: HttpRequest) -> Response:
        """The terms, without the provider key."""
        terms = terms_of(authorization(request), snapshot=snapshot_or_503(), now=int(time.time()))
        return Response(
            {
                "provider_id": terms.provider_id,
                "provider": terms.provider,
                "sector": terms.sector,
                "purpose": terms.purpose,
                "fields": list(terms.fields),
                "face": terms.face,
                "starts": terms.starts.isoformat(),
                "ends": terms.ends.isoformat(),
                "state": terms.state,
            }
        )


def checked_text(body: dict[str, Any]) -> str:
    """The QR text of a request. Raises Problem 400 and 413."""
    text: str = fields(body, _FORM)["qr"]
    if len(text) > MAX_TEXT:
        raise Problem(
            status=413,
            code="qr_too_long",
            title=gettext("The QR text is longer than %(most)s characters") % {"most": MAX_TEXT},
            detail=gettext("No card holds that much: scan the card's own QR code."),
        )
    return text


def judged(text: str, *, terms: Terms, snapshot: Snapshot, now: int) -> dict[str, Any]:
    """The answer about one card under the terms of a provider."""
    judgement = verify(text=text, trust=snapshot.trust, now=now, sector=terms.sector, face=terms.face)
    return answer(judgement, fields=terms.fields, provider_key=terms.provider_key, trust=snapshot.trust)
