""":9: 'Table' object has no attribute 'start_dat'. Correct the definition"""

from typing import Any

from ibis.expr.types import Table


def rows(t: Any) -> Table:
    return t.episode.mutate(date=t.episode.start_dat)
