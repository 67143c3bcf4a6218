"""Problem details (RFC 9457): the one form in which a broken request is answered."""

import sys
from typing import Any

from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.db import DatabaseError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext, gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response

CONTENT_TYPE = "application/problem+json"


class Problem(exceptions.APIException):
    """An answer that is not 2xx: `code` from a closed list of its endpoint, `detail` for people.

    `errors` maps a field of the request to what is wrong with it. No value of the request ever stands in any of them.
    """

    def __init__(
        self,
        *,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        errors: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(detail=title, code=code)
        self.status_code = status
        self.headers = headers or {}
        self.body: dict[str, Any] = {"type": "about:blank", "title": title, "status": status, "code": code}
        if detail:
            self.body["detail"] = detail
        if errors:
            self.body["errors"] = errors

    def as_response(self) -> JsonResponse:
        """The answer outside of the REST framework (middleware, error handlers)."""
        return JsonResponse(self.body, status=self.status_code, content_type=CONTENT_TYPE, headers=self.headers)


def body_too_large() -> Problem:
    return Problem(
        status=413,
        code="body_too_large",
        title=gettext("The request is larger than 2 MB"),
        detail=gettext("Send a smaller photo."),
    )


def _database_unavailable() -> Problem:
    return Problem(
        status=503,
        code="database_unavailable",
        title=gettext("A database cannot be read or written"),
        detail=gettext("Try again; if it goes on, call the operator."),
    )


_KNOWN = {
    400: ("broken_request", gettext_lazy("The request could not be read")),
    401: ("not_authenticated", gettext_lazy("Sign in first")),
    403: ("not_allowed", gettext_lazy("This account may not do that")),
    404: ("not_found", gettext_lazy("There is nothing at this address")),
    405: ("method_not_allowed", gettext_lazy("This address does not answer that method")),
    406: ("not_acceptable", gettext_lazy("None of the accepted media types is offered here")),
    408: ("request_timeout", gettext_lazy("The request did not arrive in time")),
    411: ("length_required", gettext_lazy("Send the length of the body in Content-Length")),
    413: ("body_too_large", gettext_lazy("The request is larger than 2 MB")),
    415: ("unsupported_media_type", gettext_lazy("Send JSON with Content-Type: application/json")),
    429: ("too_many_requests", gettext_lazy("Too many requests")),
    500: ("internal_error", gettext_lazy("Something went wrong here; nothing was kept of the request")),
    503: ("unavailable", gettext_lazy("The service cannot do this right now; try again")),
}


def plain_problem(status: int, *, headers: dict[str, str] | None = None) -> Problem:
    """The problem that says no more than its HTTP status."""
    code, title = _KNOWN.get(status, _KNOWN[500])
    return Problem(status=status, code=code, title=str(title), headers=headers)


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turns what a REST view raised into problem details; messages of other exceptions are dropped on purpose.

    Unknown exceptions are re-raised by the framework (None) and end in `server_error`.
    """
    problem = _problem_of(error)
    if problem is None:
        return None
    response = Response(problem.body, status=problem.status_code, headers=problem.headers)
    response.content_type = CONTENT_TYPE
    return response


def _problem_of(error: Exception) -> Problem | None:
    if isinstance(error, Problem):
        return error
    if isinstance(error, Http404):
        return plain_problem(404)
    if isinstance(error, PermissionDenied):
        return plain_problem(403)
    if isinstance(error, RequestDataTooBig):
        return body_too_large()
    if isinstance(error, exceptions.APIException):
        headers = {"Retry-After": str(int(error.wait))} if getattr(error, "wait", None) else {}
        if challenge := getattr(error, "auth_header", None):
            headers["WWW-Authenticate"] = challenge
        return plain_problem(error.status_code, headers=headers)
    return None


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's handler404."""
    return plain_problem(404).as_response()


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's handler400; 503 when only the session could not be saved: the request was right and may be sent again.

    Whose session is really gone is then told to sign in.
    """
    if isinstance(exception, SessionInterrupted):
        return _database_unavailable().as_response()
    return plain_problem(400).as_response()


def permission_denied(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Django's handler403."""
    return plain_problem(403).as_response()


def server_error(request: HttpRequest) -> JsonResponse:
    """Django's handler500; 503 when a database failed, be it only under the session that each request saves."""
    # Django calls this while it handles the exception, and has logged it by then.
    if isinstance(sys.exc_info()[1], DatabaseError):
        return _database_unavailable().as_response()
    return plain_problem(500).as_response()
