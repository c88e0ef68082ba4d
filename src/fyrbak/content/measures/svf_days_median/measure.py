"""Days from start to treatment."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from fyrbak.content.measures.svf import ended


def rows(t: Any) -> Table:
    """One row per episode, by the day it ended, with its days from start to end."""
    episodes = ended(t)
    return episodes.mutate(negative=episodes.days < 0)
