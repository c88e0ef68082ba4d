"""Days in each part of a pathway."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from fyrbak.content.measures.svf import ended

BLOCKS = ["start_visit", "visit_conference", "conference_decision", "decision_treatment"]


def rows(t: Any) -> Table:
    """One row per episode and block, by the day the episode ended, with the days between its two points."""
    e = ended(t).cross_join(t.each("block", BLOCKS))
    points = [e.start_date, e.visit_date, e.conference_date, e.decision_date, e.end_date]
    begun = e.block.cases(*zip(BLOCKS, points[:-1], strict=True))
    done = e.block.cases(*zip(BLOCKS, points[1:], strict=True))
    rows = e.drop("days").mutate(days=done.delta(begun, unit="day"))
    return rows.mutate(point_missing=rows.days.isnull(), negative=rows.days < 0)
