"""Cast may not be asked: engines read string as int64"""

from typing import Any

from ibis.expr.types import Table


def rows(t: Any) -> Table:
    e = t.episode
    return e.mutate(date=e.start_date, place=e.region.cast("int64"))
