"""Quantiles of whole days from their histogram, with an interval that assumes no distribution."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import bdtr, bdtrik

from fyrbak.measures.statistics.checks import LEVEL, tail


class Quantile(NamedTuple):
    """A quantile in whole days. An end is None where so few observations give no bound on that side."""

    value: int | None
    lower: int | None
    upper: int | None


def quantile(days: ArrayLike, counts: ArrayLike, q: float, level: float = LEVEL) -> Quantile:
    """The smallest number of days with a cumulative share of at least ``q``, with its interval.

    ``days`` are the distinct values in rising order and ``counts`` how many have each. The interval runs
    between two order statistics chosen by the binomial distribution; it assumes no distribution, and ties
    only widen its coverage. Source: Conover, Practical Nonparametric Statistics, chapter on quantiles.
    Raises ValueError for columns of different lengths, negative counts, days out of order and a ``q`` that
    is not between 0 and 1.
    """
    values, numbers = np.asarray(days, np.int64), np.asarray(counts, np.int64)
    if values.shape != numbers.shape:
        raise ValueError(f"columns of different lengths: days {values.size}, counts {numbers.size}.")
    if (numbers < 0).any() or (np.diff(values) <= 0).any():
        raise ValueError("a histogram has distinct days in rising order and no count below 0.")
    if not 0 < q < 1:
        raise ValueError(f"q is {q}: give a share between 0 and 1, such as 0.9.")
    cumulated = np.cumsum(numbers)
    n = int(cumulated[-1]) if cumulated.size else 0
    if n == 0:
        return Quantile(None, None, None)

    def ranked(rank: int) -> int | None:
        return int(values[np.searchsorted(cumulated, rank)]) if 1 <= rank <= n else None

    # Ranks are whole: the smallest rank with rank / n >= q. Rounding guards against 0.9 * 10 =
    # 9.000000000000002.
    rank = int(np.ceil(round(q * n, 9)))
    outside = tail(level)
    lower, upper = binomial_quantile(outside, n, q), binomial_quantile(1 - outside, n, q) + 1
    return Quantile(ranked(max(rank, 1)), ranked(lower), ranked(upper))


def binomial_quantile(probability: float, n: int, q: float) -> int:
    """The smallest whole number that a binomial count stays at or below with at least this probability."""
    near = int(np.ceil(bdtrik(probability, n, q)))
    return near - 1 if near > 0 and bdtr(near - 1, n, q) >= probability else near
