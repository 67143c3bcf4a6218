"""Addresses of the office about agreements and places."""

from django.urls import path

from verification.office import agreement_views, place_views

urlpatterns = [
    path("", agreement_views.FirstPage.as_view()),
    path("agreements", agreement_views.AgreementList.as_view()),
    path("agreements/new", agreement_views.NewAgreement.as_view()),
    path("agreements/<slug:provider_id>", agreement_views.OneAgreement.as_view()),
    path("agreements/<slug:provider_id>/activate", agreement_views.Activate.as_view()),
    path("agreements/<slug:provider_id>/suspend", agreement_views.Suspend.as_view()),
    path("agreements/<slug:provider_id>/end", agreement_views.End.as_view()),
    path("agreements/<slug:provider_id>/key", agreement_views.MakeKey.as_view()),
    path("agreements/<slug:provider_id>/pairing-code", agreement_views.MakePairingCode.as_view()),
    path("places", place_views.PlaceList.as_view()),
    path("places/new", place_views.NewPlace.as_view()),
    path("places/<int:place_id>", place_views.OnePlace.as_view()),
    path("places/<int:place_id>/remove", place_views.RemovePlace.as_view()),
]
