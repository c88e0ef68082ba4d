"""Addresses of the symptom search and the referral check."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.library import views

urlpatterns = [
    path("symptoms/", views.symptoms, name="symptoms"),
    path("symptoms/referral/", views.referral, name="referral"),
    path("api/symptoms", views.bundle, name="symptoms_api"),
]
