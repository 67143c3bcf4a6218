"""What every address of the gate shares: no session, no cookie, the snapshot, the terms of a key, its pace."""

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from rest_framework.views import APIView

from cardservice.web.negotiation import JsonWhateverAccepted
from cardservice.web.pace import Pace
from cardservice.web.problems import Problem
from verification import gate
from verification.agreements import Terms, hash_of
from verification.bearer import key_hash_of
from verification.gate import Snapshot

_CHALLENGE = "Api-Key, Bearer"

_pace = Pace()


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
            title=gettext("The gate has only just started"),
            detail=gettext("Try again in a few seconds."),
            headers={"Retry-After": "2"},
        )
    return snapshot


def authorization(request: HttpRequest) -> str:
    """The Authorization header; empty when there is none."""
    return str(request.META.get("HTTP_AUTHORIZATION", ""))


def terms_of(header: str, *, snapshot: Snapshot, now: int) -> Terms:
    """The terms that the API key or access token in an Authorization header stands for. Raises Problem 401, 403."""
    scheme, _, credential = header.partition(" ")
    hashed = _key_hash(scheme.lower(), credential.strip(), now=now)
    terms = snapshot.terms.get(hashed) if hashed else None
    if terms is None:
        raise Problem(
            status=401,
            code="not_authenticated",
            title=gettext("No valid API key or access token was sent"),
            detail=gettext(
                "Send Authorization: Api-Key followed by the key that was shown when the agreement was added."
            ),
            headers={"WWW-Authenticate": _CHALLENGE},
        )
    if not terms.active(now):
        raise Problem(
            status=403,
            code="agreement_not_active",
            title=gettext("The agreement of this key is not active"),
            detail=gettext("It has not begun, is suspended or has ended. Ask the city's coordinator."),
        )
    return terms


def keep_pace(terms: Terms, *, checks: int) -> None:
    """Counts `checks` of a provider against its minute. Raises Problem 429."""
    seconds = _pace.wait(who=terms.provider_id, times=checks, most=settings.CHECKS_PER_MINUTE, moment=time.monotonic())
    if seconds:
        raise Problem(
            status=429,
            code="too_many_requests",
            title=gettext("This agreement has used up its checks of this minute"),
            detail=gettext("Try again after the seconds that Retry-After says."),
            headers={"Retry-After": str(seconds)},
        )


def _key_hash(scheme: str, credential: str, *, now: int) -> str | None:
    if scheme == "api-key":
        return hash_of(credential)
    if scheme == "bearer":
        return key_hash_of(credential, secret=settings.SECRET_KEY.encode(), now=now)
    return None
