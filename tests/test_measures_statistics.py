"""Intervals against published values and another tool, quantiles against sorting."""

from __future__ import annotations

import math
import pkgutil
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, gamma, poisson
from statsmodels.stats.proportion import confint_proportions_2indep  # type: ignore[import-untyped]
from statsmodels.stats.rates import confint_poisson, confint_poisson_2indep  # type: ignore[import-untyped]

from fyrbak.measures import statistics
from fyrbak.measures.statistics import intervals
from fyrbak.measures.statistics.quantiles import binomial_quantile

counts = st.integers(0, 5_000)
levels = st.floats(0.5, 0.999)


def test_statistics_are_light_to_import() -> None:
    heavy = ("scipy.stats", "pandas", "statsmodels", "ibis", "duckdb")
    names = [module.name for module in pkgutil.iter_modules(statistics.__path__)]
    code = "import sys\n" + "\n".join(f"import fyrbak.measures.statistics.{name}" for name in names)
    code += f"\nprint([name for name in {heavy} if name in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("hits", "n", "lower", "upper"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe_1998_table_1(hits: int, n: int, lower: float, upper: float) -> None:
    low, high = statistics.wilson(hits, n)
    assert (round(float(low), 4), round(float(high), 4)) == (lower, upper)


@given(st.integers(0, 10_000), st.integers(1, 10_000), levels)
def test_wilson_agrees_with_scipy_and_holds_the_share(hits: int, n: int, level: float) -> None:
    hits = min(hits, n)
    low, high = map(float, statistics.wilson(hits, n, level))
    other = binomtest(hits, n).proportion_ci(level, "wilson")
    assert math.isclose(low, other.low, abs_tol=1e-12) and math.isclose(high, other.high, abs_tol=1e-12)
    assert 0 <= low <= hits / n <= high <= 1


def test_wilson_of_nothing_is_no_number() -> None:
    assert all(np.isnan(end) for end in statistics.wilson(0, 0))


@given(counts)
def test_poisson_ends_leave_a_fortieth_on_each_side(count: int) -> None:
    low, high = map(float, statistics.poisson(count))
    assert math.isclose(poisson.cdf(count, high), 0.025, rel_tol=1e-6)
    assert low == 0 if count == 0 else math.isclose(poisson.sf(count - 1, low), 0.025, rel_tol=1e-6)


def test_poisson_agrees_with_garwood_1936() -> None:
    low, high = statistics.poisson([0, 1, 10])
    assert np.round(low, 3).tolist() == [0.0, 0.025, 4.795]
    assert np.round(high, 3).tolist() == [3.689, 5.572, 18.390]


@given(st.integers(5, 5_000))
def test_byar_is_within_one_percent_of_exact_from_five_events(count: int) -> None:
    ends = zip(intervals.byar(count), intervals.poisson(count), strict=True)
    assert all(math.isclose(near, exact, rel_tol=0.01) for near, exact in ends)


