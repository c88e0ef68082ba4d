"""How far beyond the limit late patients came."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from fyrbak.content.measures.svf import ended

BANDS = ["0-25", "25-50", "50-75", "75+"]


def rows(t: Any) -> Table:
    """One row per episode and band; a hit in the band that its overshoot falls in, upper end included.

    The overshoot is a share of the limit *beyond* the limit: 75+ is more than 1.75 times the limit.
    """
    episodes = ended(t)
    over = episodes.overshoot
    fell_in = ibis.cases((over <= 0.25, "0-25"), (over <= 0.5, "25-50"), (over <= 0.75, "50-75"), else_="75+")
    rows = episodes.mutate(fell_in=fell_in, late=over > 0).cross_join(t.each("band", BANDS))
    return rows.mutate(hit=rows.late & (rows.band == rows.fell_in))
