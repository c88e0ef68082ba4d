"""Control charts: a published chart, each rule by hand, and baselines that need a cause."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.control_chart import Baseline, Limits, Signal, xmr

QUIET = [10.0, 11, 10, 11, 10, 11, 10, 11, 10, 11, 10, 11]  # mean 10.5, moving range 1: limits 7.84 and 13.16


def limits_of(values: list[float]) -> Limits:
    limits = xmr(values).segments[0].limits
    assert isinstance(limits, Limits)
    return limits


def test_limits_agree_with_the_flow_rates_of_nist() -> None:
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: mean 50.81, limits 45.8159 and 55.8041.

    The handbook divides by 1.128, which is rounded to the factor 2.66 here. Its ten values are too few for a
    chart of ours, so that the limits are made directly.
    """
    flow = np.array([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    limits = Limits(float(flow.mean()), float(np.abs(np.diff(flow)).mean()))
    assert math.isclose(limits.mean, 50.81)
    assert math.isclose(limits.lower, 45.8159, abs_tol=0.002)
    assert math.isclose(limits.upper, 55.8041, abs_tol=0.002)


def test_limits_are_mean_and_moving_range() -> None:
    limits = limits_of(QUIET)
    assert (limits.mean, limits.moving_range) == (10.5, 1)
    assert (limits.lower, limits.upper) == (10.5 - 2.66, 10.5 + 2.66)
    assert np.allclose(limits.near, (10.5 - 2 * 2.66 / 3, 10.5 + 2 * 2.66 / 3))


def test_a_wild_moving_range_is_screened_out_of_the_limits_but_not_the_mean() -> None:
    limits = limits_of([*QUIET, 30.0])
    assert limits.moving_range == 1
    assert math.isclose(limits.mean, (sum(QUIET) + 30) / 13)


@pytest.mark.parametrize("dip", [0, 5, 11])
def test_a_process_that_stands_still_but_once_is_marked_there_and_not_everywhere(dip: int) -> None:
    """Without the screened ranges the limits would have no width, and all points would lie outside."""
    values = [1.0] * 12
    values[dip] = 0.8
    ranges = sum(abs(b - a) for a, b in itertools.pairwise(values)) / 11
    assert math.isclose(limits_of(values).moving_range, ranges)
    found = signals(values)
    assert [place for place, marks in enumerate(found) if "outside below" in marks] == [dip]
    assert not any(marks & {"outside above", "two_of_three above"} for marks in found)


@given(st.lists(st.floats(-1e6, 1e6), min_size=12, max_size=40), st.floats(-100, 100), st.floats(0.01, 100))
def test_a_chart_moves_and_scales_with_its_values(values: list[float], shift: float, scale: float) -> None:
    one, other = limits_of(values), limits_of([shift + scale * value for value in values])
    assert math.isclose(other.mean, shift + scale * one.mean, rel_tol=1e-6, abs_tol=1e-3)
    assert one.lower <= one.near[0] <= one.mean <= one.near[1] <= one.upper


def signals(values: list[float]) -> list[set[str]]:
    return [{f"{rule} {side}" for rule, side in marks} for marks in xmr(values).signals]


def test_a_quiet_process_gives_no_signal() -> None:
    assert not any(signals(QUIET))
    assert not any(signals([0.1] * 13))  # whose mean is rounded


def test_a_point_outside_the_limits() -> None:
    found = signals([*QUIET, *QUIET, 14.0])
    assert found[-1] == {"outside above"} and not any(found[:-1])


def test_seven_on_one_side_of_the_mean_and_not_six() -> None:
    low = [10.0, 10.2, 10.1, 10.3, 10.2, 10.1]
    high = [11.0, 11.2, 11.1, 11.3, 11.2, 11.1]
    six = signals(low + high)
    assert not any("shift" in mark for marks in six for mark in marks)
    seven = signals([*low, *high, 11.2])
    assert [bool({"shift above", "shift below"} & marks) for marks in seven] == [False] * 6 + [True] * 7


def test_seven_rising_points_are_six_steps() -> None:
    rising = [10.0, 12.0, 10.0, 12.0, 10.0, 10.1, 10.2, 10.3, 10.4, 10.5, 10.6, 10.0, 12.0, 10.0]
    assert [("trend above" in marks) for marks in signals(rising)] == [False] * 4 + [True] * 7 + [False] * 3
    falling = [-value for value in rising]
    assert [("trend below" in marks) for marks in signals(falling)] == [False] * 4 + [True] * 7 + [False] * 3
    level = [*rising[:8], rising[7], *rising[9:]]  # two alike break the trend
    assert not any("trend above" in marks for marks in signals(level))


def test_two_of_three_beyond_the_same_near_limit() -> None:
    one_side = [*QUIET, *QUIET, 12.9, 10.0, 12.9, 10.0]
    found = signals(one_side)
    assert [i for i, marks in enumerate(found) if "two_of_three above" in marks] == [24, 26]
    both_sides = [*QUIET, *QUIET, 12.9, 10.0, 8.1, 10.0]
    assert not any("two_of_three" in mark for marks in signals(both_sides) for mark in marks)


def test_a_new_baseline_needs_a_cause_and_keeps_the_old_limits() -> None:
    values = [*QUIET, *(value + 20 for value in QUIET)]
    whole = xmr(values)
    assert len(whole.segments) == 1 and any(whole.signals)
    split = xmr(values, [Baseline(12, "två nya kirurger från 2024")])
    assert [segment.cause for segment in split.segments] == ["", "två nya kirurger från 2024"]
    assert split.segments[0].limits == xmr(QUIET).segments[0].limits
    assert not any(split.signals)
    for cause in ("", "   "):
        with pytest.raises(ValueError, match="the baseline at 12 has no cause"):
            xmr(values, [Baseline(12, cause)])


def test_too_few_points_give_no_limits_and_no_signals() -> None:
    chart = xmr([1.0] * 10 + [99.0])
    assert chart.segments[0].limits == TooThin("few_points", 11, 12)
    assert not any(chart.signals) and chart.assurance(5, "higher") is None
    later = xmr([*QUIET, 99, 98, 97], [Baseline(12, "nytt system")])
    assert isinstance(later.segments[0].limits, Limits) and isinstance(later.segments[1].limits, TooThin)


@pytest.mark.parametrize(
    ("target", "better", "assured"),
    [
        (7.0, "higher", "met"),
        (7.0, "lower", "missed"),
        (14.0, "higher", "missed"),
        (14.0, "lower", "met"),
        (10.0, "higher", "inconsistent"),
        (10.0, "lower", "inconsistent"),
    ],
)
def test_assurance_is_what_the_process_will_do(target: float, better: str, assured: str) -> None:
    assert xmr(QUIET).assurance(target, better) == assured  # type: ignore[arg-type]


def test_assurance_goes_by_the_last_baseline() -> None:
    chart = xmr([*QUIET, *(value + 20 for value in QUIET)], [Baseline(12, "ny rutin")])
    assert chart.assurance(20, "higher") == "met"


@given(st.integers(0, 2**32 - 1))
def test_pure_noise_rarely_signals(seed: int) -> None:
    chart = xmr(np.random.default_rng(seed).normal(size=24))
    assert (
        sum(Signal("outside", side) in marks for marks in chart.signals for side in ("above", "below")) <= 4
    )


def test_false_alarms_are_as_rare_as_three_standard_deviations() -> None:
    rng = np.random.default_rng(7)
    outside = [
        any(signal.rule == "outside" for signal in marks)
        for _ in range(300)
        for marks in xmr(rng.normal(size=24)).signals
    ]
    assert np.mean(outside) < 0.012


@pytest.mark.parametrize("length", [12, 30, 60])
def test_how_often_noise_is_marked_is_said_as_it_is(length: int) -> None:
    rng = np.random.default_rng(11)
    charts = [xmr(rng.normal(size=length)) for _ in range(250)]
    marked = np.mean([any(one.signals) for one in charts])
    assert charts[0].marked_by_chance == pytest.approx(marked, abs=0.1)


def test_chance_is_that_of_each_stretch_with_limits() -> None:
    one, two = xmr(QUIET), xmr([*QUIET, *QUIET, *QUIET[:5]], [Baseline(12, "ny rutin"), Baseline(24, "åter")])
    assert two.marked_by_chance == pytest.approx(1 - (1 - one.marked_by_chance) ** 2)
    assert xmr(QUIET[:11]).marked_by_chance == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: xmr([]), "values have the shape"),
        (lambda: xmr([1.0, math.nan]), "values holds NaN"),
        (lambda: xmr(QUIET, [Baseline(0, "start")]), "the baseline at 0 is out of order"),
        (lambda: xmr(QUIET, [Baseline(12, "slut")]), "the baseline at 12 is out of order: it lies in 1–11"),
        (lambda: xmr(QUIET, [Baseline(6, "a"), Baseline(6, "b")]), "the baseline at 6 is out of order"),
    ],
)
def test_bad_input_is_one_clear_line(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)
