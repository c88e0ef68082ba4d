"""Lead time of standardised pathways."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table

from fyrbak.content.measures.svf import ended


def rows(t: Any) -> Table:
    """One row per episode, by the day it ended; a hit when treatment began within the limit of that day."""
    episodes = ended(t)
    return episodes.mutate(hit=episodes.within)
