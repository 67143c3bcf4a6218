"""The scanner page: one QR text in, one verdict that fills the screen."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cardservice.credential.codec import MAX_TEXT
from cardservice.credential.reasons import Verdict
from verification.gateview import GateView
from verification.wording import ALWAYS, REASONS, VERDICTS


class Scanner(GateView):
    """GET the page. It holds nothing; the API key typed into it stays in the memory of that page."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {
            "city_name": settings.CITY_NAME,
            "realm": settings.REALM,
            "verdicts": [(verdict.value, word) for verdict, word in VERDICTS.items()],
            "reasons": [(reason.value, wording) for reason, wording in REASONS.items()],
            "valid": Verdict.VALID.value,
            "always": ALWAYS,
            "max_text": MAX_TEXT,
        }
        # The inner request: the nonce of the content security policy was given to that one.
        return render(request._request, "verification/scan.html", context)  # type: ignore[attr-defined]
