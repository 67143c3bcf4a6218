"""Addresses of the office process."""

from django.urls import include, path

urlpatterns = [
    path("", include("verification.office.urls")),
    path("", include("privacy.office.urls")),
    path("", include("staff.urls")),
    path("healthz", include("cardservice.web.health")),
]

handler400 = "cardservice.web.problems.bad_request"
handler403 = "cardservice.web.problems.permission_denied"
handler404 = "cardservice.web.problems.not_found"
handler500 = "cardservice.web.problems.server_error"
