"""Addresses of the pages. All that a reader can see or choose has one that can be sent to a colleague."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from fyrbak.web.views import (
    curve,
    equity,
    errors,
    files,
    findings,
    measures,
    over_time,
    pathways,
    plans,
    rates,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", plans.start, name="start"),
    path("plans/", plans.plans, name="plans"),
    path("", include("fyrbak.web.plans.urls")),  # before the address of a plan, which takes any word
    path("plans/<str:key>/", plans.plan, name="plan"),
    path("plans/<str:key>/goals/<str:number>/", plans.goal, name="goal"),
    path("pathways/", pathways.pathways, name="pathways"),
    path("pathways/<str:name>/", pathways.pathway, name="pathway"),
    path("measures/", measures.measures, name="measures"),
    path("measures/<str:name>/", measures.measure, name="measure"),
    path("measures/<str:name>/over-time/", over_time.over_time, name="over_time"),
    path("measures/<str:name>/equity/", equity.groups, name="equity"),
    path("measures/<str:name>/curve/", curve.curve, name="curve"),
    path("measures/<str:name>/standardised/", rates.standardised, name="standardised"),
    path("measures/<str:name>/definition/", measures.definition, name="definition"),
    path("measures/<str:name>/numbers.csv", files.numbers, name="numbers"),
    path("figures/<str:name>.svg", files.figure, name="figure"),
    path("figures/<str:name>.<str:kind>", files.figure_table, name="figure_table"),
    path("findings/", findings.findings, name="findings"),
    path("", include("fyrbak.web.access.urls")),
    path("", include("fyrbak.web.public.urls")),
    path("", include("fyrbak.web.library.urls")),
    path("", include("fyrbak.web.competence.urls")),
    path("", include("fyrbak.web.api.urls")),
    path("", include("fyrbak.web.catalogue.urls")),
    path("", include("fyrbak.web.leader.urls")),
    path("", include("fyrbak.web.statistics.urls")),
    path("", include("fyrbak.web.events.urls")),
    path("", include("fyrbak.web.reporting.urls")),
    path("", include("fyrbak.web.worklist.urls")),
    path("", include("fyrbak.web.register_quality.urls")),
    path("", include("fyrbak.web.pathology.urls")),
    path("", include("fyrbak.web.register.urls")),
    path("", include("fyrbak.web.improvement.urls")),
    path("", include("fyrbak.web.rounds.urls")),
    path("", include("fyrbak.web.year.urls")),
    path("", include("fyrbak.web.studies.urls")),
    path("", include("fyrbak.web.reports.urls")),
]
handler404 = errors.not_found
handler500 = errors.failed
