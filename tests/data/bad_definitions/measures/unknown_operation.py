"""Levenshtein may not be asked: it has not been shown to mean the same"""

from typing import Any

from ibis.expr.types import Table


def rows(t: Any) -> Table:
    e = t.episode
    return e.filter(e.pathway.levenshtein("lunga") < 2).mutate(date=e.start_date)
