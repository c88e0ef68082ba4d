"""Intervals of counts, shares, rates and weighted sums, and of the difference or ratio of two of them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import gammaincinv

from fyrbak.measures.statistics.checks import LEVEL, Floats, counted, normal_score, shares, tail


class Estimate(NamedTuple):
    """Values with the ends of their intervals: arrays of one shape. NaN where nothing can be said."""

    value: Floats
    lower: Floats
    upper: Floats


def wilson(hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Wilson's score interval of a proportion; NaN where ``n`` is 0. Ends are within 0 and 1.

    Source: Wilson, J Am Stat Assoc 1927;22:209-212.
    """
    k, m = shares(hits, n)
    z = normal_score(level)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = k / m
        middle = (p + z**2 / (2 * m)) / (1 + z**2 / m)
        half = z / (1 + z**2 / m) * np.sqrt(p * (1 - p) / m + z**2 / (4 * m**2))
    lower = np.where(k == 0, 0.0, middle - half)
    upper = np.where(k == m, 1.0, middle + half)
    return np.where(m > 0, lower, np.nan), np.where(m > 0, upper, np.nan)


def poisson(count: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Exact interval of the mean of a Poisson count. The lower end for 0 is 0.

    Source: Garwood, Biometrika 1936;28:437-442, by way of the gamma distribution.
    """
    (k,) = counted(count=count)
    outside = tail(level)
    lower = np.where(k > 0, gammaincinv(np.maximum(k, 1e-9), outside), 0.0)
    return lower, gammaincinv(k + 1, 1 - outside)


def byar(count: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Byar's approximation to :func:`poisson`: within 1 % of it from 5 events on.

    Source: Breslow and Day, Statistical Methods in Cancer Research II, IARC 1987, page 69.
    """
    (k,) = counted(count=count)
    z = normal_score(level)

    def end(mean: Floats, side: float) -> Floats:
        safe = np.maximum(mean, 1e-9)
        return np.asarray(safe * np.maximum(1 - 1 / (9 * safe) + side * z / (3 * np.sqrt(safe)), 0) ** 3)

    return np.where(k > 0, end(k, -1), 0.0), end(k + 1, 1)


def gamma_weighted(counts: ArrayLike, weights: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Fay and Feuer's interval of a weighted sum of Poisson counts, over the last axis.

    With one weight for all it is the exact Poisson interval. It holds its level in practice for any weights,
    at the price of some width. Source: Fay and Feuer, Stat Med 1997;16:791-801.
    """
    _, total, variance, largest = _weighted(counts, weights)
    outside = tail(level)
    with np.errstate(invalid="ignore", divide="ignore"):
        lower = np.where(total > 0, variance / total * gammaincinv(total**2 / variance, outside), 0.0)
        more, wider = total + largest, variance + largest**2
        upper = wider / more * gammaincinv(more**2 / wider, 1 - outside)
    return lower, upper


def dobson(counts: ArrayLike, weights: ArrayLike, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Dobson's interval of a weighted sum of Poisson counts, over the last axis.

    The exact Poisson interval of all events together, moved and scaled to the weighted sum. Without events
    the method has no answer, and the ends are those of :func:`gamma_weighted`.
    Source: Dobson and others, Stat Med 1991;10:457-462.
    """
    events, total, variance, _ = _weighted(counts, weights)
    low, high = poisson(events, level)
    none_low, none_high = gamma_weighted(counts, weights, level)
    with np.errstate(invalid="ignore", divide="ignore"):
        scale = np.sqrt(variance / events)
        lower = np.where(events > 0, total + scale * (low - events), none_low)
        upper = np.where(events > 0, total + scale * (high - events), none_high)
    return lower, upper


def _weighted(counts: ArrayLike, weights: ArrayLike) -> tuple[Floats, Floats, Floats, Floats]:
    """All events, the weighted sum, its variance and the largest weight, over the last axis."""
    d, w = np.broadcast_arrays(*counted(counts=counts, weights=weights))
    return d.sum(axis=-1), (w * d).sum(axis=-1), (w**2 * d).sum(axis=-1), w.max(axis=-1)


def share_difference(
    hits: ArrayLike, n: ArrayLike, other_hits: ArrayLike, other_n: ArrayLike, level: float = LEVEL
) -> Estimate:
    """One share less another, with Newcombe's interval from the two Wilson intervals; NaN where an n is 0.

    Source: Newcombe, Stat Med 1998;17:873-890, method 10.
    """
    (k, m), (j, o) = shares(hits, n), shares(other_hits, other_n)
    with np.errstate(invalid="ignore", divide="ignore"):
        p, q = k / m, j / o
    return difference(Estimate(p, *wilson(k, m, level)), Estimate(q, *wilson(j, o, level)))


def rate_difference(
    events: ArrayLike, time: ArrayLike, other_events: ArrayLike, other_time: ArrayLike, level: float = LEVEL
) -> Estimate:
    """One rate less another, per unit of ``time``, from the two exact Poisson intervals; NaN without time.

    Source: Zou and Donner, Stat Med 2008;27:1693-1702 (the same squares as Newcombe's).
    """
    d, t, e, u = counted(events=events, time=time, other_events=other_events, other_time=other_time)
    with np.errstate(invalid="ignore", divide="ignore"):
        (low, high), (other_low, other_high) = poisson(d, level), poisson(e, level)
        return difference(Estimate(d / t, low / t, high / t), Estimate(e / u, other_low / u, other_high / u))


def difference(one: Estimate, other: Estimate) -> Estimate:
    """One estimate less another that does not depend on it, at the level of their intervals.

    The square of each side's reach is the sum of the squares of what the two values can move that way.
    Source: Zou and Donner, Stat Med 2008;27:1693-1702.
    """
    value = one.value - other.value
    down = np.sqrt((one.value - one.lower) ** 2 + (other.upper - other.value) ** 2)
    up = np.sqrt((one.upper - one.value) ** 2 + (other.value - other.lower) ** 2)
    return Estimate(value, value - down, value + up)


def ratio(one: Estimate, other: Estimate) -> Estimate:
    """One estimate above 0 over another: :func:`difference` on the log scale. NaN where an end is 0."""
    with np.errstate(invalid="ignore", divide="ignore"):
        found = difference(*(Estimate(*(np.log(end) for end in each)) for each in (one, other)))
        return Estimate(*(np.where(np.isfinite(end), np.exp(end), np.nan) for end in found))


def share_ratio(
    hits: ArrayLike, n: ArrayLike, other_hits: ArrayLike, other_n: ArrayLike, level: float = LEVEL
) -> Estimate:
    """One share over another with an interval on the log scale; ends are NaN where either has no hits.

    Katz's interval takes a share of 1 for certain: all of 30 over all of 30 would be exactly 1. Where either
    share is 1 it is that of :func:`ratio` instead, from the two Wilson intervals.
    Source: Katz and others, Biometrics 1978;34:469-474.
    """
    (k, m), (j, o) = shares(hits, n), shares(other_hits, other_n)
    with np.errstate(invalid="ignore", divide="ignore"):
        found = _ratio((k / m) / (j / o), 1 / k - 1 / m + 1 / j - 1 / o, level)
        each = (Estimate(p, *wilson(hit, of, level)) for p, hit, of in ((k / m, k, m), (j / o, j, o)))
        other = ratio(*each)
    use = ((k == m) | (j == o)) & (k > 0) & (j > 0)
    return Estimate(*(np.where(use, one, end) for one, end in zip(other, found, strict=True)))


def rate_ratio(
    events: ArrayLike, time: ArrayLike, other_events: ArrayLike, other_time: ArrayLike, level: float = LEVEL
) -> Estimate:
    """One rate over another with an interval on the log scale; ends are NaN where either has no events.

    Source: Breslow and Day, Statistical Methods in Cancer Research II, IARC 1987.
    """
    d, t, e, u = counted(events=events, time=time, other_events=other_events, other_time=other_time)
    with np.errstate(invalid="ignore", divide="ignore"):
        return _ratio((d / t) / (e / u), 1 / d + 1 / e, level)


def _ratio(value: Floats, log_variance: Floats, level: float) -> Estimate:
    reach = normal_score(level) * np.sqrt(np.where(np.isfinite(log_variance), log_variance, np.nan))
    value = np.where(np.isfinite(value), value, np.nan)
    return Estimate(value, value * np.exp(-reach), value * np.exp(reach))
