"""What is asked about persons on a day: where they lived, their background, how old they were.

One rule each, for all rooms.
"""

from __future__ import annotations

from pathlib import Path

import ibis
from ibis.expr.types import DateValue, IntegerValue, StringValue, Table

FILE = Path(__file__)  # part of what derived answers depend on
BACKGROUND = ("education", "income", "birth_country", "municipality_group")
_DAY = len("2025-01-01")


def with_residence(rows: Table, residences: Table, *, on: str, name: str) -> Table:
    """``rows`` with a column ``name``: the region of residence on the day in column ``on``; null if unknown.

    ``rows`` needs ``person_id``; ``residences`` is the table of that name. First and last days count. Where
    residences overlap, the latest move holds: the greatest of day and region, written as one text.
    """
    moments = rows.select("person_id", day=rows[on]).distinct()
    homes = residences.select("person_id", "start_date", "end_date", home=residences.region.fill_null(""))
    lived = moments.join(homes, "person_id")
    held = (lived.start_date <= lived.day) & (lived.end_date.isnull() | (lived.end_date >= lived.day))
    moves = lived.filter(held).mutate(move=lived.start_date.cast("string") + lived.home)
    latest = moves.group_by("person_id", "day").aggregate(latest=moves.move.max())
    latest = latest.mutate(**{name: latest.latest.substr(_DAY).nullif("")})
    same = [rows.person_id == latest.person_id, rows[on] == latest.day]
    return rows.left_join(latest, same).select(rows, latest[name])


def homes(residences: Table) -> Table:
    """Periods of residence that never overlap: ``person_id``, ``region``, ``since`` and ``until``.

    On each of a period's days :func:`with_residence` gives its region. ``until`` is the first day that is no
    longer in it, null while it goes on. Days without a residence, or in an unknown region, are in no period.
    """
    stay = ["person_id", "start_date", "region"]
    stays = residences.group_by(stay).aggregate(
        end_date=(residences.end_date.count() == residences.count()).ifelse(residences.end_date.max(), None)
    )
    following = stays.start_date.lead().over(group_by=stays.person_id, order_by=["start_date", "region"])
    stays = stays.mutate(following=following)
    # Few persons have residences that overlap: only their days are taken apart, turn by turn.
    overlapping = stays.filter(
        (stays.end_date >= stays.following) | stays.end_date.isnull() & stays.following.notnull()
    )
    overlapping = overlapping.select("person_id").distinct()
    apart = stays.anti_join(overlapping, "person_id")
    apart = apart.select("person_id", since="start_date", until=_day_after(apart.end_date), region="region")
    mixed = stays.semi_join(overlapping, "person_id")
    left = mixed.filter(mixed.end_date.notnull()).select("person_id", since=_day_after(mixed.end_date))
    turns = mixed.select("person_id", since="start_date").union(left).distinct()
    turns = turns.mutate(until=turns.since.lead().over(group_by=turns.person_id, order_by=turns.since))
    periods = apart.union(with_residence(turns, mixed, on="since", name="region"))
    return periods.filter(periods.region.fill_null("") != "")


def _day_after(day: DateValue) -> DateValue:
    return day + ibis.interval(days=1)


def with_background(rows: Table, background: Table, *, on: str) -> Table:
    """``rows`` with the columns of BACKGROUND, all text: what was known of the person before the event.

    That is the latest year before the year of the day in column ``on``, so that what the event did to income
    or education is never taken for its cause. Null where no year is so early, or where it says nothing.
    Income is the fifth, '1' (lowest) to '5'. Where rows of one year contradict each other the answer is null,
    column by column. ``rows`` needs ``person_id``; ``background`` is the table of that name.
    """
    moment = ["person_id", "event_year"]
    dated = rows.mutate(event_year=rows[on].year())
    said = background.select(
        "person_id", "year", **{name: background[name].cast("string").nullif("") for name in BACKGROUND}
    )
    earlier = dated.select(moment).distinct().join(said, "person_id")
    earlier = earlier.filter(earlier.year < earlier.event_year)
    latest = earlier.group_by(moment).aggregate(year=earlier.year.max())
    held = earlier.semi_join(latest, [*moment, "year"])
    known = held.group_by(moment).aggregate(**{name: _agreed(held[name]) for name in BACKGROUND})
    return dated.left_join(known, moment).select(*rows.columns, *BACKGROUND)


def _agreed(said: StringValue) -> StringValue:
    """The one value that is said, by aggregates that all engines mean alike; null where there are several."""
    return (said.min() == said.max()).ifelse(said.max(), None)


def birthday(born: DateValue, year: IntegerValue) -> DateValue:
    """The day in a year on which a person turns older; for one born on 29 February in other years 1 March."""
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    moved = (born.month() == 2) & (born.day() == 29) & ~leap
    return ibis.date(year, moved.ifelse(3, born.month()), moved.ifelse(1, born.day()))


def completed_years(born: DateValue, day: DateValue) -> IntegerValue:
    """Whole years from birth to a day; null where either is missing.

    Somebody born on 29 February turns a year older on 1 March of a year without that day.
    """
    had_birthday = day.month() * 100 + day.day() >= born.month() * 100 + born.day()
    return (day.year() - born.year() - had_birthday.ifelse(0, 1)).cast("int32")


def completed_months(since: DateValue, day: DateValue) -> IntegerValue:
    """Whole months from one day to another; null where either is missing, negative before the first.

    A month is whole on the day with the same number: from 31 January that is 1 March, as February has none.
    """
    months = (day.year() - since.year()) * 12 + day.month() - since.month()
    return (months - (day.day() >= since.day()).ifelse(0, 1)).cast("int32")
