"""Addresses of the public site. They do not cease: what has been given out stays where it is."""

from __future__ import annotations

from django.urls import URLPattern, path

from fyrbak.web.public import data, embeds, goals, measures, regions, releasing, reports, strategy
from fyrbak.web.views import files

urlpatterns: list[URLPattern] = [
    path("open/", regions.start, name="open"),
    path("open/accessibility/", regions.accessibility, name="open_accessibility"),
    path("open/regions/", regions.regions, name="open_regions"),
    path("open/regions/<str:code>/", regions.region, name="open_region"),
    path("open/goals/", goals.goals, name="open_goals"),
    path("open/goals/<str:key>/", goals.plan, name="open_plan"),
    path("open/goals/<str:key>/<str:number>/", goals.goal, name="open_goal"),
    path("open/strategy/", strategy.strategy, name="open_strategy"),
    path("open/strategy/values.<str:form>", strategy.values, name="open_strategy_file"),
    path("open/rounds/<str:key>/<str:label>/", goals.plan, name="open_round"),
    path("open/rounds/<str:key>/<str:label>/answers.<str:form>", goals.answers, name="open_answers"),
    path("open/measures/", measures.measures, name="open_measures"),
    path("open/measures/<str:name>/", measures.measure, name="open_measure"),
    path("open/releases/<int:number>/", measures.release, name="open_release"),
    path("open/releases/<int:number>/table.<str:form>", measures.table, name="open_table"),
    path("open/reports/", reports.reports, name="open_reports"),
    path("open/reports/<str:name>/", reports.report, name="open_report"),
    path("open/reports/<str:name>/<str:file>", reports.file, name="open_report_file"),
    path("open/data/", data.data, name="open_data"),
    path("open/data/README.md", data.about, name="open_readme"),
    path("open/data/datapackage.json", data.catalogue, name="open_catalogue"),
    path("open/figures/<str:name>.svg", files.figure, name="open_figure"),
    path("open/figures/<str:name>.<str:kind>", files.figure_table, name="open_figure_table"),
    path("embed/measures/<str:name>/", embeds.measure, name="embed_measure"),
    path("embed/regions/<str:code>/<str:name>/", embeds.region, name="embed_region"),
    path("releases/", releasing.releasing, name="releasing"),
]
