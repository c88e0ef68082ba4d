"""Timeliness: days from diagnosis to registration, by unit and year, corrected for reports still to come.

Of a year that is hardly over only the quick reports are in, so that the days of those in flatter it. Two
numbers stand side by side. The *naive* share is that of the reports in. The *corrected* share goes backwards
in time (right truncation): as far as the year's own cases are old enough to show it, by them; beyond that by
the law of the same unit's cases of the latest years.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from fyrbak.measures.disclosure import SMALL, Suppressed, protected
from fyrbak.measures.register_quality.coverage import counted
from fyrbak.measures.register_quality.linked import NEVER, Flags, Linked
from fyrbak.measures.register_quality.shares import WHOLE, Place, in_order
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.intervals import Estimate
from fyrbak.measures.statistics.quantiles import quantile
from fyrbak.measures.statistics.survival import LEAST_OLD, Timeliness, timeliness
from fyrbak.records.columns import Whole, Words

MONTHS = {1: 30, 3: 91, 6: 183, 12: 365}  # days within which a share is told, by months
HORIZON = 730  # reports later than this are left out
LAW = 3 * 365  # the law of a unit is that of cases at most so much older than the horizon
OWN_OLD = 0.5  # a year tells of a delay as long as this share of its cases is old enough to show it
LEAST_REPORTS = 20  # reports of a year and group, before anything is told of them
_EPOCH = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Within:
    """The share reported within so many days: of the reports in, and corrected, with its 95 % interval."""

    days: int
    naive: float | None
    corrected: float | None
    lower: float | None
    upper: float | None


@dataclass(frozen=True)
class Delays:
    """How fast the reports of one year's cases come. None where it cannot be told, or few reports would be.

    ``n`` are the reports in so far, ``expected`` how many there will be in the end, of those that come within
    the horizon, with an interval. ``whole``: all cases are as old as the horizon. ``negative`` are reports
    from before the diagnosis: they are counted, and left out of everything else.
    """

    register: str
    year: int
    group: str
    whole: bool
    negative: int | None
    extract: date
    why: str  # a Lack of the statistics: why nothing is corrected; few_reports: why nothing is told
    n: int | None = None
    median: int | None = None
    corrected_median: int | None = None
    within: tuple[Within, ...] = tuple(Within(days, None, None, None, None) for days in MONTHS.values())
    expected: float | None = None
    expected_lower: float | None = None
    expected_upper: float | None = None


def delays(linked: Linked, by: str = "unit", *, horizon: int = HORIZON, small: bool = False) -> list[Delays]:
    """The delays of every year, of all and of each group of ``by``, of the reports that have come."""
    groups, reports = linked.groups(by), _Reports.of(linked)
    enough = _enough(linked, reports.right, groups, by)
    found = []
    for group in (WHOLE, *(sorted(set(groups.tolist())) if by else ())):
        own = reports.among((groups == group) | (group == WHOLE))
        law = own.law(horizon)
        for year in sorted(set(linked.year[own.here].tolist())):
            yearly = own.among(linked.year == year)
            negative = int((yearly.here & ~yearly.right).sum())
            untold = Delays(
                linked.register,
                year,
                group,
                whole=date(year, 12, 31).toordinal() + horizon <= linked.extract.toordinal(),
                negative=None if negative in SMALL and not small else negative,
                extract=linked.extract,
                why="few_reports",
            )
            shown = small or (year, group) in enough
            found.append(_told(untold, yearly, law, horizon, small=small) if shown else untold)
    return sorted(found, key=lambda one: in_order((one.year, one.group)))


@dataclass(frozen=True)
class _Reports:
    """Cases by the days from diagnosis to report, and to the extract.

    ``here`` are those whose report has come, ``right`` those of them that came after the diagnosis.
    """

    took: Whole
    age: Whole
    here: Flags

    @classmethod
    def of(cls, linked: Linked) -> _Reports:
        age = linked.extract.toordinal() - _EPOCH - linked.diagnosis
        here = linked.in_quality & (linked.reported != NEVER)
        return cls(linked.reported - linked.diagnosis, age, here)

    @property
    def right(self) -> Flags:
        return self.here & (self.took >= 0)

    def among(self, chosen: Flags) -> _Reports:
        return replace(self, here=self.here & chosen)

    def law(self, horizon: int) -> Timeliness | TooThin:
        """The law of the latest years' reports."""
        return self.among(self.age < horizon + LAW).estimate(horizon)

    def own(self, horizon: int) -> Timeliness | None:
        """The law as far as enough of the cases are old enough to show it; None where they are nowhere."""
        ages = np.sort(self.age[self.right])
        if ages.size < LEAST_OLD:
            return None
        old_enough = int(ages[-max(LEAST_OLD, int(OWN_OLD * ages.size))])
        found = self.estimate(min(old_enough, horizon))
        return None if isinstance(found, TooThin) else found

    def estimate(self, horizon: int) -> Timeliness | TooThin:
        """The reverse-time estimate of all cases."""
        if not self.right.any() or horizon < 1:
            return TooThin("few_old", 0, LEAST_OLD)
        took, took_at = np.unique(self.took[self.right], return_inverse=True)
        ages, age_at = np.unique(self.age[self.right], return_inverse=True)
        counts = np.zeros((ages.size, took.size))
        np.add.at(counts, (age_at, took_at), 1)
        return timeliness(took, ages, counts, horizon)


