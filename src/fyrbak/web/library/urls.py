"""Addresses of the symptom search, the referral check and returned referrals."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.library import returns, views

urlpatterns = [
    path("symptoms/", views.symptoms, name="symptoms"),
    path("symptoms/referral/", views.referral, name="referral"),
    path("symptoms/referral/returned/", returns.returns, name="returns"),
    path("symptoms/referral/returned.csv", returns.file, name="returns_file"),
    path("symptoms/referral/returned/new/", returns.register, name="return_new"),
    path("symptoms/referral/returned/assessed/", returns.assessed, name="returns_received"),
    path("symptoms/referral/returned/<uuid:key>/", returns.correct, name="return_correct"),
    path("api/symptoms", views.bundle, name="symptoms_api"),
]

work.SECTIONS.append(returns.section)
