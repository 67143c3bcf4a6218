"""What every address of the gate shares: no session, no cookie, sane OPTIONS, the snapshot, the terms of a key."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.views import APIView

from cardservice.web.problems import Problem
from verification import gate
from verification.agreements import Terms, hash_of
from verification.gate import Snapshot

_SCHEME = "api-key"


class JsonWhateverAccepted(BaseContentNegotiation):
    """JSON even for a client that asks for something else: an answer it can read beats a 406 it cannot."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return next((parser for parser in parsers if _essence(request.content_type) == parser.media_type), None)

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class GateView(APIView):
    """A view without login: who may do what is decided by the API key in each request."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()
    content_negotiation_class = JsonWhateverAccepted

    def options(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Which methods this address answers, and nothing else."""
        return HttpResponse(status=204, headers={"Allow": ", ".join(self.allowed_methods)})


def snapshot_or_503() -> Snapshot:
    """The snapshot to answer from. Raises Problem 503 in the first moments of the process."""
    snapshot = gate.current()
    if snapshot is None:
        raise Problem(
            status=503,
            code="unavailable",
            title="The gate has only just started",
            detail="Try again in a few seconds.",
            headers={"Retry-After": "2"},
        )
    return snapshot


def terms_of(request: HttpRequest, *, snapshot: Snapshot, now: int) -> Terms:
    """The terms that the API key of the request stands for. Raises Problem 401, 403."""
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    hashed = hash_of(key.strip()) if scheme.lower() == _SCHEME else None
    terms = snapshot.terms.get(hashed) if hashed else None
    if terms is None:
        raise Problem(
            status=401,
            code="not_authenticated",
            title="No valid API key was sent",
            detail="Send Authorization: Api-Key followed by the key that was shown when the agreement was added.",
            headers={"WWW-Authenticate": "Api-Key"},
        )
    if not terms.active(now):
        raise Problem(
            status=403,
            code="agreement_not_active",
            title="The agreement of this key is not active",
            detail="It has not begun, is suspended or has ended. Ask the city's coordinator.",
        )
    return terms


def _essence(content_type: str | None) -> str:
    return (content_type or "").partition(";")[0].strip().lower()
