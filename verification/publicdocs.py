"""The public documents over HTTP, exactly as accepted, and whether the gate is ready to judge by them."""

import hashlib
import json
import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext

from cardservice.credential.calendar import timestamp
from cardservice.credential.keysetviews import jwks, readable
from cardservice.credential.statuslist import CWT_TYPE, TTL
from cardservice.web.problems import Problem, plain_problem
from verification.gateview import GateView, snapshot_or_503
from verification.trust import KEY_SET, Trust, commitments_name

COSE_TYPE, JSON_TYPE, JWKS_TYPE = "application/cose", "application/json", "application/jwk-set+json"
JWT_TYPE = "application/statuslist+jwt"


class KeySetDocument(GateView):
    """The accepted key set: signed (COSE), for people (JSON), for JOSE libraries (JWKS)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        snapshot = snapshot_or_503()
        key_set = snapshot.trust.key_set
        if key_set is None:
            raise Http404
        media_type = _negotiated(request, (COSE_TYPE, JSON_TYPE, JWKS_TYPE))
        if media_type == COSE_TYPE:
            return _document(request, snapshot.documents[KEY_SET], media_type=media_type)
        rendering = readable(key_set) if media_type == JSON_TYPE else jwks(key_set)
        return _document(request, json.dumps(rendering).encode(), media_type=media_type)


class StatusListDocument(GateView):
    """An accepted status list as CWT or JWT; always the whole list, so that nobody learns which card is meant."""

    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        documents = snapshot_or_503().documents
        forms = {CWT_TYPE: f"s/{number}", JWT_TYPE: f"s/{number}.jwt"}
        offers = tuple(media_type for media_type, name in forms.items() if name in documents)
        if CWT_TYPE not in offers:
            raise Http404
        media_type = _negotiated(request, offers)
        return _document(request, documents[forms[media_type]], media_type=media_type)


class CommitmentsDocument(GateView):
    """The accepted commitment list of a compromised key."""

    def get(self, request: HttpRequest, kid: str) -> HttpResponse:
        octets = snapshot_or_503().documents.get(commitments_name(bytes.fromhex(kid)))
        if octets is None:
            raise Http404
        return _document(request, octets, media_type=_negotiated(request, (COSE_TYPE,)))


class Ready(GateView):
    """Whether cards can be judged: a key set and a status list are accepted and fresh."""

    def get(self, request: HttpRequest) -> HttpResponse:
        snapshot = snapshot_or_503()
        trust = snapshot.trust
        lacking = missing(trust, now=int(time.time()))
        if lacking:
            raise Problem(
                status=503, code="not_ready", title=gettext("Cards cannot be judged safely now"), errors=lacking
            )
        moment = time.monotonic()
        body = {
            "ready": True,
            "alarm": snapshot.alarm,
            "key_set_seq": trust.key_set.seq if trust.key_set else None,
            "status_lists": {uri: timestamp(held.iat) for uri, held in trust.lists.items()},
            "seconds_since_read": {
                "agreements": int(moment - snapshot.terms_read),
                "documents": int(moment - snapshot.documents_read),
            },
            "refused_documents": [{"name": r.name, "code": r.code.value} for r in snapshot.refusals],
        }
        return HttpResponse(json.dumps(body), content_type=JSON_TYPE)


def missing(trust: Trust, *, now: int) -> dict[str, str]:
    """What keeps the gate from a sure answer at `now` (UTC seconds), by kind of document; empty when nothing does."""
    lacking: dict[str, str] = {}
    if trust.key_set is None:
        lacking["key_set"] = "none has been accepted"
    elif now >= trust.key_set.exp:
        lacking["key_set"] = "the accepted one has expired"
    if not trust.lists:
        lacking["status_lists"] = "none has been accepted"
    elif any(now >= held.exp for held in trust.lists.values()):
        lacking["status_lists"] = "an accepted one has expired"
    if now < trust.highest_iat:
        lacking["clock"] = "is behind the time of an accepted document"
    return lacking


def _negotiated(request: Any, offers: tuple[str, ...]) -> str:
    chosen = request.get_preferred_type(offers)
    if chosen is None:
        raise plain_problem(406)
    return str(chosen)


def _document(request: Any, octets: bytes, *, media_type: str) -> HttpResponse:
    etag = f'"{hashlib.sha256(octets).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag, response=HttpResponse(octets, content_type=media_type))
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = f"public, max-age={TTL}"
    response.headers["Vary"] = "Accept"
    # Anyone may read them from any page: they are public and the same for all.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
