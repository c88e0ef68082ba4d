"""Addresses of the leader's week, of what if, and of the review of long waits."""

from __future__ import annotations

from django.urls import path

from fyrbak.web import work
from fyrbak.web.leader import block_charts, blocks, compare, over_time, section, waits, week, what_if

urlpatterns = [
    path("svf/week/", week.week, name="leader_week"),
    path("svf/week/blocks/", blocks.blocks, name="leader_blocks"),
    path("svf/week/blocks/over-time/", block_charts.block_charts, name="leader_block_charts"),
    path("svf/week/over-time/", over_time.over_time, name="leader_over_time"),
    path("svf/week/compare/", compare.compare, name="leader_compare"),
    path("svf/what-if/", what_if.what_if, name="what_if"),
    path("svf/waits/", waits.waits, name="waits"),
    path("svf/waits/<uuid:key>/", waits.sample, name="wait_sample"),
    path("svf/waits/cases/<uuid:key>/", waits.case, name="wait_case"),
]

work.SECTIONS.append(section.leading)
