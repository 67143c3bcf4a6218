"""POST /oauth/token: the client credentials grant of OAuth 2.0 (RFC 6749, 4.4), for systems that know nothing else."""

import base64
import binascii
import time
from typing import IO, Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser
from rest_framework.response import Response

from verification.agreements import hash_of
from verification.bearer import LIFETIME, issue
from verification.gateview import GateView, snapshot_or_503

FORM = ("grant_type", "client_id", "client_secret")
"""The fields that are read; others, such as `scope`, are ignored as the RFC asks."""

_MAX_BODY = 4_096
_MAX_FIELDS = 20


class FormBody(BaseParser):
    """A short form in which no field comes twice."""

    media_type = "application/x-www-form-urlencoded"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Any = None) -> dict[str, str]:
        raw = stream.read(_MAX_BODY + 1)
        if len(raw) > _MAX_BODY:
            raise RequestDataTooBig
        try:
            pairs = parse_qsl(raw.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
        except ValueError:
            raise ParseError from None
        if len(dict(pairs)) != len(pairs):
            raise ParseError
        return dict(pairs)


class AccessToken(GateView):
    """POST provider id and API key, get a token for five minutes. No row is written for it, nor read."""

    parser_classes = (FormBody,)

    def post(self, request: Any) -> Response:
        """200 with the token; 400 and 401 with the errors of RFC 6749, 5.2."""
        now = int(time.time())
        snapshot = snapshot_or_503()
        form = request.data
        if form.get("grant_type") is None:
            return _error(400, "invalid_request", "Send grant_type=client_credentials.")
        if form["grant_type"] != "client_credentials":
            return _error(400, "unsupported_grant_type", "Only client_credentials is offered here.")
        client_id, api_key = _basic(request) or (form.get("client_id", ""), form.get("client_secret", ""))
        hashed = hash_of(api_key)
        terms = snapshot.terms.get(hashed) if hashed else None
        if hashed is None or terms is None or terms.provider_id != client_id:
            return _error(401, "invalid_client", "client_id is the provider id, client_secret the API key.")
        if not terms.active(now):
            return _error(400, "unauthorized_client", "The agreement has not begun, is suspended or has ended.")
        token = issue(key_hash=hashed, secret=settings.SECRET_KEY.encode(), now=now)
        return Response({"access_token": token, "token_type": "Bearer", "expires_in": LIFETIME})


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    """Client id and secret of the Authorization header; None when they are not sent there."""
    scheme, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode("ascii").partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return client_id, secret


def _error(status: int, error: str, description: str) -> Response:
    headers = {"WWW-Authenticate": "Basic"} if status == 401 else {}
    return Response({"error": error, "error_description": description}, status=status, headers=headers)
