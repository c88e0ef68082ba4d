"""HPV vaccination of the women whom the campaign for elimination turned to."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table


def rows(t: Any) -> Table:
    """One row per woman born 1994-1999 and period, as things stood on the period's last day."""
    first, last = ibis.date("1994-01-01"), ibis.date("1999-12-31")
    women = t.person.filter(t.person.sex == "F", t.person.birth_date.between(first, last))
    women = women.select("person_id", "sex", "birth_date", birth_year=women.birth_date.year())
    rows = women.cross_join(t.period_ends(t.interval)).rename(date="period_end")
    deaths = t.death.group_by("person_id").aggregate(death_date=t.death.death_date.min())
    doses = t.vaccination.filter(t.vaccination.agent == "hpv")
    doses = doses.group_by("person_id").aggregate(first_dose=doses.start_date.min())
    rows = t.with_region(rows)
    rows = rows.left_join(deaths, "person_id").drop("person_id_right")
    rows = rows.left_join(doses, "person_id").drop("person_id_right")
    return rows.mutate(
        age=t.completed_years(rows.birth_date, rows.date),
        dead=rows.death_date <= rows.date,
        not_resident=rows.region.isnull(),
        hit=rows.first_dose <= rows.date,
    )
