"""Inequality: slope indices against least squares and by hand, gaps, refusals."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import statsmodels.api as sm  # type: ignore[import-untyped]
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.measures.statistics import intervals
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.inequality import (
    Gap,
    Slope,
    estimated_gap,
    estimated_slope,
    gap,
    slope,
    widest_estimated_gap,
    widest_gap,
)

# Invented: participation by length of education, shortest first, and those whose education is not known.
HITS, N, UNKNOWN = np.array([520, 1450, 1180]), np.array([800, 2000, 1500]), 300


def sloped(hits: object, n: object, **how: object) -> Slope:
    found = slope(hits, n, **how)  # type: ignore[arg-type]
    assert isinstance(found, Slope)
    return found


def gapped(found: Gap | TooThin) -> Gap:
    assert isinstance(found, Gap)
    return found


def test_the_slope_index_by_hand() -> None:
    """Two equal halves and a thin one between: the line runs through the middle ranks."""
    found = sloped([200, 30, 300], [500, 60, 500])
    assert np.allclose(found.ranks, [250 / 1060, 530 / 1060, 810 / 1060])
    rise = (0.6 - 0.4) / (560 / 1060)  # the middle group lies on the line and does not turn it
    assert math.isclose(found.sii.value, rise)
    assert math.isclose(found.heights[0], 0.5 - rise / 2) and math.isclose(found.heights[1], 0.5 + rise / 2)
    assert math.isclose(found.rii.value, (0.5 + rise / 2) / (0.5 - rise / 2))


groups = st.lists(st.tuples(st.integers(0, 900), st.integers(30, 900)), min_size=3, max_size=8).map(
    lambda cells: (np.array([min(k, n) for k, n in cells], float), np.array([n for _, n in cells], float))
)


@given(groups)
def test_the_slope_agrees_with_weighted_least_squares_and_its_sandwich(
    cells: tuple[np.ndarray, np.ndarray],
) -> None:
    hits, n = cells
    found = sloped(hits, n)
    design = sm.add_constant(found.ranks)
    model = sm.WLS(hits / n, design, weights=n).fit()
    assert np.allclose(found.sii.value, model.params[1], atol=1e-9)
    smooth = (hits + 0.5) / (n + 1)
    bread = np.linalg.inv(design.T @ np.diag(n) @ design) @ design.T @ np.diag(n)
    covariance = bread @ np.diag(smooth * (1 - smooth) / n) @ bread.T
    reach = 1.959963984540054 * math.sqrt(covariance[1, 1])
    assert np.allclose(found.sii[1:], [found.sii.value - reach, found.sii.value + reach], atol=1e-9)
    low, high = model.params[0], model.params.sum()
    if low > 1e-6 and high > 1e-6:
        turn = np.array([1 / high - 1 / low, 1 / high])
        reach = 1.959963984540054 * math.sqrt(turn @ covariance @ turn)
        other = high / low * np.exp([0, -reach, reach])
        assert np.allclose(found.rii, other, rtol=1e-6)


@given(st.integers(3, 8), st.integers(30, 500), st.integers(0, 30))
def test_no_gradient_is_a_slope_of_nothing(count: int, n: int, hits: int) -> None:
    found = sloped([hits] * count, [n] * count)
    assert math.isclose(found.sii.value, 0, abs_tol=1e-12) and found.sii.lower < 0 < found.sii.upper
    if hits:
        assert math.isclose(found.rii.value, 1) and found.rii.lower < 1 < found.rii.upper


@given(groups)
def test_turning_the_order_round_turns_the_signs(cells: tuple[np.ndarray, np.ndarray]) -> None:
    one, other = sloped(*cells), sloped(cells[0][::-1], cells[1][::-1])
    assert np.allclose(one.sii, [-other.sii.value, -other.sii.upper, -other.sii.lower], atol=1e-9)


def test_the_interval_of_the_slope_covers_its_level() -> None:
    rng, n, inside = np.random.default_rng(9), np.array([300, 900, 500, 400]), 0
    ranks = (np.cumsum(n) - n / 2) / n.sum()
    p = 0.5 + 0.2 * ranks
    for _ in range(1_000):
        found = sloped(rng.binomial(n, p), n)
        inside += bool(found.sii.lower <= 0.2 <= found.sii.upper)
    assert 0.93 <= inside / 1_000 <= 0.97


def test_slopes_of_rates_go_by_time() -> None:
    found = sloped([40, 30, 20], [1e5, 1e5, 1e5], of="rates")
    assert math.isclose(found.sii.value, -3e-4) and found.rii.value < 1
    assert math.isclose(found.heights[0], 4.5e-4)


def test_a_gap_has_newcombes_interval_and_says_how_many_are_unknown() -> None:
    found = gapped(gap(HITS, N, 2, 0, unknown=UNKNOWN))
    assert found.difference == intervals.share_difference(1180, 1500, 520, 800)
    assert found.ratio == intervals.share_ratio(1180, 1500, 520, 800)
    assert math.isclose(found.unknown, 300 / 4600) and found.pairs == 1
    assert sloped(HITS, N, unknown=UNKNOWN).unknown == found.unknown


def test_the_widest_gap_allows_for_having_been_looked_for() -> None:
    found = gapped(widest_gap([60, 50, 55, 40], [100] * 4))
    assert (found.one, found.other, found.pairs) == (0, 3, 6)
    chosen = gapped(gap([60, 50, 55, 40], [100] * 4, 0, 3))
    assert found.difference.value == chosen.difference.value
    assert found.difference.lower < chosen.difference.lower < chosen.difference.upper < found.difference.upper
    alike = gapped(widest_gap([5, 5], [50, 50]))
    assert alike.difference.value == 0 and alike.one != alike.other


def test_chance_alone_seldom_makes_a_widest_gap() -> None:
    rng, n = np.random.default_rng(10), np.full(10, 200)
    found = [gapped(widest_gap(rng.binomial(n, 0.6), n)).difference.lower > 0 for _ in range(400)]
    assert np.mean(found) < 0.05


@given(groups, st.randoms(use_true_random=False))
def test_the_order_of_groups_does_not_matter_for_the_widest_gap(
    cells: tuple[np.ndarray, np.ndarray], random: object
) -> None:
    order = list(range(cells[0].size))
    random.shuffle(order)  # type: ignore[attr-defined]
    one, other = widest_gap(*cells), widest_gap(cells[0][order], cells[1][order])
    assert gapped(one).difference.value == gapped(other).difference.value


def test_thin_groups_are_refused_with_how_thin() -> None:
    assert slope([3, 40], [30, 60]) == TooThin("few_groups", 2, 3)
    assert slope([3, 40, 9], [29, 60, 60]) == TooThin("small_group", 29, 30)
    assert gap([3, 40, 9], [29, 60, 60], 0, 1) == TooThin("small_group", 29, 30)
    assert isinstance(gap([3, 40, 9], [29, 60, 60], 1, 2), Gap)
    assert widest_gap([3], [60]) == TooThin("few_groups", 1, 2)
    assert slope([9, 40, 20], [1e5] * 3, of="rates") == TooThin("small_group", 9, 10)
    assert isinstance(slope([3, 40, 9], [29, 60, 60], least=20), Slope)
    assert slope([0, 4, 9], [0, 60, 60], least=0) == TooThin("small_group", 0, 1)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: slope([5, 5, 99], [50, 50, 50]), "hits pass n"),
        (lambda: slope([5, 5], [50, 50, 50]), "different lengths: hits 2, n 3"),
        (lambda: slope([5, -5, 5], [50, 50, 50]), "hits holds -5"),
        (lambda: slope([5, math.nan, 5], [50, 50, 50]), "hits holds NaN"),
        (lambda: gap([5, 5], [50, 50], 1, 1), "two different places"),
        (lambda: gap([5, 5], [50, 50], 0, 2), "groups 0 and 2 of 2"),
        (lambda: gap([5, 5], [50, 50], 0, 1, unknown=-3), "unknown is -3"),
    ],
)
def test_bad_input_is_one_clear_line(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)


def estimated(hits: np.ndarray, n: np.ndarray) -> intervals.Estimate:
    return intervals.Estimate(hits / n, *intervals.wilson(hits, n))


def test_values_with_intervals_of_their_own_are_compared_as_shares_are() -> None:
    """Wilson's intervals make Newcombe's difference of them."""
    values, m = estimated(HITS, N), N.astype(float)
    found, same = gapped(estimated_gap(values, m, 2, 0, unknown=UNKNOWN)), gapped(gap(HITS, N, 2, 0))
    assert np.allclose(found.difference, same.difference)
    assert np.allclose(found.ratio, same.ratio, rtol=0.01)
    widest = gapped(widest_estimated_gap(values, m))
    expected = gapped(widest_gap(HITS, N))
    assert (widest.one, widest.other, widest.pairs) == (expected.one, expected.other, expected.pairs)
    assert np.allclose(widest.difference, expected.difference, atol=2e-3)
    lean, other = estimated_slope(values, m, unknown=UNKNOWN), slope(HITS, N, unknown=UNKNOWN)
    assert isinstance(lean, Slope) and isinstance(other, Slope)
    assert np.allclose(lean.sii, other.sii, atol=2e-3) and lean.unknown == other.unknown
    assert np.allclose(lean.rii, other.rii, rtol=0.01)


def test_what_has_no_interval_or_too_few_persons_is_not_compared() -> None:
    values = intervals.Estimate(
        np.array([20.0, 25, 31]), np.array([18.0, np.nan, 28]), np.array([22.0, 29, 33])
    )
    many, few = np.array([50.0, 40, 60]), np.array([50.0, 29, 60])
    for asked in (estimated_slope, widest_estimated_gap):
        assert asked(values, many) == TooThin("no_interval", 2, 3)
        assert asked(values, few) == TooThin("small_group", 29, 30)
        assert asked(intervals.Estimate(*(end[:1] for end in values)), many[:1]) == TooThin(
            "few_groups", 1, 3 if asked is estimated_slope else 2
        )


def test_a_ratio_with_an_end_at_zero_cannot_be_told() -> None:
    none, some = (intervals.Estimate(*map(np.array, ends)) for ends in ((0.0, 0.0, 2.0), (4.0, 3.0, 5.0)))
    assert np.isnan(intervals.ratio(some, none)).all()
    assert np.allclose(intervals.difference(some, none).value, 4)
