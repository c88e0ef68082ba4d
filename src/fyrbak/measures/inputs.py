"""What a measure's ``rows(t)`` may ask for: the snapshot's tables, episodes, last day, ends of periods."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import ibis
import pyarrow as pa
from ibis.expr.types import DateScalar, DateValue, IntegerValue, Table

from fyrbak.engines.engine import Engine
from fyrbak.measures.definitions import Interval
from fyrbak.records.people import (
    birthday,
    completed_months,
    completed_years,
    homes,
    with_background,
    with_residence,
)

_PERIODS = pa.schema({"begin": pa.date32(), "end": pa.date32()})
MONTHS: dict[Interval, int] = {"year": 12, "quarter": 3, "month": 1}


class Days(Protocol):
    """The days that everybody's rows depend on, to compare with."""

    @property
    def year(self) -> int:
        """The year that the last day is in."""

    def last(self) -> DateScalar:
        """The last day known."""

    def first(self, table: str) -> DateScalar:
        """The first day in a table, whoever's it is; null where there is none."""


@dataclass(frozen=True)
class Known:
    """Days as they are, written into the question."""

    as_of: date
    first_day: Callable[[str], date | None]

    @property
    def year(self) -> int:
        return self.as_of.year

    def last(self) -> DateScalar:
        return ibis.literal(self.as_of, "date")

    def first(self, table: str) -> DateScalar:
        return ibis.literal(self.first_day(table), "date")


@dataclass(frozen=True)
class Inputs:
    """``t`` in a measure. Tables are attributes: ``t.tumour``, ``t.person``, ``t.episode``, ``t.finding``.

    The tables may be those of some persons alone. The rows of a measure are then those persons' rows of the
    whole: they depend on nothing but the persons' own rows and what is stated here (the last day, the
    interval, ``since`` and the first day of a whole table).
    """

    table: Callable[[str], Table]
    days: Days
    interval: Interval
    since: date | None
    engine: Engine

    def __getattr__(self, name: str) -> Table:
        if name.startswith("_"):
            raise AttributeError(name)
        return self.table(name)

    @property
    def as_of(self) -> DateScalar:
        """The last day known. Nothing after it counts."""
        return self.days.last()

    def begins(self, name: str) -> DateScalar:
        """The first day in a table, whoever's it is, to compare with; null where there is none."""
        return self.days.first(name)

    def with_region(self, rows: Table) -> Table:
        """``rows`` with ``region``: where the person lived on the day in ``date``; null if unknown."""
        return with_residence(rows, self.residence, on="date", name="region")

    def with_background(self, rows: Table) -> Table:
        """``rows`` with what was known of the person's background before the year of the day in ``date``."""
        return with_background(rows, self.background, on="date")

    @staticmethod
    def completed_years(born: DateValue, day: DateValue) -> IntegerValue:
        """Whole years from birth to a day."""
        return completed_years(born, day)

    @staticmethod
    def completed_months(since: DateValue, day: DateValue) -> IntegerValue:
        """Whole months from one day to another."""
        return completed_months(since, day)

    @staticmethod
    def birthday(born: DateValue, year: IntegerValue) -> DateValue:
        """The day in a year on which a person turns older."""
        return birthday(born, year)

    @staticmethod
    def homes(residences: Table) -> Table:
        """Periods of residence that never overlap: ``person_id``, ``region``, ``since``, ``until``."""
        return homes(residences)

    def period_ends(self, interval: Interval) -> Table:
        """One row per period from ``since`` to the last day known: ``period_end``, never after that day."""
        first, periods = self.since or date(self.days.year, 1, 1), []
        while first.year <= self.days.year:
            periods.append({"begin": first, "end": following(first, interval) - timedelta(days=1)})
            first = following(first, interval)
        rows = ibis.memtable(pa.Table.from_pylist(periods, _PERIODS))
        return rows.filter(rows.begin <= self.as_of).select(period_end=ibis.least(rows.end, self.as_of))

    @staticmethod
    def each(name: str, values: Sequence[str] | Sequence[int] | Sequence[date]) -> Table:
        """A table with one row per value, to cross join with: how a row is counted in several places."""
        return ibis.memtable(pa.table({name: list(values)}))


def period_start(day: date, interval: Interval) -> date:
    """First day of the period that a day belongs to."""
    months = MONTHS[interval]
    return day.replace(month=(day.month - 1) // months * months + 1, day=1)


def following(day: date, interval: Interval) -> date:
    """First day of the period after the one that a day belongs to."""
    start = period_start(day, interval)
    month = start.month - 1 + MONTHS[interval]
    return start.replace(year=start.year + month // 12, month=month % 12 + 1)


def label(start: date, interval: Interval) -> str:
    """Name of the period that begins on a day: ``2024``, ``2024-Q1``, ``2024-01``."""
    if interval == "year":
        return f"{start:%Y}"
    return f"{start:%Y}-Q{(start.month + 2) // 3}" if interval == "quarter" else f"{start:%Y-%m}"