def _enough(linked: Linked, right: Flags, groups: Words, by: str) -> set[Place]:
    """The years and groups with enough reports, less those that would give back another's by a difference."""
    every = counted(linked.year, groups, right, right, by)
    told: set[Place] = set()
    for year in {year for year, _ in every}:
        bound = {group: n for (at, group), (n, _) in every.items() if at == year}
        few = [group for group, n in bound.items() if n < LEAST_REPORTS]
        shown = protected(bound, total=WHOLE, hide=few)
        told |= {(year, group) for group, n in shown.items() if not isinstance(n, Suppressed)}
    return told


def _told(
    untold: Delays, reports: _Reports, law: Timeliness | TooThin, horizon: int, *, small: bool
) -> Delays:
    took = reports.took[reports.right]
    days, counts = np.unique(took, return_counts=True)
    told = replace(untold, n=int(took.size), median=quantile(days, counts, 0.5).value)
    if isinstance(law, TooThin):
        within = tuple(_within(took, day, None, small=small) for day in MONTHS.values())
        return replace(told, within=within, why=law.reason)
    curve = _Curve(law, reports.own(horizon))
    within = tuple(_within(took, day, curve, small=small) for day in MONTHS.values())
    total, lower, upper = _expected(law, reports.age[reports.right])
    return replace(
        told,
        within=within,
        why="",
        corrected_median=curve.median(),
        expected=total,
        expected_lower=lower,
        expected_upper=upper,
    )


def _within(took: Whole, day: int, curve: _Curve | None, *, small: bool) -> Within:
    """The share by a day; not told where it is of few reports, or few are left."""
    there = int((took <= day).sum())
    if not small and (there in SMALL or took.size - there in SMALL):
        return Within(day, None, None, None, None)
    if curve is None:
        return Within(day, there / took.size, None, None, None)
    return Within(day, there / took.size, *_known(curve.by(day)))


@dataclass(frozen=True)
class _Curve:
    """The corrected share by each day: the year's own up to its horizon, times the law of the rest."""

    law: Timeliness
    own: Timeliness | None

    def by(self, day: int) -> Estimate:
        """The share reported by a day, of all that are within the law's horizon."""
        if self.own is None:
            return self.law.by(day)
        return _product(self.own.by(day), self.law.by(max(day, self.own.horizon)))

    def median(self) -> int | None:
        """The first day by which half are reported."""
        seen = sorted({*self.law.delays.tolist(), *(self.own.delays.tolist() if self.own else ())})
        return next((day for day in seen if float(self.by(day).value) >= 0.5), None)


def _product(one: Estimate, other: Estimate) -> Estimate:
    """Two independent shares multiplied, with the reaches of their logarithms squared and added.

    Source: Zou and Donner, Stat Med 2008;27:1693-1702.
    """
    value = one.value * other.value
    with np.errstate(divide="ignore", invalid="ignore"):
        down = np.hypot(np.log(one.value / one.lower), np.log(other.value / other.lower))
        up = np.hypot(np.log(one.upper / one.value), np.log(other.upper / other.value))
        return Estimate(value, value * np.exp(-down), np.minimum(value * np.exp(up), 1))


def _expected(law: Timeliness, ages: Whole) -> tuple[float | None, float | None, float | None]:
    """How many reports there will be, each one in standing for 1 / share by its age; with an interval.

    The variance is that of the reports to come, and that of the law, taken as one and the same error for all
    ages: that is on the wide side.
    """
    seen, counts = np.unique(ages, return_counts=True)
    told = [law.by(int(age)) for age in seen]
    share, lower = (np.array([float(getattr(one, end)) for one in told]) for end in ("value", "lower"))
    if not (share > 0).all() or not np.isfinite(lower).all():
        return None, None, None
    total = float((counts / share).sum())
    chance = float((counts * (1 - share) / share**2).sum())
    error = float((counts / share**2 * (share - lower)).sum())
    reach = float(np.hypot(1.96 * np.sqrt(chance), error))
    return total, max(total - reach, float(counts.sum())), total + reach


def _known(found: Estimate) -> tuple[float | None, float | None, float | None]:
    ends = [float(end) for end in found]
    value, lower, upper = (end if np.isfinite(end) else None for end in ends)
    return value, lower, upper
