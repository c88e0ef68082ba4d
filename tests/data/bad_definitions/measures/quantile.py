"""Quantile may not be asked: .* Use a measure of kind 'days'"""

from typing import Any

from ibis.expr.types import Table


def rows(t: Any) -> Table:
    e = t.episode
    long = e.group_by("region").aggregate(long=e.days.quantile(0.9))
    return e.left_join(long, "region").mutate(date=e.start_date)
