"""What is asked about persons on a day: where they lived, how old they were. One rule each, for all rooms."""

from __future__ import annotations

from pathlib import Path

from ibis.expr.types import DateValue, IntegerValue, Table

FILE = Path(__file__)  # part of what derived answers depend on
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


def completed_years(born: DateValue, day: DateValue) -> IntegerValue:
    """Whole years from birth to a day; null where either is missing.

    Somebody born on 29 February turns a year older on 1 March of a year without that day.
    """
    had_birthday = day.month() * 100 + day.day() >= born.month() * 100 + born.day()
    return (day.year() - born.year() - had_birthday.ifelse(0, 1)).cast("int32")
