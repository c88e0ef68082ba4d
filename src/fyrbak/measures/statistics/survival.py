"""Time until something happens, when some are still waiting or not yet reported: from tallies by day.

The tallies add: of each day, how many had the event and how many left the count (still waiting on the last
day that the data describe, moved away). Those who leave on a day are at risk of the event that day.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fyrbak.measures.statistics.checks import LEVEL, Floats, TooThin, counted, line, normal_score
from fyrbak.measures.statistics.intervals import Estimate
from fyrbak.measures.statistics.quantiles import Quantile

Days = NDArray[np.int64]
LEAST_OLD = 20


@dataclass(frozen=True)
class Curve:
    """The share that has had the event by the end of each day, with its interval. All arrays are (days,).

    ``variance`` is that of the share. An end is NaN where the method gives none: the upper one while nobody
    has had the event, the lower one when all have. ``known_to`` is the last day on which anybody was at risk;
    None when nobody is left waiting, for then the share stands still for good.
    """

    days: Days
    at_risk: Floats
    share: Floats
    variance: Floats
    lower: Floats
    upper: Floats
    known_to: int | None

    @property
    def survival(self) -> Floats:
        """The share that has not had the event by the end of each day."""
        return 1 - self.share

    def by(self, day: int) -> Estimate:
        """The share by the end of a day; NaN after ``known_to``."""
        if self.known_to is not None and day > self.known_to:
            return Estimate(*np.full(3, np.nan))
        at = int(np.searchsorted(self.days, day, side="right")) - 1
        if at < 0:
            return Estimate(*np.array([0.0, 0.0, np.nan]))
        return Estimate(self.share[at], self.lower[at], self.upper[at])

    def quantile(self, q: float) -> Quantile:
        """The first day by which at least the share ``q`` has had the event, with its interval.

        None where the curve, or an end of its interval, never comes so far. Source: Brookmeyer and Crowley,
        Biometrics 1982;38:29-41.
        """
        if not 0 < q < 1:
            raise ValueError(f"q is {q}: give a share between 0 and 1, such as 0.9.")

        def first(shares: Floats) -> int | None:
            reached = np.flatnonzero(shares >= q - 1e-12)
            return int(self.days[reached[0]]) if reached.size else None

        return Quantile(first(self.share), first(self.upper), first(self.lower))


def kaplan_meier(days: ArrayLike, events: ArrayLike, left: ArrayLike, level: float = LEVEL) -> Curve:
    """Kaplan and Meier's estimate of the share by each day, with Greenwood's variance and a log-log interval.

    ``days`` are distinct days in rising order; ``events`` and ``left`` how many on each. Those who leave must
    be like those who stay; who can end in another way belongs in :func:`cumulative_incidence`.
    Sources: Kaplan and Meier, J Am Stat Assoc 1958;53:457-481; Greenwood 1926; Kalbfleisch and Prentice 1980.
    """
    return cumulative_incidence(days, events, np.zeros(np.shape(events)), left, level)


def cumulative_incidence(
    days: ArrayLike, events: ArrayLike, otherwise: ArrayLike, left: ArrayLike, level: float = LEVEL
) -> Curve:
    """Aalen and Johansen's estimate of the share with the event, when some end ``otherwise`` without it.

    A pathway that ends without treatment is not waiting: to take it for one who left would claim that it
    would have been treated. Without such ends this is Kaplan and Meier's estimate, variance and interval.
    Sources: Aalen and Johansen, Scand J Stat 1978;5:141-150; variance: Marubini and Valsecchi, Analysing
    Survival Data from Clinical Trials and Observational Studies, 1995, chapter 10.
    """
    d, other, c = line(events=events, otherwise=otherwise, left=left)
    when = _distinct_days(days, d.size)
    y = _from_here_on(d + other + c)
    ended = d + other
    with np.errstate(invalid="ignore", divide="ignore"):
        free = _product(np.where(y > 0, 1 - ended / y, 1))
        before = np.concatenate([[1.0], free[:-1]])
        # Written as the rest where it is the rest, so that all is exactly 1.
        share = np.cumsum(before * np.where(y > 0, d / y, 0)) if other.any() else 1 - free
        # Where all at risk end on one day the share stands still afterwards, so that the term is 0.
        a = np.where(y > ended, ended / (y * (y - ended)), 0)
        b = np.where(y > 0, before * d / y**2, 0)
        c2 = np.where(y > 0, before**2 * d * (y - d) / y**3, 0)
    variance = (
        share**2 * np.cumsum(a)
        - 2 * share * np.cumsum(a * share + b)
        + np.cumsum(a * share**2 + 2 * b * share + c2)
    )
    variance = np.maximum(variance, 0)  # rounding can leave it a hair below 0
    lower, upper = _log_log(1 - share, variance, level)
    followed = int(when[np.flatnonzero(y)[-1]]) if y.any() else -1
    known_to = None if free[-1] == 0 else followed
    return Curve(when, y, share, variance, 1 - upper, 1 - lower, known_to)


@dataclass(frozen=True)
class LifeTable:
    """One row per interval. ``survival``, its variance and its ends are at the end of each interval."""

    at_start: Floats
    effective: Floats
    survival: Floats
    variance: Floats
    lower: Floats
    upper: Floats


def life_table(events: ArrayLike, left: ArrayLike, level: float = LEVEL) -> LifeTable:
    """The actuarial life table: those who leave in an interval count as half a person at risk in it.

    ``events`` and ``left`` (intervals,), in order. For tallies by year or month; by day use Kaplan and Meier.
    Source: Cutler and Ederer, J Chronic Dis 1958;8:699-712.
    """
    d, c = line(events=events, left=left)
    at_start = _from_here_on(d + c)
    effective = at_start - c / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        survival = _product(np.where(effective > 0, 1 - d / effective, 1))
        spread = np.cumsum(np.where(effective > d, d / (effective * (effective - d)), 0))
    variance = survival**2 * spread
    lower, upper = _log_log(survival, variance, level)
    return LifeTable(at_start, effective, survival, variance, lower, upper)


@dataclass(frozen=True)
class Timeliness:
    """Of those reported within ``horizon`` days in the end, the share reported by each delay."""

    delays: Days
    share: Floats
    lower: Floats
    upper: Floats
    horizon: int

    def by(self, delay: int) -> Estimate:
        """The share reported within a delay; 1 from the horizon on and 0 before the first delay seen."""
        if delay >= self.horizon:
            return Estimate(*np.ones(3))
        at = int(np.searchsorted(self.delays, delay, side="right")) - 1
        return Estimate(*(np.array([0.0, 0.0, np.nan]) if at < 0 else self._row(at)))

    def completed(self, reported: float, age: int) -> Estimate:
        """How many will have been reported in the end, of those diagnosed ``age`` days ago.

        The interval holds the uncertainty of the share alone, not that of how many more will come. NaN where
        the share is 0.
        """
        share, lower, upper = self.by(age)
        with np.errstate(invalid="ignore", divide="ignore"):
            return Estimate(*(np.where(end > 0, reported / end, np.nan) for end in (share, upper, lower)))

    def _row(self, at: int) -> tuple[Floats, Floats, Floats]:
        return self.share[at], self.lower[at], self.upper[at]


def timeliness(
    delays: ArrayLike,
    ages: ArrayLike,
    counts: ArrayLike,
    horizon: int,
    *,
    level: float = LEVEL,
    least: int = LEAST_OLD,
) -> Timeliness | TooThin:
    """How complete reporting is by delay, corrected for late reports that cannot have come in yet.

    ``counts`` (ages, delays) are reported cases by their delay and by their age: the days from diagnosis to
    report, and to the last day that the data describe. A case is only seen if its delay is at most its age,
    so that young cases show short delays alone. The estimate goes backwards in time: of those with a delay
    of at most d who are old enough to show it, the share with exactly d. Delays after ``horizon`` are left
    out.
    Sources: Kalbfleisch and Lawless, J Am Stat Assoc 1989;84:360-372; Lynden-Bell, Mon Not R Astron Soc
    1971;155:95-118.

    Too thin with fewer than ``least`` cases as old as the horizon, for they alone show the longest delays;
    and where all who are old enough for a delay have exactly that one, so that the shorter ones would be
    said not to exist. Raises ValueError for a report that is older than its case.
    """
    (n,) = counted(counts=counts)
    if n.ndim != 2:
        raise ValueError(f"counts have the shape {n.shape}: give one row per age and one column per delay.")
    when, old = _distinct_days(delays, n.shape[1]), _distinct_days(ages, n.shape[0])
    seen = old[:, None] >= when[None, :]
    if n[~seen].any():
        raise ValueError("a report is older than its case: a delay passes the age.")
    inside = when <= horizon
    when, n, seen = when[inside], n[:, inside], seen[:, inside]
    grown = int(n[old >= horizon].sum())
    if grown < max(least, 1):
        return TooThin("few_old", grown, max(least, 1))
    reported = n.sum(axis=0)
    at_risk = (np.cumsum(n, axis=1) * seen).sum(axis=0)
    earlier = np.cumsum(reported) > reported
    alone = earlier & (reported > 0) & (reported == at_risk)
    if alone.any():
        return TooThin("few_old", int(at_risk[alone].min()), int(at_risk[alone].min()) + 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        stay = np.where(at_risk > 0, 1 - reported / at_risk, 1)
        spread = np.where(at_risk > reported, reported / (at_risk * (at_risk - reported)), 0)
    share = np.append(_from_last(stay[1:], np.multiply), 1.0)
    variance = share**2 * np.append(_from_last(spread[1:], np.add), 0.0)
    lower, upper = _log_log(share, variance, level)
    whole = share == 1
    return Timeliness(when, share, np.where(whole, 1, lower), upper, horizon)


def _log_log(survival: Floats, variance: Floats, level: float) -> tuple[Floats, Floats]:
    """Ends of a share that are symmetric on the scale log(-log); NaN where the share is 0 or 1.

    The end that cannot be passed is kept: 0 below a share of 0, 1 above a share of 1.
    """
    z = normal_score(level)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        reach = z * np.sqrt(variance) / (survival * np.log(survival))  # negative
        lower, upper = survival ** np.exp(-reach), survival ** np.exp(reach)
    none, every = survival <= 0, survival >= 1
    lower = np.where(none, 0.0, np.where(every, np.nan, lower))
    return lower, np.where(every, 1.0, np.where(none, np.nan, upper))


def _product(factors: Floats) -> Floats:
    return np.asarray(np.cumprod(factors), float)


def _from_here_on(counts: Floats) -> Floats:
    return np.cumsum(counts[::-1])[::-1]


def _from_last(values: Floats, by: np.ufunc) -> Floats:
    return np.asarray(by.accumulate(values[::-1])[::-1], float)


def _distinct_days(days: ArrayLike, size: int) -> Days:
    when = np.asarray(days)
    if when.ndim != 1 or when.size != size:
        raise ValueError(f"columns of different lengths: {when.size} days and {size} tallies.")
    if not np.issubdtype(when.dtype, np.integer) or (when < 0).any() or (np.diff(when) <= 0).any():
        raise ValueError("days are distinct whole numbers from 0, in rising order.")
    return when.astype(np.int64)
