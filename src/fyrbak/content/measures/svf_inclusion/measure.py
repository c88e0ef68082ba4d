"""Patients treated through a pathway, against the number of new cases to expect."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import IntegerScalar, Table

from fyrbak.content.measures.svf import ended

ADULT = 18  # children are no part of what is expected, so they are no part of what is counted
YEARS = 3  # so many calendar years of tumours are the base of a year's expectation
_COLUMNS = [
    "person_id", "date", "region", "sex", "age", "hit", "base",
    "open", "not_treated", "conversation", "no_expectation", "other_diagnosis", "child",
]  # fmt: skip


def rows(t: Any) -> Table:
    """Episodes by the day they ended (the numerator) and tumours in each year whose base they are part of."""
    first = t.begins("tumour").year() + YEARS  # the first year that has all the years before it
    return _treated(t, first).union(_expected(t, first))


def _treated(t: Any, first: IntegerScalar) -> Table:
    e = ended(t)
    return e.mutate(
        region=e.home_region,
        hit=True,
        base=False,
        no_expectation=e.date.year() < first,
        other_diagnosis=False,
        child=e.age < ADULT,
    ).select(_COLUMNS)


def _expected(t: Any, first: IntegerScalar) -> Table:
    """A tumour of year y is part of the base of the years y+1, y+2 and y+3."""
    ranges = t.icd10
    tumours = t.tumour.mutate(date=t.tumour.start_date, plain=t.tumour.code.replace(".", ""))
    codes = tumours.select("plain").distinct()
    codes = codes.semi_join(ranges, [codes.plain >= ranges["first"], codes.plain <= ranges["last"]])
    people = t.person.select("person_id", "sex", "birth_date")
    tumours = t.with_region(tumours.drop("region")).left_join(people, "person_id")
    tumours = tumours.left_join(codes, "plain").cross_join(t.each("later", range(1, YEARS + 1)))
    year = tumours.date.year() + tumours.later
    age = t.completed_years(tumours.birth_date, tumours.date)
    return tumours.mutate(
        date=ibis.date(year, 1, 1),
        age=age,
        hit=False,
        base=True,
        open=False,
        not_treated=False,
        conversation=False,
        no_expectation=year < first,
        other_diagnosis=tumours.plain_right.isnull() | ~tumours.behaviour.isin(["", "3"]),
        child=age < ADULT,
    ).select(_COLUMNS)
