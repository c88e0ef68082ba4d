"""Trends of rates and shares over periods; the interval widens when the points do not follow a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit, stdtrit

from fyrbak.measures.statistics.checks import LEVEL, Floats, TooThin, finite, line, normal_score, shares, tail
from fyrbak.measures.statistics.lines import line_weights, share_variance

LEAST_PERIODS = 3


@dataclass(frozen=True)
class Trend:
    """The change from one period to the next, with its interval.

    Of :func:`rate_trend`, :func:`standardised_trend` and :func:`odds_trend` it is relative: -0.03 is 3 per
    cent less for each period. Of :func:`share_trend` it is in shares: 0.02 is 2 percentage points more.
    ``dispersion`` is the scatter around the line over what chance gives (Pearson's chi-square over its
    degrees of freedom). Above 1, variances are multiplied by it and the interval is Student's.
    """

    change: float
    lower: float
    upper: float
    periods: int
    dispersion: float


def rate_trend(
    periods: ArrayLike, events: ArrayLike, time: ArrayLike, level: float = LEVEL
) -> Trend | TooThin:
    """The relative change of a rate per period, by a log-linear Poisson model fitted with all events.

    ``periods`` are distinct numbers (years), ``events`` and ``time`` (periods,). Periods without time say
    nothing. With years, ``change`` is the estimated annual change. Too thin with fewer than three periods,
    and when all events lie in the first or all in the last, which fits an endless slope.
    Source: McCullagh and Nelder, Generalized Linear Models, 1989, chapter 6.
    """
    d, t = line(events=events, time=time)
    x = _periods(periods, d.size)
    if ((t == 0) & (d > 0)).any():
        raise ValueError("events without any time: a case was counted outside its population.")
    x, d, t = x[t > 0], d[t > 0], t[t > 0]
    thin = _too_few(x) or _one_sided(x[d > 0], x)
    if thin:
        return thin

    def working(eta: Floats) -> tuple[Floats, Floats]:
        mean = t * np.exp(eta)
        return eta + (d - mean) / mean, mean

    return _relative(_fitted(x, working, float(np.log(d.sum() / t.sum()))), x, level)


def odds_trend(periods: ArrayLike, hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> Trend | TooThin:
    """The relative change of the odds of a share per period, by logistic regression on tallies.

    For shares that come near 0 or 1, where percentage points cannot go on for ever. Too thin with fewer than
    three periods and when a period parts all hits from all misses, which fits an endless slope.
    Source: McCullagh and Nelder, Generalized Linear Models, 1989, chapter 4.
    """
    x, k, m = _known_shares(periods, hits, n)
    thin = _too_few(x) or _one_sided(x[k > 0], x[k < m])
    if thin:
        return thin

    def working(eta: Floats) -> tuple[Floats, Floats]:
        p = expit(eta)
        weight = m * p * (1 - p)
        return eta + (k - m * p) / weight, weight

    return _relative(_fitted(x, working, float(np.log(k.sum() / (m - k).sum()))), x, level)


def standardised_trend(
    periods: ArrayLike, rates: ArrayLike, variances: ArrayLike, level: float = LEVEL
) -> Trend | TooThin:
    """The relative change per period of rates that come with variances, such as standardised ones.

    A line through their logarithms, weighted by the inverse variance of each. Too thin with fewer than three
    periods, and when any rate is 0, which has no logarithm.
    Source: Fay and others, Biometrics 2006;62:847-854, section 2.
    """
    found = standardised_line(periods, rates, variances, level)
    if isinstance(found, TooThin):
        return found
    ends = (found.slope + side * found.reach for side in (0, -1, 1))
    return Trend(*_as_change(ends), found.periods, found.dispersion)


@dataclass(frozen=True)
class LogLine:
    """A line through logarithms: its height at the ``centre`` of the periods and its slope.

    The two are independent there; each with how far its interval reaches. ``last`` is the last period.
    """

    centre: float
    height: float
    height_reach: float
    slope: float
    reach: float
    last: float
    periods: int
    dispersion: float


def standardised_line(
    periods: ArrayLike, rates: ArrayLike, variances: ArrayLike, level: float = LEVEL
) -> LogLine | TooThin:
    """The line behind :func:`standardised_trend`; too thin where that is."""
    r, v = line(rates=rates, variances=variances)
    x = _periods(periods, r.size)
    thin = _too_few(x)
    if thin:
        return thin
    if not (r > 0).all() or not (v > 0).all():
        return TooThin("no_events", int((r > 0).sum()), r.size)
    y, weight = np.log(r), r**2 / v
    found = _line(x, y, weight)
    reach, dispersion = _reach(found.variance, found.misfit, x.size, level)
    height_reach, _ = _reach(float(1 / weight.sum()), found.misfit, x.size, level)
    centre, height = (float(np.average(of, weights=weight)) for of in (x, y))
    return LogLine(centre, height, height_reach, found.slope, reach, float(x.max()), x.size, dispersion)


def share_trend(periods: ArrayLike, hits: ArrayLike, n: ArrayLike, level: float = LEVEL) -> Trend | TooThin:
    """The change of a share per period in shares (0.01 is one percentage point), by a line weighted by n.

    The variance is binomial, each period with its own share, and holds even where the line does not. Too thin
    with fewer than three periods.
    """
    x, k, m = _known_shares(periods, hits, n)
    thin = _too_few(x)
    if thin:
        return thin
    p, variance = k / m, share_variance(k, m)
    at_zero, at_one = line_weights(x, m, np.array([0.0, 1.0]))
    slope = at_one - at_zero
    fitted = line_weights(x, m, x) @ p
    misfit = float(((p - fitted) ** 2 / variance).sum())
    change = float(slope @ p)
    reach, dispersion = _reach(float((slope**2) @ variance), misfit, x.size, level)
    return Trend(change, change - reach, change + reach, x.size, dispersion)


@dataclass(frozen=True)
class _Line:
    """A fitted line: its heights at the periods, its slope, the slope's variance and the misfit."""

    heights: Floats
    slope: float
    variance: float
    misfit: float


