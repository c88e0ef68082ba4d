"""Number of pathways that started."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from fyrbak.content.measures.svf import CRITERIA_NOT_MET


def rows(t: Any) -> Table:
    """One row per episode, by the day and region of its start."""
    e = t.episode
    return e.mutate(
        date=e.start_date, region=e.start_region, criteria_not_met=e.end_point == CRITERIA_NOT_MET
    )
