"""How many treated pathways no confirmed limit judges."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from fyrbak.content.measures.svf import ended


def rows(t: Any) -> Table:
    """One row per episode, by the day it ended; a hit when no limit that judges was in force that day."""
    episodes = ended(t)
    return episodes.mutate(hit=episodes.limit_missing)
