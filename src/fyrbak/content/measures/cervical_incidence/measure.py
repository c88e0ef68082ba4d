"""New cases of cervical cancer in the time that women were at risk."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import Table

from fyrbak.content.measures.time_at_risk import person_days

CODE = "C53"
INVASIVE = ["", "3"]  # behaviour; blank where the source sends invasive tumours alone
_COLUMNS = [
    "person_id", "date", "region", "age", "hit", "person_days", "at_risk",
    "not_invasive", "not_a_woman", "age_unknown", "before_since", "not_resident",
]  # fmt: skip


def rows(t: Any) -> Table:
    """Tumours by the day of diagnosis (the events) and the days at risk of all women (the time)."""
    return _cases(t).union(_at_risk(t))


def _cases(t: Any) -> Table:
    tumours = t.tumour.filter(t.tumour.code.substr(0, len(CODE)) == CODE).drop("region")
    tumours = t.with_region(tumours.mutate(date=tumours.start_date))
    people = t.person.select("person_id", "sex", "birth_date")
    tumours = tumours.left_join(people, "person_id").drop("person_id_right")
    return tumours.mutate(
        age=t.completed_years(tumours.birth_date, tumours.date),
        hit=True,
        person_days=ibis.literal(0, "int64"),
        at_risk=False,
        not_invasive=~tumours.behaviour.isin(INVASIVE),
        not_a_woman=tumours.sex.fill_null("") != "F",
        age_unknown=tumours.birth_date.isnull(),
        before_since=tumours.date < ibis.date(t.since.isoformat()),
        not_resident=tumours.region.isnull(),
    ).select(_COLUMNS)


def _at_risk(t: Any) -> Table:
    women = t.person.filter(t.person.sex == "F", t.person.birth_date.notnull())
    days = person_days(t, women.select("person_id", "birth_date"))
    none = dict.fromkeys(_COLUMNS[-5:], False)
    return days.mutate(hit=False, **none).select(_COLUMNS)
