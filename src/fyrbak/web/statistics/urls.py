"""Addresses of the statistics explorer."""

from __future__ import annotations

from django.urls import path

from fyrbak.web.statistics import explorer

urlpatterns = [
    path("statistics/", explorer.explorer, name="statistics"),
    path("statistics/numbers.csv", explorer.numbers, name="statistics_numbers"),
]
