"""Where persons lived and how old they were on a day."""

from __future__ import annotations

from datetime import date

import ibis
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fyrbak.records.layout import tables
from fyrbak.records.people import completed_years, with_residence

MOVES = [
    (1, "22", date(2000, 1, 1), date(2020, 5, 31)),
    (1, "23", date(2020, 6, 1), date(2021, 12, 31)),
    (1, None, date(2022, 1, 1), None),
    (2, "24", date(2000, 1, 1), None),
    (2, "25", date(2020, 1, 1), date(2020, 12, 31)),
    (3, "12", date(2020, 1, 1), None),
    (3, "14", date(2020, 1, 1), None),
]


@pytest.mark.parametrize(
    ("person", "day", "region"),
    [
        (1, date(2020, 5, 31), "22"),
        (1, date(2020, 6, 1), "23"),
        (1, date(2022, 1, 1), None),  # abroad
        (1, date(1999, 12, 31), None),
        (2, date(2020, 1, 1), "25"),  # the latest move holds while it lasts
        (2, date(2021, 1, 1), "24"),
        (3, date(2020, 1, 1), "14"),  # begun together: the greatest code
        (4, date(2020, 1, 1), None),
    ],
)
def test_residence_on_a_day(person: int, day: date, region: str | None) -> None:
    schema = pa.schema([(field.name, field.type) for field in tables()["residence"].schema])
    names = ("person_id", "region", "start_date", "end_date")
    homes = ibis.memtable(
        pa.Table.from_pylist(
            [dict.fromkeys(schema.names) | dict(zip(names, move, strict=True)) for move in MOVES], schema
        )
    )
    rows = ibis.memtable(pa.table({"person_id": [person, person], "row": [1, 2], "end": [day, day]}))
    found = with_residence(rows, homes, on="end", name="home").to_pyarrow().to_pylist()
    assert [(line["home"], line["end"]) for line in found] == [(region, day)] * 2


def by_birthdays(born: date, day: date) -> int:
    """Birthdays passed, one by one."""
    birthdays = ((year, born.month, born.day) for year in range(born.year + 1, day.year + 1))
    return sum(birthday <= (day.year, day.month, day.day) for birthday in birthdays)


@given(st.dates(date(1900, 1, 1), date(1990, 1, 1)), st.dates(date(1990, 1, 2), date(2030, 1, 1)))
@example(date(1980, 2, 29), date(2001, 2, 28))
@example(date(1980, 2, 29), date(2001, 3, 1))
def test_completed_years_are_birthdays_passed(born: date, day: date) -> None:
    years = completed_years(ibis.date(born.isoformat()), ibis.date(day.isoformat()))
    assert ibis.duckdb.connect().execute(years) == by_birthdays(born, day)
