"""Addresses of the holder that belong to issuance."""

from django.urls import path

from issuance.holder_services import ServicesView
from issuance.holder_views import BlockView, HeldView, LeafletView, StartView

urlpatterns = [
    path("", StartView.as_view()),
    path("block", BlockView.as_view()),
    path("held", HeldView.as_view()),
    path("leaflet", LeafletView.as_view()),
    path("services", ServicesView.as_view()),
]
