"""Where persons lived, what their background was and how old they were on a day."""

from __future__ import annotations

from datetime import date
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fyrbak.records.layout import tables
from fyrbak.records.people import BACKGROUND, completed_years, with_background, with_residence

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


POST, UPPER, PRE = "post_secondary", "upper_secondary", "pre_secondary"
# person, year, education, income, birth country, municipality group
YEARS = [
    (1, 2019, UPPER, 2, "sweden", "town"),
    (1, 2020, POST, 4, "sweden", "town"),
    (1, 2023, POST, 5, "sweden", "large_city"),
    (2, 2020, "", None, "", ""),
    (3, 2020, PRE, 1, "nordic", ""),  # two rows of one year: they agree, contradict, or one says nothing
    (3, 2020, UPPER, 1, "", "rural"),
    (3, 2019, POST, 5, "eu", "town"),
]
Answer = tuple[str | None, str | None, str | None, str | None]
NOTHING: Answer = (None, None, None, None)


def background_of(rows: list[tuple[int, date | None]], years: list[tuple[Any, ...]]) -> list[Answer]:
    """What ``with_background`` says of persons on days, in order."""
    schema = pa.schema([(field.name, field.type) for field in tables()["background"].schema])
    names = ("person_id", "year", *BACKGROUND)
    known = [dict.fromkeys(schema.names) | dict(zip(names, row, strict=True)) for row in years]
    asked = pa.table(
        {
            "row": range(len(rows)),
            "person_id": pa.array([person for person, _ in rows], pa.int64()),
            "end": pa.array([day for _, day in rows], pa.date32()),
        }
    )
    background = ibis.memtable(pa.Table.from_pylist(known, schema))
    found = with_background(ibis.memtable(asked), background, on="end").to_pyarrow().sort_by("row")
    assert found.column_names == [*asked.column_names, *BACKGROUND]
    assert found.select(asked.column_names).equals(asked)
    return [tuple(line[name] for name in BACKGROUND) for line in found.to_pylist()]


@pytest.mark.parametrize(
    ("person", "day", "answer"),
    [
        (1, date(2019, 12, 31), NOTHING),  # the year itself is no year before
        (1, date(2020, 1, 1), (UPPER, "2", "sweden", "town")),
        (1, date(2021, 6, 1), (POST, "4", "sweden", "town")),
        (1, date(2023, 12, 31), (POST, "4", "sweden", "town")),  # a gap: the latest year there is
        (1, date(2024, 1, 1), (POST, "5", "sweden", "large_city")),
        (1, None, NOTHING),
        (2, date(2024, 1, 1), NOTHING),  # a year that says nothing
        (3, date(2024, 1, 1), (None, "1", "nordic", "rural")),
        (4, date(2024, 1, 1), NOTHING),
    ],
)
def test_background_of_the_year_before(person: int, day: date | None, answer: Answer) -> None:
    assert background_of([(person, day), (person, day)], YEARS) == [answer, answer]


def by_hand(person: int, day: date, years: list[tuple[Any, ...]]) -> Answer:
    """The same rule, row by row."""
    before = [row for row in years if row[0] == person and row[1] < day.year]
    latest = [row[2:] for row in before if row[1] == max(row[1] for row in before)]
    said = [
        {str(value) for value in column if value not in (None, "")} for column in zip(*latest, strict=True)
    ]
    answers = [next(iter(values)) if len(values) == 1 else None for values in said]
    return tuple(answers) if answers else NOTHING  # type: ignore[return-value]


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.integers(2019, 2022),
            st.sampled_from((PRE, UPPER, POST, "")),
            st.sampled_from((1, 5, None)),
            st.sampled_from(("sweden", "other", "")),
            st.sampled_from(("A1", "a1", "Ö", "")),
        ),
        max_size=12,
    ),
    st.lists(
        st.tuples(st.integers(1, 3), st.dates(date(2019, 1, 1), date(2023, 12, 31))), min_size=1, max_size=6
    ),
)
def test_background_is_the_same_row_by_row(
    years: list[tuple[Any, ...]], rows: list[tuple[int, date | None]]
) -> None:
    assert background_of(rows, years) == [by_hand(person, day, years) for person, day in rows if day]


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
