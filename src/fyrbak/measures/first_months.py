"""A measure of the first months of each year: money is decided by the first half-year alone."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from ibis.expr.types import Table

from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Measure
from fyrbak.measures.inputs import Inputs
from fyrbak.measures.results import Result, results
from fyrbak.measures.store import lacking, tallies_of
from fyrbak.records.snapshot import Snapshot

_YEAR = 12


class FirstMonths(Measure):
    """A yearly measure in which only the first ``months`` of each year count. Its tallies are kept apart.

    Of a ratio, so large a part of the year is expected of them: six months of half of it.
    """

    months: int

    @property
    def owner(self) -> Measure:
        """Itself: nobody else counts these rows."""
        return self

    @property
    def key(self) -> str:
        """A name of its own."""
        return f"{self.id}-first-{self.months}"

    @property
    def hash(self) -> str:
        """Changes with the measure and with how many months count."""
        return hashlib.sha256(f"{super().hash}{self.months}".encode()).hexdigest()[:12]

    def rows(self, t: Inputs) -> Table:
        """The measure's rows of these months. What a ratio is held against stands on the first of January."""
        rows = super().rows(t)
        return rows.filter(rows.date.month() <= self.months)


def first_months(measure: Measure, months: int) -> FirstMonths:
    """The measure of the first months. Raises BadInputError where that is no whole part of its divisor."""
    if measure.counted != "events" or _YEAR % months:
        raise BadInputError(
            f"{measure.id} cannot be told of the first {months} months: choose 1, 2, 3, 4, 6 or 12 of a "
            "measure that counts events."
        )
    divisor = measure.divisor and measure.divisor * _YEAR // months
    return FirstMonths.model_construct(**dict(measure) | {"months": months, "divisor": divisor})


def last_day(year: int, months: int) -> date:
    """The last day of the first months of a year."""
    return date(year + months // _YEAR, months % _YEAR + 1, 1) - timedelta(days=1)


def results_of_first_months(
    snapshot: Snapshot, measure: FirstMonths, year: int, by: Sequence[str] = ()
) -> list[Result]:
    """The results of one year's first months, with what is small hidden.

    Raises BadInputError where these months are not over in the data. Empty where it cannot be measured.
    """
    ends = last_day(year, measure.months)
    if snapshot.as_of < ends:
        raise BadInputError(
            f"the data end {snapshot.as_of}, before {ends}. Give a later snapshot.",
            word="reporting.fault.not_yet",
            day=snapshot.as_of,
            ends=ends,
        )
    if lacking(snapshot, measure):
        return []
    # For these months the year is over on their last day: nothing later counts.
    tallies = replace(tallies_of(snapshot, measure), as_of=date(year, _YEAR, 31))
    return [
        replace(one, period_end=ends)
        for one in results(tallies, by)
        if one.period == str(year)
    ]  # fmt: skip
