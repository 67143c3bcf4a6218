"""A small application behind the real middleware and error handlers, for tests of the plumbing."""

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cardservice.urls.gate import handler400, handler403, handler404, handler500  # noqa: F401 (Django looks here)
from cardservice.web.problems import Problem
from cardservice.web.strict_json import Field, fields

MARK = "Zq7 Marked Resident"
FORM = {
    "name": Field(str, most=20),
    "born": Field(str, required=False),
    "count": Field(int, required=False),
    "sure": Field(bool, required=False),
    "inner": Field(dict, required=False),
}


class Echo(APIView):
    """Answers what it read of the form."""

    def post(self, request: Request) -> Response:
        return Response(fields(request.data, FORM))


class Broken(APIView):
    """Fails in the way that its query string names."""

    def get(self, request: Request) -> Response:
        raise {
            "value": ValueError(MARK),
            "missing": Http404(MARK),
            "denied": PermissionDenied(MARK),
            "parse": exceptions.ParseError(MARK),
            "throttled": exceptions.Throttled(wait=7, detail=MARK),
            "validation": exceptions.ValidationError({"name": MARK}),
            "problem": Problem(status=409, code="seed_used", title="Used", errors={"name": "is used"}),
        }[request.query_params["how"]]


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"<script nonce={request.csp_nonce}></script>")  # type: ignore[attr-defined]


def broken_page(request: HttpRequest) -> HttpResponse:
    raise ValueError(MARK)


urlpatterns = [
    path("echo", Echo.as_view()),
    path("broken", Broken.as_view()),
    path("page", page),
    path("broken-page", broken_page),
    path("healthz", include("cardservice.web.health")),
]


@pytest.fixture
def browser():
    """A browser at that application, without the sign-in of the desk."""
    plain = ["cardservice.web.headers.SecurityHeaders", "cardservice.web.limits.BodyLimit"]
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[*plain, "django.middleware.common.CommonMiddleware"]):
        for view in (Echo, Broken):
            view.authentication_classes, view.permission_classes = [], []
        yield Client(raise_request_exception=False)
