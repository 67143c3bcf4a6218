"""Addresses of the gate."""

from django.urls import path, register_converter

from cardservice.credential.numbers import MAX_LISTS
from verification.api import AgreementOfKey, VerificationBatch, Verifications
from verification.oauth import AccessToken
from verification.openapi import Schema
from verification.pages import Scanner, ScannerManifest, ScannerWorker
from verification.pairing_view import Pairings
from verification.publicdocs import CommitmentsDocument, KeySetDocument, Ready, StatusListDocument


class ListNumber:
    """The number of a status list in its one spelling: 0 to 1023 without leading zeros."""

    regex = "0|[1-9][0-9]{0,3}"

    def to_python(self, value: str) -> int:
        if int(value) >= MAX_LISTS:
            raise ValueError
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class Kid:
    """The kid of a key in hexadecimal."""

    regex = "[0-9a-f]{16}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(ListNumber, "list_number")
register_converter(Kid, "kid")

urlpatterns = [
    path("api/v1/verifications", Verifications.as_view()),
    path("api/v1/verifications/batch", VerificationBatch.as_view()),
    path("oauth/token", AccessToken.as_view()),
    path("api/schema", Schema.as_view()),
    path("api/v1/pairings", Pairings.as_view()),
    path("api/v1/agreement", AgreementOfKey.as_view()),
    path("trust/commitments/<kid:kid>", CommitmentsDocument.as_view()),
    path("trust/key-set", KeySetDocument.as_view()),
    path("s/<list_number:number>", StatusListDocument.as_view()),
    path("scan/", Scanner.as_view()),
    path("scan/manifest.webmanifest", ScannerManifest.as_view()),
    path("scan/worker.js", ScannerWorker.as_view()),
    path("readyz", Ready.as_view()),
]
