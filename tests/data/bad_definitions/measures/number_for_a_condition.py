"""'criteria_not_met' is int8. Make it true, false or null"""

from typing import Any

import ibis
from ibis.expr.types import Table


def rows(t: Any) -> Table:
    e = t.episode
    return e.mutate(date=e.start_date, criteria_not_met=ibis.literal(1))
