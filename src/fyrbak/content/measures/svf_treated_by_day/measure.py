"""Time from start to treatment, with those who still wait."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from fyrbak.content.measures.svf import CRITERIA_NOT_MET


def rows(t: Any) -> Table:
    """One row per episode by the day it started, with the days until treatment, closing or the last day."""
    vague = t.finding.filter(t.finding.rule == "date_not_exact").select("episode_key").distinct()
    e = t.episode.left_join(vague, "episode_key")
    followed_to = e.end_date.coalesce(t.as_of)
    days = followed_to.delta(e.start_date, unit="day")
    return e.mutate(
        date=e.start_date,
        days=days,
        event=e.outcome == "treated",
        under_age=e.age < 18,
        criteria_not_met=e.end_point == CRITERIA_NOT_MET,
        date_not_exact=e.episode_key_right.notnull(),
        negative=days < 0,
    ).drop("episode_key_right")
