"""Intervals against published values, quantiles against sorting."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, poisson

from fyrbak.measures import statistics


@pytest.mark.parametrize(
    ("hits", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe_1998_table_1(hits: int, n: int, lower: float, upper: float) -> None:
    low, high = statistics.wilson(hits, n)
    assert (round(float(low), 4), round(float(high), 4)) == (lower, upper)


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_wilson_agrees_with_scipy_and_holds_the_share(hits: int, n: int) -> None:
    hits = min(hits, n)
    low, high = map(float, statistics.wilson(hits, n))
    other = binomtest(hits, n).proportion_ci(0.95, "wilson")
    assert math.isclose(low, other.low, abs_tol=1e-12) and math.isclose(high, other.high, abs_tol=1e-12)
    assert 0 <= low <= hits / n <= high <= 1


def test_wilson_of_nothing_is_no_number() -> None:
    assert all(np.isnan(end) for end in statistics.wilson(0, 0))


@given(st.integers(0, 5_000))
def test_poisson_ends_leave_a_fortieth_on_each_side(count: int) -> None:
    low, high = map(float, statistics.poisson(count))
    assert math.isclose(poisson.cdf(count, high), 0.025, rel_tol=1e-6)
    assert low == 0 if count == 0 else math.isclose(poisson.sf(count - 1, low), 0.025, rel_tol=1e-6)


def test_poisson_agrees_with_garwood_1936() -> None:
    low, high = statistics.poisson([0, 1, 10])
    assert np.round(low, 3).tolist() == [0.0, 0.025, 4.795]
    assert np.round(high, 3).tolist() == [3.689, 5.572, 18.390]


def by_sorting(days: list[int], q: float) -> int:
    return next(day for i, day in enumerate(sorted(days), 1) if i >= round(q * len(days), 9))


@given(st.lists(st.integers(0, 60), min_size=1, max_size=200), st.sampled_from([0.1, 0.5, 0.8, 0.9]))
def test_quantile_of_a_histogram_is_the_quantile_of_the_days(days: list[int], q: float) -> None:
    values, counts = np.unique(days, return_counts=True)
    found = statistics.quantile(values, counts, q)
    assert found.value == by_sorting(days, q)
    assert found.lower is None or found.lower <= found.value
    assert found.upper is None or found.upper >= found.value


@given(st.integers(1, 300), st.sampled_from([0.5, 0.9]))
def test_quantile_interval_covers_at_least_95_percent(n: int, q: float) -> None:
    found = statistics.quantile(range(1, n + 1), [1] * n, q)  # ranks are the values
    below = 0.0 if found.lower is None else binom.cdf(found.lower - 1, n, q)
    above = 0.0 if found.upper is None else binom.sf(found.upper - 1, n, q)
    assert below <= 0.025 + 1e-12
    assert above <= 0.025 + 1e-12


def test_too_few_days_give_no_bound_and_none_give_nothing() -> None:
    assert statistics.quantile([10, 20], [1, 1], 0.5) == (10, None, None)
    assert statistics.quantile([1, 2, 3], [10, 10, 10], 0.9)[2] is None
    assert statistics.quantile([], [], 0.5) == (None, None, None)


@given(st.integers(1, 5_000), st.sampled_from([0.5, 0.9]), st.sampled_from([0.025, 0.975]))
def test_binomial_quantile_agrees_with_scipy(n: int, q: float, probability: float) -> None:
    assert statistics._binomial_quantile(probability, n, q) == binom.ppf(probability, n, q)
