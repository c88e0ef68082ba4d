"""Sum may not be asked: floats add up differently"""

from typing import Any

from ibis.expr.types import Table


def rows(t: Any) -> Table:
    e = t.episode
    over = e.group_by("region").aggregate(over=e.overshoot.sum())
    return e.left_join(over, "region").mutate(date=e.start_date)
