"""What measures ask about a person on a day: where they lived, how old they were."""

from __future__ import annotations

from typing import Any

from ibis.expr.types import Table


def region_on(t: Any, rows: Table, day: str) -> Table:
    """``rows`` with the person's ``region`` of residence on the day in column ``day``; null if none is known.

    ``rows`` needs ``person_id`` and must not have ``region``. First and last days count. Of residences that
    overlap the one that began last holds, as in the episodes' ``home_region``; if they began together, the
    highest code.
    """
    moments = rows.select("person_id", on=rows[day]).distinct()
    homes = t.residence.select("person_id", "start_date", "end_date", home=t.residence.region.fill_null(""))
    lived = moments.join(homes, "person_id")
    lived = lived.filter(lived.start_date <= lived.on, lived.end_date.isnull() | (lived.end_date >= lived.on))
    dated = lived.mutate(dated=lived.start_date.cast("string") + lived.home)
    latest = dated.group_by("person_id", "on").aggregate(region=dated.dated.max().substr(len("2025-01-01")))
    latest = latest.mutate(region=latest.region.nullif(""))
    same = [rows.person_id == latest.person_id, rows[day] == latest.on]
    return rows.left_join(latest, same).select(rows, latest.region)


def completed_years(born: Any, day: Any) -> Any:
    """Whole years from birth to a day; null where either is missing.

    Somebody born on 29 February turns a year older on 1 March of a year without that day.
    """
    before_birthday = (day.month() * 100 + day.day()) < (born.month() * 100 + born.day())
    return (day.year() - born.year() - before_birthday.cast("int32")).cast("int32")
