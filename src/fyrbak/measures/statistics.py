"""Intervals and quantiles as pure functions of tallies. Nothing here knows measures, tables or files.

Functions take and return NumPy arrays, so that a table with thousands of cells costs one call. All intervals
have the level 95 %.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import bdtr, bdtrik, gammaincinv, ndtri  # scipy.stats takes half a second to import

LEVEL = 0.95
_TAIL = (1 - LEVEL) / 2
_Z = float(ndtri(1 - _TAIL))

Floats = NDArray[np.float64]


def wilson(hits: ArrayLike, n: ArrayLike) -> tuple[Floats, Floats]:
    """Wilson's score interval of a proportion; NaN where ``n`` is 0. Ends are within 0 and 1.

    Source: Wilson, J Am Stat Assoc 1927;22:209-212.
    """
    k, m = np.asarray(hits, float), np.asarray(n, float)
    with np.errstate(invalid="ignore", divide="ignore"):
        p = k / m
        middle = (p + _Z**2 / (2 * m)) / (1 + _Z**2 / m)
        half = _Z / (1 + _Z**2 / m) * np.sqrt(p * (1 - p) / m + _Z**2 / (4 * m**2))
    lower = np.where(k == 0, 0.0, middle - half)
    upper = np.where(k == m, 1.0, middle + half)
    return np.where(m > 0, lower, np.nan), np.where(m > 0, upper, np.nan)


def poisson(count: ArrayLike) -> tuple[Floats, Floats]:
    """Exact interval of the mean of a Poisson count. The lower end for 0 is 0.

    Source: Garwood, Biometrika 1936;28:437-442, by way of the gamma distribution.
    """
    k = np.asarray(count, float)
    lower = np.where(k > 0, gammaincinv(np.maximum(k, 1), _TAIL), 0.0)
    return lower, gammaincinv(k + 1, 1 - _TAIL)


class Quantile(NamedTuple):
    """A quantile in whole days. An end is None where so few observations give no bound on that side."""

    value: int | None
    lower: int | None
    upper: int | None


def quantile(days: ArrayLike, counts: ArrayLike, q: float) -> Quantile:
    """The smallest number of days with a cumulative share of at least ``q``, with its interval.

    ``days`` are the distinct values in rising order and ``counts`` how many have each. The interval runs
    between two order statistics chosen by the binomial distribution; it assumes no distribution, and ties
    only widen its coverage. Source: Conover, Practical Nonparametric Statistics, chapter on quantiles.
    """
    values = np.asarray(days, np.int64)
    cumulated = np.cumsum(np.asarray(counts, np.int64))
    n = int(cumulated[-1]) if cumulated.size else 0
    if n == 0:
        return Quantile(None, None, None)

    def ranked(rank: int) -> int | None:
        return int(values[np.searchsorted(cumulated, rank)]) if 1 <= rank <= n else None

    # Ranks are whole: the smallest rank with rank / n >= q. Rounding guards against 0.9 * 10 =
    # 9.000000000000002.
    rank = int(np.ceil(round(q * n, 9)))
    lower, upper = _binomial_quantile(_TAIL, n, q), _binomial_quantile(1 - _TAIL, n, q) + 1
    return Quantile(ranked(max(rank, 1)), ranked(lower), ranked(upper))


def _binomial_quantile(probability: float, n: int, q: float) -> int:
    """The smallest whole number that a binomial count stays at or below with at least this probability."""
    near = int(np.ceil(bdtrik(probability, n, q)))
    return near - 1 if near > 0 and bdtr(near - 1, n, q) >= probability else near
