"""Trends against another tool's models, and what happens when no line can be drawn."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student

from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.trend import Trend, odds_trend, rate_trend, share_trend, standardised_trend

YEARS = np.arange(2015, 2025)


def known(found: Trend | TooThin) -> Trend:
    assert isinstance(found, Trend)
    return found


def ends(slope: float, error: float, dispersion: float, free: int) -> list[float]:
    score = norm.ppf(0.975) if dispersion <= 1 else student.ppf(0.975, free)
    reach = score * error * math.sqrt(max(dispersion, 1))
    return [slope, slope - reach, slope + reach]


@pytest.mark.filterwarnings("ignore:Perfect separation")
@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 400), st.integers(10**4, 10**6)), min_size=3, max_size=12))
def test_rate_trend_agrees_with_statsmodels(cells: list[tuple[int, int]]) -> None:
    events, time = (np.array(column, float) for column in zip(*cells, strict=True))
    years = YEARS[0] + np.arange(events.size)
    found = known(rate_trend(years, events, time))
    design = sm.add_constant(years - years.mean())
    model = sm.GLM(events, design, family=sm.families.Poisson(), offset=np.log(time)).fit(tol=1e-12)
    dispersion = model.pearson_chi2 / (events.size - 2)
    assert math.isclose(found.dispersion, dispersion, rel_tol=1e-5, abs_tol=1e-9)
    other = np.expm1(ends(model.params[1], model.bse[1], dispersion, events.size - 2))
    assert np.allclose([found.change, found.lower, found.upper], other, rtol=1e-5, atol=1e-9)


@pytest.mark.filterwarnings("ignore:Perfect separation")
@settings(max_examples=40)
@given(st.lists(st.tuples(st.integers(1, 99), st.integers(100, 900)), min_size=3, max_size=12))
def test_odds_trend_agrees_with_statsmodels(cells: list[tuple[int, int]]) -> None:
    hits, n = map(np.array, zip(*cells, strict=True))
    periods = np.arange(hits.size)
    found = known(odds_trend(periods, hits, n))
    design = sm.add_constant(periods - periods.mean())
    model = sm.GLM(np.c_[hits, n - hits], design, family=sm.families.Binomial()).fit(tol=1e-12)
    dispersion = model.pearson_chi2 / (hits.size - 2)
    other = np.expm1(ends(model.params[1], model.bse[1], dispersion, hits.size - 2))
    assert np.allclose([found.change, found.lower, found.upper], other, rtol=1e-5, atol=1e-9)


def test_standardised_trend_agrees_with_weighted_least_squares() -> None:
    rates = np.array([8.1, 7.9, 7.2, 7.4, 6.9, 6.1, 6.4, 5.8, 5.5, 5.2])
    variances = np.array([0.09, 0.1, 0.08, 0.11, 0.1, 0.09, 0.08, 0.07, 0.08, 0.09])
    found = known(standardised_trend(YEARS, rates, variances))
    model = sm.WLS(np.log(rates), sm.add_constant(YEARS - 2019.5), weights=rates**2 / variances).fit()
    unscaled = model.bse[1] / math.sqrt(model.scale)
    other = np.expm1(ends(model.params[1], unscaled, model.scale, 8))
    assert np.allclose([found.change, found.lower, found.upper], other, rtol=1e-9)
    assert -0.06 < found.change < -0.03 and found.upper < 0


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 900)), min_size=3, max_size=12))
def test_share_trend_is_least_squares_weighted_by_n(cells: list[tuple[int, int]]) -> None:
    hits, n = (np.array(column, float) for column in zip(*cells, strict=True))
    hits = np.minimum(hits, n)
    periods = np.arange(hits.size)
    found = known(share_trend(periods, hits, n))
    model = sm.WLS(hits / n, sm.add_constant(periods), weights=n).fit()
    assert math.isclose(found.change, model.params[1], abs_tol=1e-9)
    assert found.lower <= found.change <= found.upper


def test_a_steady_fall_is_found_to_the_last_figure() -> None:
    time = np.full(10, 1e7)
    found = known(rate_trend(YEARS, 1000 * 0.97 ** np.arange(10), time))
    assert math.isclose(found.change, -0.03, rel_tol=1e-6)
    points = known(share_trend(YEARS, 100 + 20 * np.arange(10), np.full(10, 1000)))
    assert math.isclose(points.change, 0.02)


@given(st.permutations(range(10)))
def test_the_order_of_rows_does_not_matter(order: list[int]) -> None:
    events, time = np.array([30, 28, 35, 22, 25, 21, 19, 24, 15, 16]), np.linspace(1e5, 1.1e5, 10)
    one, other = rate_trend(YEARS, events, time), rate_trend(YEARS[order], events[order], time[order])
    assert np.allclose(list(vars(known(one)).values()), list(vars(known(other)).values()))


def test_scatter_beyond_chance_widens_the_interval() -> None:
    time = np.full(10, 1e5)
    calm = known(rate_trend(YEARS, [100, 98, 101, 99, 100, 102, 98, 100, 101, 99], time))
    wild = known(rate_trend(YEARS, [60, 140, 70, 130, 55, 150, 80, 120, 65, 130], time))
    assert calm.dispersion < 1 < wild.dispersion
    assert wild.upper - wild.lower > 3 * (calm.upper - calm.lower)


def coverage(one: Callable[[np.random.Generator], Trend | TooThin], truth: float, runs: int = 400) -> float:
    rng = np.random.default_rng(8)
    return float(np.mean([(t := known(one(rng))).lower <= truth <= t.upper for _ in range(runs)]))


def test_intervals_cover_their_level_with_and_without_scatter() -> None:
    time = np.linspace(9e4, 1.1e5, 10)
    mean = 4e-4 * 0.95 ** np.arange(10) * time
    n = np.full(8, 300)
    p = 0.5 + 0.02 * np.arange(8)
    plain = coverage(lambda rng: rate_trend(YEARS, rng.poisson(mean), time), -0.05)
    rough = coverage(lambda rng: rate_trend(YEARS, rng.poisson(mean * rng.gamma(10, 0.1, 10)), time), -0.05)
    share = coverage(lambda rng: share_trend(range(8), rng.binomial(n, p), n), 0.02)
    assert 0.93 <= plain <= 0.99 and 0.92 <= rough <= 0.99 and 0.93 <= share <= 0.99


@pytest.mark.parametrize("trend", [rate_trend, odds_trend, share_trend, standardised_trend])
def test_two_periods_are_no_trend(trend: Any) -> None:
    assert trend([2023, 2024], [3, 4], [10, 10]) == TooThin("few_periods", 2, 3)


def test_periods_without_anybody_say_nothing() -> None:
    assert rate_trend([1, 2, 3], [3, 4, 0], [10, 10, 0]) == TooThin("few_periods", 2, 3)
    assert share_trend([1, 2, 3], [3, 4, 0], [10, 10, 0]) == TooThin("few_periods", 2, 3)
    full, gap = (
        share_trend([1, 2, 4], [3, 4, 5], [10] * 3),
        share_trend(range(1, 5), [3, 4, 0, 5], [10, 10, 0, 10]),
    )
    assert full == gap


def test_an_endless_slope_is_not_given() -> None:
    assert rate_trend([1, 2, 3], [0, 0, 9], [10] * 3) == TooThin("no_slope", 1, 2)
    assert rate_trend([1, 2, 3], [0, 0, 0], [10] * 3) == TooThin("no_events", 0, 1)
    assert isinstance(rate_trend([1, 2, 3], [0, 9, 0], [10] * 3), Trend)
    assert odds_trend([1, 2, 3], [0, 0, 9], [9] * 3) == TooThin("no_slope", 1, 2)
    assert odds_trend([1, 2, 3], [9, 9, 9], [9] * 3) == TooThin("no_events", 0, 1)
    assert isinstance(odds_trend([1, 2, 3], [0, 5, 9], [9] * 3), TooThin)
    assert isinstance(odds_trend([1, 2, 3], [1, 5, 9], [9] * 3), Trend)
    assert standardised_trend([1, 2, 3], [0, 1, 2], [1, 1, 1]) == TooThin("no_events", 2, 3)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: rate_trend([1, 2], [1, 2, 3], [9, 9, 9]), "2 periods and 3 tallies"),
        (lambda: rate_trend([1, 2, 2], [1, 2, 3], [9, 9, 9]), "a period stands twice"),
        (lambda: rate_trend([1, 2, 3], [1, 2, 3], [9, 9, 0]), "events without any time"),
        (lambda: share_trend([1, 2, 3], [1, 2, 30], [9, 9, 9]), "hits pass n"),
        (lambda: odds_trend([1, 2, math.nan], [1, 2, 3], [9, 9, 9]), "periods holds NaN"),
        (lambda: standardised_trend([1, 2, 3], [1, 2, 3], [1, -1, 1]), "variances holds -1"),
    ],
)
def test_bad_input_is_one_clear_line(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)