# Newcombe, Stat Med 1998;17:873-890, table II, method 10.
@pytest.mark.parametrize(
    ("one", "other", "lower", "upper"),
    [
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((6, 7), (2, 7), 0.0582, 0.8062),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_difference_agrees_with_newcombe_1998(
    one: tuple[int, int], other: tuple[int, int], lower: float, upper: float
) -> None:
    found = intervals.share_difference(*one, *other)
    assert (round(float(found.lower), 4), round(float(found.upper), 4)) == (lower, upper)


two_shares = st.tuples(counts, st.integers(1, 5_000), counts, st.integers(1, 5_000)).map(
    lambda t: (min(t[0], t[1]), t[1], min(t[2], t[3]), t[3])
)


@given(two_shares, levels)
def test_two_shares_agree_with_statsmodels(four: tuple[int, int, int, int], level: float) -> None:
    difference, ratio = intervals.share_difference(*four, level), intervals.share_ratio(*four, level)
    other = confint_proportions_2indep(*four, method="newcomb", compare="diff", alpha=1 - level)
    assert np.allclose(difference[1:], other, atol=1e-9)
    assert difference.lower <= difference.value <= difference.upper
    if not (four[0] and four[2]):
        assert np.isnan(ratio.lower) and np.isnan(ratio.upper)
    elif four[0] == four[1] or four[2] == four[3]:
        assert ratio.lower < ratio.value < ratio.upper
    else:
        other = confint_proportions_2indep(
            *four, method="log", compare="ratio", alpha=1 - level, correction=False
        )
        assert np.allclose(ratio[1:], other, rtol=1e-9)


def test_all_of_one_group_over_all_of_another_is_not_for_certain() -> None:
    """Wilson's lower end of 30 of 30 is 30 / (30 + z²), its upper end 1. Katz would give 1 to 1."""
    found = intervals.share_ratio([30, 30], [30, 30], [30, 29], [30, 30])
    least = 30 / (30 + 1.959964**2)
    assert np.allclose((found.lower[0], found.upper[0]), (least, 1 / least), atol=1e-6)
    low, high = (float(end) for end in intervals.wilson(29, 30))
    p = 29 / 30
    reach = math.hypot(math.log(least), math.log(high / p))
    assert np.allclose(found.lower[1], math.exp(-reach) / p, atol=1e-6)
    assert np.allclose(found.upper[1], 1 / low, atol=1e-6)


@given(counts, st.floats(1, 1e6), counts, st.floats(1, 1e6))
def test_two_rates_agree_with_statsmodels(events: int, time: float, other: int, other_time: float) -> None:
    four = (events, time, other, other_time)
    difference, ratio = intervals.rate_difference(*four), intervals.rate_ratio(*four)
    mover = confint_poisson_2indep(*four, method="mover", compare="diff", method_mover="exact-c")
    assert np.allclose(difference[1:], mover, rtol=1e-6, atol=1e-9)
    if events and other:
        log = confint_poisson_2indep(*four, method="wald-log", compare="ratio")
        assert np.allclose(ratio[1:], log, rtol=1e-9)


@given(counts, levels)
def test_poisson_agrees_with_statsmodels(count: int, level: float) -> None:
    other = np.nan_to_num(confint_poisson(count, 1, method="exact-c", alpha=1 - level))
    assert np.allclose(intervals.poisson(count, level), other, rtol=1e-9)


@given(st.lists(st.integers(0, 300), min_size=1, max_size=18), st.floats(1e-6, 10))
def test_one_weight_for_all_gives_the_exact_poisson_interval(events: list[int], weight: float) -> None:
    exact = np.array(intervals.poisson(sum(events))) * weight
    assert np.allclose(intervals.gamma_weighted(events, weight), exact, rtol=1e-9)
    assert np.allclose(intervals.dobson(events, weight), exact, rtol=1e-9)


@given(st.lists(st.tuples(st.integers(0, 300), st.floats(0.01, 10)), min_size=1, max_size=18), levels)
def test_weighted_sums_agree_with_the_formulas_written_with_scipy(
    cells: list[tuple[int, float]], level: float
) -> None:
    d, w = (np.array(column, float) for column in zip(*cells, strict=True))
    y, v, most, alpha = (d * w).sum(), (d * w**2).sum(), w.max(), 1 - level
    low, high = intervals.gamma_weighted(d, w, level)
    more = (y + most, v + most**2)
    assert math.isclose(high, gamma.ppf(1 - alpha / 2, more[0] ** 2 / more[1], scale=more[1] / more[0]))
    assert low <= y <= high
    if y:
        assert math.isclose(low, gamma.ppf(alpha / 2, y**2 / v, scale=v / y), rel_tol=1e-6)
        exact = intervals.poisson(d.sum(), level)
        ends = [y + math.sqrt(v / d.sum()) * (end - d.sum()) for end in exact]
        assert np.allclose(intervals.dobson(d, w, level), ends)


INTERVALS: list[Callable[[float], tuple[np.ndarray, np.ndarray]]] = [
    lambda level: intervals.wilson(7, 20, level),
    lambda level: intervals.poisson(7, level),
    lambda level: intervals.byar(7, level),
    lambda level: intervals.dobson([3, 4], [1, 2], level),
    lambda level: intervals.gamma_weighted([3, 4], [1, 2], level),
    lambda level: intervals.share_difference(7, 20, 3, 30, level)[1:],
    lambda level: intervals.share_ratio(7, 20, 3, 30, level)[1:],
    lambda level: intervals.rate_difference(7, 20, 3, 30, level)[1:],
    lambda level: intervals.rate_ratio(7, 20, 3, 30, level)[1:],
]


@pytest.mark.parametrize("interval", INTERVALS)
@given(st.tuples(levels, levels).map(sorted))
def test_a_higher_level_never_gives_a_narrower_interval(
    interval: Callable[[float], tuple[np.ndarray, np.ndarray]], two: list[float]
) -> None:
    (low, high), (lower, higher) = interval(two[0]), interval(two[1])
    assert lower <= low + 1e-12 and higher >= high - 1e-12


def by_sorting(days: list[int], q: float) -> int:
    return next(day for i, day in enumerate(sorted(days), 1) if i >= round(q * len(days), 9))


@given(st.lists(st.integers(0, 60), min_size=1, max_size=200), st.sampled_from([0.1, 0.5, 0.8, 0.9]))
def test_quantile_of_a_histogram_is_the_quantile_of_the_days(days: list[int], q: float) -> None:
    values, numbers = np.unique(days, return_counts=True)
    found = statistics.quantile(values, numbers, q)
    assert found.value == by_sorting(days, q)
    assert found.lower is None or found.lower <= found.value
    assert found.upper is None or found.upper >= found.value


@given(st.integers(1, 300), st.sampled_from([0.5, 0.9]), st.sampled_from([0.9, 0.95, 0.998]))
def test_quantile_interval_covers_at_least_its_level(n: int, q: float, level: float) -> None:
    found = statistics.quantile(range(1, n + 1), [1] * n, q, level)  # ranks are the values
    below = 0.0 if found.lower is None else binom.cdf(found.lower - 1, n, q)
    above = 0.0 if found.upper is None else binom.sf(found.upper - 1, n, q)
    assert below <= (1 - level) / 2 + 1e-12
    assert above <= (1 - level) / 2 + 1e-12


def test_too_few_days_give_no_bound_and_none_give_nothing() -> None:
    assert statistics.quantile([10, 20], [1, 1], 0.5) == (10, None, None)
    assert statistics.quantile([1, 2, 3], [10, 10, 10], 0.9)[2] is None
    assert statistics.quantile([], [], 0.5) == (None, None, None)


@given(st.integers(1, 5_000), st.sampled_from([0.5, 0.9]), st.sampled_from([0.025, 0.975]))
def test_binomial_quantile_agrees_with_scipy(n: int, q: float, probability: float) -> None:
    assert binomial_quantile(probability, n, q) == binom.ppf(probability, n, q)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: intervals.wilson(-1, 3), "hits holds -1"),
        (lambda: intervals.wilson([1, 5], [3, 4]), "hits pass n by 1"),
        (lambda: intervals.wilson([1, 2, 3], [4, 5]), "different lengths: hits 3, n 2"),
        (lambda: intervals.poisson([1, math.nan]), "count holds NaN"),
        (lambda: intervals.poisson(3, 95), "level is 95"),
        (lambda: intervals.dobson([1, 2, 3], [1, 2]), "different lengths: counts 3, weights 2"),
        (lambda: intervals.rate_ratio(1, math.inf, 1, 1), "time holds NaN or infinity"),
        (lambda: statistics.quantile([1, 2], [1], 0.5), "different lengths"),
        (lambda: statistics.quantile([2, 1], [1, 1], 0.5), "rising order"),
        (lambda: statistics.quantile([1, 2], [1, -1], 0.5), "no count below 0"),
        (lambda: statistics.quantile([1, 2], [1, 1], 90), "q is 90"),
    ],
)
def test_bad_input_is_one_clear_line(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)
