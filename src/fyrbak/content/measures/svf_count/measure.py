"""Number of pathways that started."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table


def rows(t: Any) -> Table:
    """One row per episode, by the day and region of its start."""
    e = t.episode
    return e.mutate(date=e.start_date, region=e.start_region)
