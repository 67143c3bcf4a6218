"""`/healthz`: whether the process answers, without details."""

from django.http import HttpRequest, JsonResponse
from django.urls import path


def health(request: HttpRequest) -> JsonResponse:
    """200 while the process answers at all."""
    return JsonResponse({"ok": True})


urlpatterns = [path("", health)]
