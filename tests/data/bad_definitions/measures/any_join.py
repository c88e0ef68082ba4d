"""JoinLink may not be asked: a join .any_inner. leaves open which row"""

from typing import Any

from ibis.expr.types import Table


def rows(t: Any) -> Table:
    e = t.episode
    return e.any_inner_join(t.person, "person_id").mutate(date=e.start_date)
