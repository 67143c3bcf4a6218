"""GET /api/schema: the OpenAPI 3.1 description of the gate, made of the same lists that the code answers by."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, JsonResponse

from cardservice.credential.codec import MAX_TEXT
from cardservice.credential.profiles import FIELDS, SECTORS
from cardservice.credential.reasons import Reason, Verdict
from cardservice.credential.statuslist import CWT_TYPE
from verification.api import MOST_AT_ONCE
from verification.bearer import LIFETIME
from verification.gateview import GateView
from verification.models import Agreement
from verification.publicdocs import COSE_TYPE, JSON_TYPE, JWKS_TYPE, JWT_TYPE

Json = dict[str, Any]


class Schema(GateView):
    """The description; it names no provider and is the same for everybody."""

    def get(self, request: HttpRequest) -> JsonResponse:
        response = JsonResponse(description(city=settings.CITY_NAME))
        response.headers["Cache-Control"] = "public, max-age=3600"
        response.headers["Access-Control-Allow-Origin"] = "*"
        return response


_PROBLEMS = {
    400: ("broken_request", "invalid_fields"),
    401: ("not_authenticated",),
    403: ("agreement_not_active", "pairing_refused"),
    404: ("not_found",),
    406: ("not_acceptable",),
    408: ("request_timeout",),
    411: ("length_required",),
    413: ("body_too_large", "qr_too_long"),
    415: ("unsupported_media_type",),
    429: ("too_many_requests",),
    503: ("unavailable", "database_unavailable", "not_ready"),
}
_OF_A_BODY = (400, 408, 411, 413, 415)
_OF_A_KEY = (401, 403)
_NULL: Json = {"type": "null"}


def description(*, city: str) -> Json:
    """The whole document; `city` stands in its title only."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Gate of {city}: is this city card valid?",
            "version": "1",
            "description": "Checks leave nothing behind: no card, no person and no time of a check is kept.",
            "license": {"name": "EUPL-1.2", "identifier": "EUPL-1.2"},
        },
        "servers": [{"url": "/"}],
        "paths": _paths(),
        "components": {
            "schemas": _schemas(),
            "responses": {str(status): _problem(status, codes) for status, codes in _PROBLEMS.items()},
            "securitySchemes": {
                "apiKey": {
                    "type": "apiKey",
                    "in": "header",
                    "name": "Authorization",
                    "description": "`Api-Key` and the key that was shown when the agreement was made.",
                },
                "accessToken": {
                    "type": "oauth2",
                    "flows": {"clientCredentials": {"tokenUrl": "/oauth/token", "scopes": {}}},
                },
            },
        },
    }


def _paths() -> Json:
    keyed: list[Json] = [{"apiKey": []}, {"accessToken": []}]
    return {
        "/api/v1/verifications": {
            "post": _operation(
                "verifyCard", "Judge one card", takes="QrText", gives="Verification", security=keyed,
                refusals=(*_OF_A_BODY, *_OF_A_KEY, 429, 503),
            )
        },
        "/api/v1/verifications/batch": {
            "post": _operation(
                "verifyCards", f"Judge up to {MOST_AT_ONCE} cards", takes="QrTexts", gives="Verifications",
                security=keyed, refusals=(*_OF_A_BODY, *_OF_A_KEY, 429, 503),
            )
        },
        "/api/v1/agreement": {
            "get": _operation(
                "readAgreement", "What this key may check and see", gives="Terms", security=keyed,
                refusals=(400, *_OF_A_KEY, 408, 411, 413, 503),
            )
        },
        "/api/v1/pairings": {
            "post": _operation(
                "pairScanner", "Pair a scanner, once", takes="PairingCode", gives="Pairing", status=201,
                refusals=(*_OF_A_BODY, 403, 503),
            )
        },
        "/oauth/token": {
            "post": _operation(
                "getAccessToken", "Client credentials of OAuth 2.0", takes="TokenRequest", gives="AccessToken",
                form=True, refusals=(408, 411, 413, 415, 503),
                more={"400": _oauth_error(problem=True), "401": _oauth_error()},
            )
        },
        "/trust/key-set": {"get": _public("readKeySet", "The public keys", (COSE_TYPE, JSON_TYPE, JWKS_TYPE))},
        "/trust/commitments/{kid}": {
            "parameters": [
                {"name": "kid", "in": "path", "required": True, "schema": {"type": "string",
                                                                          "pattern": "^[0-9a-f]{16}$"}}
            ],
            "get": _public("readCommitments", "What a compromised key signed before the breach", (COSE_TYPE,)),
        },
        "/s/{number}": {
            "parameters": [
                {"name": "number", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0,
                                                                             "maximum": 1023}}
            ],
            "get": _public("readStatusList", "A status list, always whole", (CWT_TYPE, JWT_TYPE)),
        },
    }  # fmt: skip


