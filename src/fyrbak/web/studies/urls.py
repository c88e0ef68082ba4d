"""Addresses of studies, of open and included by region, and of the regions' targets."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.studies import deeds, pages

urlpatterns = [
    path("studies/", pages.find, name="studies"),
    path("studies/regions/", pages.counts, name="studies_counts"),
    path("studies/regions.csv", pages.counts_file, name="studies_counts_file"),
    path("studies/targets/", pages.aims, name="studies_targets"),
    path("studies/targets.csv", pages.aims_file, name="studies_targets_file"),
    path("studies/targets/<str:code>/", deeds.target, name="studies_target"),
    path("studies/new/", deeds.new, name="study_new"),
    path("studies/file/", deeds.file, name="studies_file"),
    path("studies/<uuid:key>/", pages.study, name="study"),
    path("studies/<uuid:key>/describe/", deeds.describe, name="study_describe"),
    path("studies/<uuid:key>/status/", deeds.state, name="study_status"),
    path("studies/<uuid:key>/included/", deeds.took_part, name="study_included"),
]

work.SECTIONS.append(pages.section)