def _line(x: Floats, y: Floats, weight: Floats) -> _Line:
    """Weighted least squares with the inverse of known variances as weights."""
    at_zero, at_one = line_weights(x, weight, np.array([0.0, 1.0]))
    heights = line_weights(x, weight, x) @ y
    variance = ((at_one - at_zero) ** 2 / weight).sum()
    return _Line(heights, float((at_one - at_zero) @ y), variance, float((weight * (y - heights) ** 2).sum()))


def _fitted(x: Floats, working: Callable[[Floats], tuple[Floats, Floats]], start: float) -> _Line:
    """The line of greatest likelihood: lines through the working values until nothing moves.

    It starts level and no height moves by more than 1 at a time, so that it does not overshoot.
    """
    heights = np.full(x.size, start)
    for _ in range(200):
        found = _line(x, *working(heights))
        step = found.heights - heights
        longest = np.abs(step).max()
        heights = heights + step / max(longest, 1)
        if longest < 1e-10:
            break
    return found


def _relative(found: _Line, x: Floats, level: float) -> Trend:
    reach, dispersion = _reach(found.variance, found.misfit, x.size, level)
    ends = (found.slope + side * reach for side in (0, -1, 1))
    return Trend(*_as_change(ends), x.size, dispersion)


def _as_change(slopes: Iterable[float]) -> tuple[float, float, float]:
    """A slope and its ends, of logarithms, as relative change."""
    with np.errstate(over="ignore"):  # three wild periods may give no upper bound: infinity
        change, lower, upper = (float(np.expm1(slope)) for slope in slopes)
    return change, lower, upper


def _reach(variance: float, misfit: float, periods: int, level: float) -> tuple[float, float]:
    """How far the interval reaches, and the dispersion."""
    free = periods - 2
    dispersion = misfit / free
    score = normal_score(level) if dispersion <= 1 else float(stdtrit(free, 1 - tail(level)))
    return score * float(np.sqrt(variance * max(dispersion, 1))), dispersion


def _periods(periods: ArrayLike, size: int) -> Floats:
    (x,) = finite(periods=periods)
    if x.shape != (size,):
        raise ValueError(f"columns of different lengths: {x.size} periods and {size} tallies.")
    if np.unique(x).size != x.size:
        raise ValueError("a period stands twice: add its tallies first.")
    return x


def _known_shares(periods: ArrayLike, hits: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats, Floats]:
    k, m = line(hits=hits, n=n)
    shares(k, m)
    x = _periods(periods, k.size)
    return x[m > 0], k[m > 0], m[m > 0]


def _too_few(x: Floats) -> TooThin | None:
    return TooThin("few_periods", x.size, LEAST_PERIODS) if x.size < LEAST_PERIODS else None


def _one_sided(hits: Floats, others: Floats) -> TooThin | None:
    """Too thin when all hits lie after all the others, or all before: then the slope has no end."""
    if not hits.size or not others.size:
        return TooThin("no_events", 0, 1)
    if hits.min() >= others.max() or hits.max() <= others.min():
        return TooThin("no_slope", np.unique(hits).size, np.unique(hits).size + 1)
    return None
