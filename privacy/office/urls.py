"""Addresses of the office about statistics."""

from django.urls import path

from privacy.office import views

urlpatterns = [
    path("statistics", views.Statistics.as_view()),
    path("statistics.csv", views.StatisticsFile.as_view()),
]
