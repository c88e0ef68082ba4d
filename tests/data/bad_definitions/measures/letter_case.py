"""Lowercase may not be asked: .* Clean the text where it is taken in"""

from typing import Any

from ibis.expr.types import Table


def rows(t: Any) -> Table:
    e = t.episode
    return e.filter(e.pathway.lower() == "lunga").mutate(date=e.start_date)
