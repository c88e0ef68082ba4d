"""Funnels: exact tails, over-dispersion against another tool and against its formulas, many comparisons."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom, binomtest, norm, poisson
from statsmodels.stats.meta_analysis import combine_effects  # type: ignore[import-untyped]
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.funnel import Funnel, funnel
from fyrbak.measures.statistics.multiplicity import benjamini_hochberg, by_chance, holm

# An invented country of 21 regions with more difference between them than chance gives.
N = np.array(
    [2400, 400, 300, 480, 370, 200, 250, 60, 160, 1400, 340, 1700, 280, 310, 290, 290, 280, 240, 130, 5, 0]
)
HITS = np.array(
    [1700, 310, 190, 400, 250, 170, 160, 44, 140, 980, 260, 1150, 230, 190, 260, 180, 220, 150, 100, 2, 0]
)


def judged(hits: Any, size: Any, kind: Any, **how: Any) -> Funnel:
    found = funnel(hits, size, kind, **how)
    assert isinstance(found, Funnel)
    return found


def test_without_overdispersion_the_verdict_is_the_exact_tail() -> None:
    found = judged(HITS, N, "proportion", spread="none")
    for k, n, verdict, p in zip(HITS, N, found.verdict, found.probability, strict=True):
        if n == 0:
            assert verdict is None and np.isnan(p)
            continue
        least = min(binom.cdf(k, n, found.target), binom.sf(k - 1, n, found.target))
        assert math.isclose(p, min(1, 2 * least), rel_tol=1e-9)
        assert verdict == ("alarm" if least < 0.001 else "alert" if least < 0.025 else "within")


KINDS = st.sampled_from(["proportion", "ratio", "count"])


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(1, 400)), min_size=5, max_size=25),
    KINDS,
    st.sampled_from(["none", "additive", "multiplicative"]),
    st.sampled_from(["winsorise", "truncate"]),
)
def test_the_verdict_is_where_the_point_lies(
    units: list[tuple[int, int]], kind: str, spread: str, trim: str
) -> None:
    hits, n = (np.array(column) for column in zip(*units, strict=True))
    if kind == "proportion":
        hits = np.minimum(hits, n)
    found = funnel(hits, n, kind, spread=spread, trim=trim)  # type: ignore[arg-type]
    if isinstance(found, TooThin):
        assert found.reason == "no_events"
        return
    limits = found.limits
    assert (limits.lower_alarm <= limits.lower + 1e-12).all() and (limits.upper <= limits.upper_alarm).all()
    assert (limits.lower <= found.target).all() and (found.target <= limits.upper).all()
    gap = np.min(np.abs([found.value - end for end in vars(limits).values()][1:]), axis=0)
    outside = (found.value < limits.lower) | (found.value > limits.upper)
    far = (found.value < limits.lower_alarm) | (found.value > limits.upper_alarm)
    for i, verdict in enumerate(found.verdict):
        said = "alarm" if far[i] else "alert" if outside[i] else "within"
        assert verdict == said or gap[i] < 1e-9
    curve = found.curve(found.size)
    assert np.array_equal(curve.lower, limits.lower) and np.array_equal(curve.upper, limits.upper)


@pytest.mark.parametrize(("n", "p"), [(12, 0.4), (60, 0.72), (300, 0.05), (2_000, 0.9)])
def test_exact_limits_leave_out_no_more_than_promised(n: int, p: float) -> None:
    k = np.arange(n + 1)
    found = judged(k, np.full(n + 1, n), "proportion", target=p, spread="none")
    chance = binom.pmf(k, n, p)
    alert = sum(c for c, verdict in zip(chance, found.verdict, strict=True) if verdict != "within")
    alarm = sum(c for c, verdict in zip(chance, found.verdict, strict=True) if verdict == "alarm")
    assert alert <= 0.05 and alarm <= 0.002
    assert n < 300 or alert > 0.03


@pytest.mark.parametrize("expected", [0.3, 4.5, 40.0, 900.0])
def test_exact_poisson_limits_leave_out_no_more_than_promised(expected: float) -> None:
    k = np.arange(int(expected + 12 * math.sqrt(expected) + 20))
    found = judged(k, np.full(k.size, expected), "ratio", spread="none")
    chance = poisson.pmf(k, expected)
    assert sum(c for c, v in zip(chance, found.verdict, strict=True) if v != "within") <= 0.05
    for count, p in zip(k, found.probability, strict=True):
        least = min(poisson.cdf(count, expected), poisson.sf(count - 1, expected))
        assert math.isclose(p, min(1, 2 * least), rel_tol=1e-6, abs_tol=1e-12)


def test_two_counts_are_judged_as_one_share_of_both() -> None:
    found = judged([30, 10, 44], [28, 30, 41], "count", target=1.0, spread="none")
    exact = [binomtest(k, k + n, 0.5).pvalue for k, n in ((30, 28), (10, 30), (44, 41))]
    assert np.allclose(found.probability, exact, rtol=1e-9)
    assert found.verdict == ("within", "alert", "within")
    assert np.allclose(found.value, [30 / 28, 1 / 3, 44 / 41])


def written_out(z: np.ndarray, error: np.ndarray) -> tuple[float, float]:
    """Winsorised phi and tau² as Spiegelhalter 2005 writes them, one step at a time."""
    low, high = np.percentile(z, 10), np.percentile(z, 90)
    pulled = [min(max(value, low), high) for value in z]
    units = len(pulled)
    phi = sum(value**2 for value in pulled) / units
    w = [1 / e**2 for e in error]
    between = (phi * units - (units - 1)) / (sum(w) - sum(x**2 for x in w) / sum(w))
    return phi, between


@pytest.mark.parametrize(
    ("kind", "log_scale", "scale", "error"),
    [
        ("proportion", False, lambda k, n: np.arcsin(np.sqrt(k / n)), lambda n: 1 / (2 * np.sqrt(n))),
        ("ratio", True, lambda k, n: np.log(k / n), lambda n: 1 / np.sqrt(n)),
        ("ratio", False, lambda k, n: np.sqrt(k / n), lambda n: 1 / (2 * np.sqrt(n))),
    ],
)
def test_z_scores_phi_and_tau2_are_as_published(
    kind: str, log_scale: bool, scale: Callable[..., Any], error: Callable[..., Any]
) -> None:
    k, n = HITS[:-1].astype(float), N[:-1].astype(float)
    if kind == "ratio":
        n = n * k.sum() / n.sum()
    found = judged(k, n, kind, log_scale=log_scale)
    target = scale(found.target, 1.0)
    z = (scale(k, n) - target) / error(n)
    phi, tau2 = written_out(z, error(n))
    assert np.allclose(found.z, z)
    assert found.dispersion is not None and tau2 > 0
    assert math.isclose(found.dispersion.phi, phi) and math.isclose(found.dispersion.tau2, tau2)
    reach = norm.ppf(0.975) * np.sqrt(error(n) ** 2 + tau2)
    assert np.allclose(np.maximum(scale(found.limits.lower, 1.0), 0), np.maximum(target - reach, 0))
    wide = judged(k, n, kind, log_scale=log_scale, spread="multiplicative")
    reach = norm.ppf(0.999) * error(n) * math.sqrt(phi)
    inner = wide.limits.upper_alarm < (1 if kind == "proportion" else math.inf)
    assert np.allclose(scale(wide.limits.upper_alarm, 1.0)[inner], (target + reach)[inner])


def test_tau2_without_trimming_is_dersimonian_and_lairds() -> None:
    k, n = HITS[:-1], N[:-1]
    y, variance = np.arcsin(np.sqrt(k / n)), 1 / (4 * n)
    middle = (y / variance).sum() / (1 / variance).sum()
    found = judged(k, n, "proportion", target=math.sin(middle) ** 2, trimmed=0)
    assert found.dispersion is not None
    assert math.isclose(
        found.dispersion.tau2, combine_effects(y, variance, method_re="chi2").tau2, rel_tol=1e-9
    )


def test_truncation_leaves_out_the_outer_tenths() -> None:
    k, n = np.array([20, 50, 50, 50, 50, 50, 50, 50, 50, 80]), np.full(10, 100)
    assert (
        judged(k, n, "proportion", trim="truncate").dispersion
        == judged(k[1:9], n[1:9], "proportion").dispersion
    )
    assert judged(k, n, "proportion", trim="truncate").dispersion.tau2 == 0  # type: ignore[union-attr]


def test_where_units_differ_no_more_than_by_chance_the_limits_stay_exact() -> None:
    k = np.array([49, 50, 51, 50, 48, 52])
    exact = judged(k, np.full(6, 100), "proportion", spread="none")
    for spread in ("additive", "multiplicative"):
        found = judged(k, np.full(6, 100), "proportion", spread=spread)
        assert found.dispersion is not None and (found.dispersion.phi, found.dispersion.tau2) == (1, 0)
        assert np.array_equal(found.limits.lower, exact.limits.lower)


def test_the_order_of_units_does_not_matter() -> None:
    order = np.random.default_rng(5).permutation(N.size)
    one, other = judged(HITS, N, "proportion"), judged(HITS[order], N[order], "proportion")
    assert [one.verdict[i] for i in order] == list(other.verdict)
    assert np.allclose(one.z[order], other.z, equal_nan=True)


def test_overdispersion_keeps_false_alarms_at_what_is_promised() -> None:
    """Regions that truly differ, all by the same law: about one in twenty lies outside, not every second."""
    rng = np.random.default_rng(6)
    n = rng.integers(150, 900, 21)
    outside = {"none": 0, "additive": 0}
    for _ in range(200):
        k = rng.binomial(n, rng.beta(40, 15, 21))
        for spread in outside:
            outside[spread] += sum(v != "within" for v in judged(k, n, "proportion", spread=spread).verdict)
    assert outside["none"] / (200 * 21) > 0.3
    assert 0.02 < outside["additive"] / (200 * 21) < 0.12


def test_a_funnel_says_how_many_are_outside_by_chance() -> None:
    chance = judged(HITS, N, "proportion").outside_by_chance
    assert chance.comparisons == 20 and math.isclose(chance.expected, 1.0)


def test_too_little_is_said_and_not_guessed() -> None:
    assert funnel([3, 4, 5], [9, 9, 9], "proportion") == TooThin("few_units", 3, 5)
    assert isinstance(funnel([3, 4, 5], [9, 9, 9], "proportion", spread="none"), Funnel)
    assert funnel([0, 0], [9, 9], "proportion", spread="none") == TooThin("no_events", 0, 1)
    assert funnel([9, 9], [9, 9], "proportion", spread="none") == TooThin("no_events", 0, 1)


@settings(max_examples=10)  # statsmodels needs a fifth of a second for Holm's
@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_adjusted_probabilities_agree_with_statsmodels(p: list[float]) -> None:
    assert np.allclose(holm(p), multipletests(p, method="holm")[1])
    assert np.allclose(benjamini_hochberg(p), multipletests(p, method="fdr_bh")[1])
    assert (benjamini_hochberg(p) <= holm(p) + 1e-12).all() and (
        benjamini_hochberg(p) >= np.array(p) - 1e-12
    ).all()


def test_what_chance_does_among_21_regions() -> None:
    chance = by_chance(21)
    assert math.isclose(chance.expected, 1.05) and round(chance.at_least_one, 2) == 0.66
    assert by_chance(0).expected == by_chance(0).at_least_one == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: funnel([5], [4], "proportion", spread="none"), "hits pass n"),
        (lambda: funnel([-5], [4], "ratio", spread="none"), "hits holds -5"),
        (lambda: funnel([1.5], [4], "ratio", spread="none"), "a fraction"),
        (lambda: funnel([1], [4.5], "proportion", spread="none"), "a fraction"),
        (lambda: funnel([1], [0], "ratio", spread="none"), "where none can be expected"),
        (lambda: funnel([1, 2], [4], "ratio"), "as long as the others"),
        (lambda: funnel([1], [4], "proportion", target=80), "target is 80"),
        (lambda: funnel([0], [4], "ratio", spread="none", log_scale=True, target=1), "no logarithm"),
        (lambda: funnel(HITS, N, "proportion", trimmed=0.5), "trimmed is 0.5"),
        (lambda: holm([0.1, 1.2]), "none passes 1"),
        (lambda: by_chance(-1), "never below 0"),
    ],
)
def test_bad_input_is_one_clear_line(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)
