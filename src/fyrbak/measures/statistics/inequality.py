"""Inequality between groups: gap, ratio, and the slope along groups that have an order.

The groups are those whose dividing variable is known. How many lack it goes in as ``unknown`` and comes out
as a share of all, because a gap among those who are known may be a gap in who is known.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from fyrbak.measures.statistics.checks import LEVEL, Floats, TooThin, line, normal_score, shares
from fyrbak.measures.statistics.intervals import (
    Estimate,
    difference,
    rate_difference,
    rate_ratio,
    ratio,
    share_difference,
    share_ratio,
)
from fyrbak.measures.statistics.lines import line_weights, rate_variance, share_variance

Of = Literal["shares", "rates"]

LEAST = {"shares": 30, "rates": 10}  # persons in a group; events in a group
_DIFFERENCE = {"shares": share_difference, "rates": rate_difference}
_RATIO = {"shares": share_ratio, "rates": rate_ratio}
_VARIANCE = {"shares": share_variance, "rates": rate_variance}


@dataclass(frozen=True)
class Gap:
    """Group ``one`` against group ``other`` (places in the list): difference and ratio of their values.

    ``pairs`` is how many pairs the two were chosen from; the intervals allow for the choice (Bonferroni).
    ``unknown`` is the share of all whose group is not known.
    """

    one: int
    other: int
    difference: Estimate
    ratio: Estimate
    pairs: int
    unknown: float


@dataclass(frozen=True)
class Slope:
    """The line along the groups' ranks, from the very first person (rank 0) to the very last (rank 1).

    ``sii``, the slope index, is the height at 1 less that at 0: above 0 when values rise along the order.
    ``rii``, the relative index, is the one over the other; NaN when the line crosses 0. ``heights`` are those
    at 0 and 1, ``ranks`` the middle rank of each group. ``unknown`` as in :class:`Gap`.
    """

    sii: Estimate
    rii: Estimate
    heights: tuple[float, float]
    ranks: Floats
    unknown: float


def gap(
    hits: ArrayLike,
    n: ArrayLike,
    one: int,
    other: int,
    *,
    of: Of = "shares",
    unknown: float = 0,
    least: int | None = None,
    level: float = LEVEL,
) -> Gap | TooThin:
    """Two groups that were chosen before the values were seen, such as the shortest and longest education.

    ``hits`` and ``n`` (groups,) are hits and persons of *shares*, or events and time of *rates*. ``unknown``
    is in the unit of ``n``. Differences have Newcombe's interval, ratios one on the log scale. Too thin when
    either group has fewer than ``least`` persons (of rates: events).
    """
    k, m = _groups(hits, n, of)
    if not (0 <= one < m.size and 0 <= other < m.size and one != other):
        raise ValueError(f"groups {one} and {other} of {m.size}: give two different places, from 0.")
    two = np.array([one, other])
    thin = _thin(k[two], m[two], of, least)
    if thin:
        return thin
    cells = (k[one], m[one], k[other], m[other], level)
    return Gap(one, other, _DIFFERENCE[of](*cells), _RATIO[of](*cells), 1, _unknown(m, unknown))


def widest_gap(
    hits: ArrayLike,
    n: ArrayLike,
    *,
    of: Of = "shares",
    unknown: float = 0,
    least: int | None = None,
    level: float = LEVEL,
) -> Gap | TooThin:
    """The largest difference between any two groups without an order: the highest against the lowest.

    The widest of many gaps is wide by chance alone, so the interval is that of all pairs at once. Too thin as
    :func:`gap`, in any group, and with fewer than two groups.
    """
    k, m = _groups(hits, n, of)
    if m.size < 2:
        return TooThin("few_groups", m.size, 2)
    thin = _thin(k, m, of, least)
    if thin:
        return thin
    one, other = _apart(k / m)
    pairs = m.size * (m.size - 1) // 2
    level = 1 - (1 - level) / pairs
    found = gap(k, m, one, other, of=of, unknown=unknown, least=least, level=level)
    return found if isinstance(found, TooThin) else replace(found, pairs=pairs)


def slope(
    hits: ArrayLike,
    n: ArrayLike,
    *,
    of: Of = "shares",
    unknown: float = 0,
    least: int | None = None,
    level: float = LEVEL,
) -> Slope | TooThin:
    """The slope and relative index of inequality along groups in order, least advantaged first.

    A group's rank is the middle of its place among all persons in the order (ridit). The line is fitted by
    least squares with the groups' sizes as weights. The variance is the groups' own, binomial or Poisson,
    through the weighted sums of values that the indices are made of; it does not grow with misfit. The
    relative index has its interval on the log scale (delta method). Too thin with fewer than three groups or
    a small one.
    Sources: Mackenbach and Kunst, Soc Sci Med 1997;44:757-771; Moreno-Betancur and others, Epidemiology
    2015;26:518-527.
    """
    k, m = _groups(hits, n, of)
    thin = TooThin("few_groups", m.size, 3) if m.size < 3 else _thin(k, m, of, least)
    return thin or _slope(k / m, _VARIANCE[of](k, m), m, unknown, level)


def estimated_gap(
    values: Estimate,
    n: ArrayLike,
    one: int,
    other: int,
    *,
    unknown: float = 0,
    least: int | None = None,
    pairs: int = 1,
) -> Gap | TooThin:
    """As :func:`gap`, of values that have intervals of their own (of LEVEL), such as medians of days.

    ``values`` and ``n`` (groups,): estimates, and persons. Too thin when any group has fewer than ``least``
    persons, or no interval. Where the two are the widest of many ``pairs`` the intervals reach as much
    further as a normal score does.
    """
    (m,) = line(n=n)
    thin = _thin_estimates(values, m, least)
    if thin:
        return thin
    further = normal_score(1 - (1 - LEVEL) / pairs) / normal_score(LEVEL)
    first, second = (Estimate(*(end[place] for end in values)) for place in (one, other))
    logs = Estimate(*map(np.log, ratio(first, second)))
    times = Estimate(*map(np.exp, _stretched(logs, further)))
    return Gap(one, other, _stretched(difference(first, second), further), times, pairs, _unknown(m, unknown))


def widest_estimated_gap(
    values: Estimate, n: ArrayLike, *, unknown: float = 0, least: int | None = None
) -> Gap | TooThin:
    """As :func:`widest_gap`, of values that have intervals of their own."""
    (m,) = line(n=n)
    if m.size < 2:
        return TooThin("few_groups", m.size, 2)
    thin = _thin_estimates(values, m, least)
    if thin:
        return thin
    one, other = _apart(values.value)
    pairs = m.size * (m.size - 1) // 2
    return estimated_gap(values, m, one, other, unknown=unknown, least=least, pairs=pairs)


def estimated_slope(
    values: Estimate, n: ArrayLike, *, unknown: float = 0, least: int | None = None
) -> Slope | TooThin:
    """As :func:`slope`, of values that have intervals of their own: their width stands for the variance."""
    (m,) = line(n=n)
    thin = TooThin("few_groups", m.size, 3) if m.size < 3 else _thin_estimates(values, m, least)
    if thin:
        return thin
    variance = ((values.upper - values.lower) / (2 * normal_score(LEVEL))) ** 2
    return _slope(values.value, variance, m, unknown, LEVEL)


def _stretched(estimate: Estimate, further: float) -> Estimate:
    """The estimate with its ends ``further`` times as far from it."""
    value, lower, upper = estimate
    return Estimate(value, value - further * (value - lower), value + further * (upper - value))


def _slope(value: Floats, variance: Floats, m: Floats, unknown: float, level: float) -> Slope:
    ranks = (np.cumsum(m) - m / 2) / m.sum()
    first, last = line_weights(ranks, m, np.array([0.0, 1.0]))
    low, high = float(first @ value), float(last @ value)
    z = normal_score(level)
    reach = z * np.sqrt((last - first) ** 2 @ variance)
    sii = Estimate(*np.array([high - low, high - low - reach, high - low + reach]))
    rii = Estimate(*np.full(3, np.nan))
    if low > 0 and high > 0:
        factor = np.exp(z * np.sqrt((last / high - first / low) ** 2 @ variance))
        rii = Estimate(*np.array([high / low, high / low / factor, high / low * factor]))
    return Slope(sii, rii, (low, high), ranks, _unknown(m, unknown))


def _groups(hits: ArrayLike, n: ArrayLike, of: Of) -> tuple[Floats, Floats]:
    k, m = line(hits=hits, n=n)
    if of == "shares":
        shares(k, m)
    return k, m


def _thin(k: Floats, m: Floats, of: Of, least: int | None) -> TooThin | None:
    has, needs = int((m if of == "shares" else k).min()), LEAST[of] if least is None else max(least, 1)
    return TooThin("small_group", has, needs) if has < needs or not m.all() else None


def _thin_estimates(values: Estimate, m: Floats, least: int | None) -> TooThin | None:
    has, needs = int(m.min()), LEAST["shares"] if least is None else max(least, 1)
    if has < needs:
        return TooThin("small_group", has, needs)
    known = int(np.isfinite(np.stack(values)).all(axis=0).sum())
    return None if known == m.size else TooThin("no_interval", known, m.size)


def _apart(values: Floats) -> tuple[int, int]:
    """The places of the highest and the lowest; two different ones also where all are alike."""
    one, other = int(values.argmax()), int(values.argmin())
    return one, other if one != other else one + 1


def _unknown(m: Floats, unknown: float) -> float:
    if not (np.isfinite(unknown) and unknown >= 0):
        raise ValueError(f"unknown is {unknown}: a tally is never below 0.")
    return float(unknown / (m.sum() + unknown)) if m.sum() + unknown else 0.0
