"""RandomScalar may not be asked: the answer would change every time"""

from typing import Any

import ibis
from ibis.expr.types import Table


def rows(t: Any) -> Table:
    e = t.episode
    return e.filter(ibis.random() < 0.1).mutate(date=e.start_date)
