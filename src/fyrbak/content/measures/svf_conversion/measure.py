"""How many ended pathways that led to cancer treatment."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from fyrbak.content.measures.svf import CRITERIA_NOT_MET, ended


def rows(t: Any) -> Table:
    """One row per episode, by the day it ended; a hit when it ended because cancer treatment started."""
    episodes = ended(t)
    return episodes.mutate(
        hit=(episodes.outcome == "treated") & ~episodes.conversation,
        criteria_not_met=episodes.end_point == CRITERIA_NOT_MET,
    )