def _operation(
    name: str,
    summary: str,
    *,
    gives: str,
    refusals: tuple[int, ...],
    takes: str | None = None,
    status: int = 200,
    form: bool = False,
    security: list[Json] | None = None,
    more: Json | None = None,
) -> Json:
    responses = {str(status): {"description": summary, "content": {JSON_TYPE: {"schema": _schema(gives)}}}}
    responses |= {str(refusal): {"$ref": f"#/components/responses/{refusal}"} for refusal in sorted(refusals)}
    operation: Json = {"operationId": name, "summary": summary, "responses": responses | (more or {})}
    operation["security"] = security or []
    if takes:
        media_type = "application/x-www-form-urlencoded" if form else JSON_TYPE
        operation["requestBody"] = {"required": True, "content": {media_type: {"schema": _schema(takes)}}}
    return operation


def _public(name: str, summary: str, media_types: tuple[str, ...]) -> Json:
    binary: Json = {"description": summary, "content": {media_type: {} for media_type in media_types}}
    unchanged = {"304": {"description": "Unchanged since the ETag of If-None-Match"}}
    refusals = {str(s): {"$ref": f"#/components/responses/{s}"} for s in (400, 404, 406, 408, 411, 413, 503)}
    return {
        "operationId": name,
        "summary": summary,
        "security": [],
        "responses": {"200": binary} | unchanged | refusals,
    }


def _problem(status: int, codes: tuple[str, ...]) -> Json:
    own: Json = {"properties": {"code": {"enum": list(codes)}, "status": {"const": status}}}
    schema = {"allOf": [_schema("Problem"), own]}
    answer: Json = {"description": ", ".join(codes), "content": {"application/problem+json": {"schema": schema}}}
    if status in (429, 503):
        answer["headers"] = {"Retry-After": {"description": "seconds", "schema": {"type": "integer"}}}
    return answer


def _oauth_error(*, problem: bool = False) -> Json:
    content: Json = {JSON_TYPE: {"schema": _schema("OAuthError")}}
    if problem:
        content["application/problem+json"] = {"schema": _schema("Problem")}
    return {"description": "An error of RFC 6749, 5.2", "content": content}


def _schema(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> Json:
    text: Json = {"type": "string"}
    terms: Json = {
        "provider_id": text,
        "provider": text,
        "sector": {"enum": list(SECTORS)},
        "fields": {"type": "array", "items": {"enum": list(FIELDS)}},
        "face": {"enum": list(Agreement.Face.values)},
        "ends": {"type": "string", "format": "date"},
    }
    times = {"key_set_seq": {"type": ["integer", "null"]}, "status_list_issued_at": {"type": ["string", "null"]}}
    return {
        "QrText": _object({"qr": {"type": "string", "maxLength": MAX_TEXT}}),
        "QrTexts": _object({"qrs": {"type": "array", "items": text, "maxItems": MOST_AT_ONCE}}),
        "Verification": _object(
            {
                "verdict": {"enum": [verdict.value for verdict in Verdict]},
                "reason": {"enum": [*[reason.value for reason in Reason], None]},
                "expires": {"type": ["string", "null"], "description": "last valid month, YYYY-MM"},
                "provider_number": {"type": ["string", "null"], "description": "your own number for this card"},
                "card": {"oneOf": [{"type": "object", "description": "the fields of the agreement"}, _NULL]},
                "trust": _object(times),
            }
        ),
        "Verifications": _object({"verifications": {"type": "array", "items": _schema("Verification")}}),
        "Terms": _object(
            {**terms, "purpose": text, "starts": {"type": "string", "format": "date"}, "state": {"const": "active"}}
        ),
        "PairingCode": _object({"code": {"type": "string", "maxLength": 40}}),
        "Pairing": _object({**terms, "provider_key": text, "issuer": text, "realm": text, "root_key": text}),
        "TokenRequest": {
            "type": "object",
            "properties": {"grant_type": {"const": "client_credentials"}, "client_id": text, "client_secret": text},
            "required": ["grant_type"],
        },
        "AccessToken": _object(
            {"access_token": text, "token_type": {"const": "Bearer"}, "expires_in": {"const": LIFETIME}}
        ),
        "OAuthError": _object({"error": text, "error_description": text}),
        "Problem": {
            "type": "object",
            "properties": {
                "type": text,
                "title": text,
                "status": {"type": "integer"},
                "code": text,
                "detail": text,
                "errors": {"type": "object", "additionalProperties": text},
            },
            "required": ["type", "title", "status", "code"],
        },
    }


def _object(properties: Json) -> Json:
    """An object with exactly these members."""
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
