"""What measures of new cases share: how long persons were at risk, by year, age group and region."""

from __future__ import annotations

from typing import Any

import ibis
from ibis.expr.types import DateValue, Table

WIDTH = 5  # years of an age group; the groups begin at 0, 5, 10, ...
DAY = ibis.interval(days=1)
_COLUMNS = ("person_id", "date", "region", "age", "person_days", "at_risk")


def person_days(t: Any, persons: Table) -> Table:
    """Days at risk of ``persons`` (person_id, birth_date), in the columns of ``_COLUMNS``.

    A person is at risk on every day of residence from birth to the day of death, that day included. A year is
    cut in two at the birthday on which the age group changes: the days before it belong to the lower group.
    ``date`` is the first of the days and ``age`` one that is in their group; ``at_risk`` says that the time
    goes on after the last day known. Years begin with ``t.since``, but not before the first year of the
    tumours.
    """
    days = t.homes(t.residence.semi_join(persons, "person_id")).join(persons, "person_id")
    deaths = t.death.group_by("person_id").aggregate(death_date=t.death.death_date.min())
    days = days.left_join(deaths, "person_id").drop("person_id_right")
    years = t.period_ends("year")
    years = years.mutate(year=years.period_end.year(), year_until=years.period_end + DAY)
    years = years.filter(years.year >= t.begins("tumour").year())
    days = days.cross_join(years).cross_join(t.each("part", [0, 1]))
    turns = (days.year - days.birth_date.year()) % WIDTH == 0
    days = days.filter((days.part == 0) | turns)
    older, new_year = t.birthday(days.birth_date, days.year), ibis.date(days.year, 1, 1)
    begin = (days.part == 0).ifelse(new_year, older)
    end = ((days.part == 0) & turns).ifelse(_earlier(days.year_until, older), days.year_until)
    days = days.mutate(
        date=_later(_later(begin, days.since), days.birth_date),
        until=_earlier(_earlier(end, days.until), days.death_date + DAY),
        age=(days.year - days.birth_date.year() - (days.part == 0).ifelse(1, 0)).cast("int32"),
    )
    days = days.mutate(
        person_days=days.until.delta(days.date, unit="day"),
        at_risk=days.until == t.as_of + DAY,
    )
    return days.filter(days.person_days > 0).select(*_COLUMNS)


def _later(one: DateValue, other: DateValue) -> DateValue:
    return (other > one).ifelse(other, one)


def _earlier(one: DateValue, other: DateValue) -> DateValue:
    """The earlier of two days; the first one where the other is missing."""
    return (other < one).ifelse(other, one)
