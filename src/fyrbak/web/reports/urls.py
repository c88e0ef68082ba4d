"""Addresses of reports, and their part of my work."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.reports import claims, frozen, parts, writing

_DRAFT = "reports/<int:key>/"
_PART = f"{_DRAFT}sections/<int:number>/"
_FROZEN = "reports/frozen/<str:name>/"

urlpatterns = [
    path("reports/", writing.reports, name="reports"),
    path("reports/new/", writing.new, name="report_new"),
    path("reports/new/<str:kind>/", writing.begin, name="report_begin"),
    path(_DRAFT, writing.report, name="report"),
    path(f"{_DRAFT}preview/", writing.preview, name="report_preview"),
    path(f"{_DRAFT}freeze/", frozen.freeze, name="report_freeze"),
    path(f"{_DRAFT}sections/", parts.add, name="section_add"),
    path(_PART, parts.part, name="section"),
    path(f"{_PART}deeds/", parts.deed, name="section_deed"),
    path(f"{_PART}bind/", claims.bind, name="claim_bind"),
    path(f"{_DRAFT}claims/<int:number>/", claims.claim, name="claim"),
    path(_FROZEN, frozen.read, name="frozen"),
    path(f"{_FROZEN}release/", frozen.release, name="frozen_release"),
    path(f"{_FROZEN}<str:file>", frozen.file, name="frozen_file"),
]

work.SECTIONS.append(writing.section)
