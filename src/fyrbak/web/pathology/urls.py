"""Addresses of the review of pathology reports. None says anything of a person."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.pathology import reviewing
from fyrbak.web.work import SECTIONS

SECTIONS.append(reviewing.section)

urlpatterns = [
    path("register/reports/", reviewing.reports, name="pathology_reports"),
    path("register/reports/<uuid:key>/", reviewing.report, name="pathology_report"),
    path("register/reports/<uuid:key>/fill-in/", reviewing.fill_in_blanks, name="pathology_fill_in"),
]
