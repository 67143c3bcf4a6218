"""Addresses of the desk that belong to issuance."""

from django.urls import path

from issuance.batch_views import SheetView, batch_page
from issuance.card_views import AcknowledgeView, CardsView, desk_page
from issuance.preview_view import PreviewView
from issuance.refusal_views import OverrideView, RefusalsView
from issuance.renewal_views import RenewalView
from issuance.state_views import ReinstateView, RevokeView, SuspendView

urlpatterns = [
    path("", desk_page, name="desk"),
    path("batch", batch_page, name="batch"),
    path("cards", CardsView.as_view()),
    path("cards/preview", PreviewView.as_view()),
    path("cards/sheet", SheetView.as_view()),
    path("cards/ack", AcknowledgeView.as_view()),
    path("cards/renewal", RenewalView.as_view()),
    path("cards/suspend", SuspendView.as_view()),
    path("cards/reinstate", ReinstateView.as_view()),
    path("cards/revoke", RevokeView.as_view()),
    path("refusals", RefusalsView.as_view()),
    path("refusals/override", OverrideView.as_view()),
]
