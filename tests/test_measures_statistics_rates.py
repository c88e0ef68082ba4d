"""Rates: standardisation against its own definition, thresholds under every standard, content with faults."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import gamma

from fyrbak.errors import BadDefinitionError, UnknownNameError
from fyrbak.measures.standards import FOLDER, standard, standards, threshold
from fyrbak.measures.statistics import intervals
from fyrbak.measures.statistics.rates import crude_rate, direct, indirect, under_every_standard

EVERY = {name: one.weights for name, one in standards().items()}
EVEN = np.full(18, 100_000.0)  # person-years of each age

tallies = st.lists(st.tuples(st.integers(0, 50), st.integers(100, 10**6)), min_size=18, max_size=18)


def test_the_standards_add_up_to_one_and_are_as_published() -> None:
    assert list(EVERY) == ["world_segi", "esp1976", "nordic2000", "esp2013", "who2000_2025"]
    for one in standards().values():
        assert one.ages == tuple(range(0, 90, 5))
        assert math.isclose(sum(one.weights), 1)
    assert standard("world_segi").weights[0] == 0.12
    assert standard("esp2013").weights[-1] == 0.025
    assert math.isclose(standard("who2000_2025").weights[0], 8.86 / 100.03)


def test_broader_groups_are_sums_and_a_group_is_never_split() -> None:
    one = standard("nordic2000")
    assert np.allclose(one.grouped([0, 15, 65]), [0.187, 0.655, 0.158])
    assert np.allclose(one.grouped([30, 85]), [(1 - 0.374 - 0.019) / 0.626, 0.019 / 0.626])
    for ages in ([0, 18], [5, 0], []):
        with pytest.raises(ValueError, match="has no group that begins at"):
            one.grouped(ages)


@given(tallies)
def test_with_the_populations_own_weights_the_standardised_rate_is_the_crude_one(
    cells: list[tuple[int, int]],
) -> None:
    events, time = map(np.array, zip(*cells, strict=True))
    own = direct(events, time, time)
    crude = crude_rate(events.sum(), time.sum())
    assert np.allclose([own.value, own.lower, own.upper], crude, rtol=1e-9)


@given(tallies, st.sampled_from(sorted(EVERY)), st.sampled_from(["dobson", "gamma"]))
def test_the_standardised_rate_lies_between_the_ages_and_inside_its_interval(
    cells: list[tuple[int, int]], name: str, interval: str
) -> None:
    events, time = (np.array(column, float) for column in zip(*cells, strict=True))
    rate = direct(events, time, EVERY[name], interval=interval)  # type: ignore[arg-type]
    assert (events / time).min() - 1e-15 <= rate.value <= (events / time).max() + 1e-15
    assert rate.lower <= rate.value <= rate.upper
    order = np.random.default_rng(1).permutation(18)
    other = direct(events[order], time[order], np.array(EVERY[name])[order])
    assert np.isclose(other.value, rate.value, rtol=1e-12)


def test_many_units_in_one_call_are_the_units_one_by_one() -> None:
    events = np.random.default_rng(2).poisson(4, (21, 18))
    together = direct(events, EVEN, EVERY["esp2013"])
    for i, row in enumerate(events):
        alone = direct(row, EVEN, EVERY["esp2013"])
        assert (alone.value, alone.lower, alone.upper) == (
            together.value[i],
            together.lower[i],
            together.upper[i],
        )


def test_dobsons_interval_covers_its_level() -> None:
    """4 000 invented regions of 540 000 persons; the true rate is known."""
    risk = np.linspace(0.5, 12, 18) / 1e5
    time = np.linspace(45_000, 15_000, 18)
    events = np.random.default_rng(3).poisson(risk * time, (4_000, 18))
    truth = (risk * np.array(EVERY["esp2013"])).sum()
    for interval, least, most in (("dobson", 0.945, 0.975), ("gamma", 0.95, 0.98)):
        rate = direct(events, time, EVERY["esp2013"], interval=interval)  # type: ignore[arg-type]
        share = np.mean((rate.lower <= truth) & (truth <= rate.upper))
        assert least <= share <= most, (interval, share)


@given(tallies, st.lists(st.floats(1e-6, 1e-2), min_size=18, max_size=18))
def test_indirect_standardisation_is_observed_over_expected(
    cells: list[tuple[int, int]], reference: list[float]
) -> None:
    events, time = map(np.array, zip(*cells, strict=True))
    ratio = indirect(events, time, reference)
    expected = sum(t * r for t, r in zip(time, reference, strict=True))
    assert math.isclose(ratio.expected, expected) and math.isclose(ratio.value, events.sum() / expected)
    ends = [float(end) / expected for end in intervals.poisson(events.sum())]
    assert np.allclose([ratio.lower, ratio.upper], ends)
    byar = indirect(events, time, reference, interval="byar")
    assert np.allclose([byar.lower, byar.upper], [float(e) / expected for e in intervals.byar(events.sum())])


def test_own_rates_as_reference_give_one_and_no_expected_gives_no_number() -> None:
    assert indirect([3, 5], [10, 20], [0.3, 0.25]).value == 1
    assert np.isnan(indirect([0, 0], [10, 20], [0, 0]).value)


def test_exact_limits_of_an_smr_are_garwoods() -> None:
    ratio = indirect([10], [1000], [0.005])
    assert np.round([ratio.value, ratio.lower, ratio.upper], 3).tolist() == [2.0, 0.959, 3.678]


def test_the_verdict_on_a_threshold_under_every_standard() -> None:
    def verdict(events: np.ndarray, time: np.ndarray) -> str:
        return under_every_standard(events, time, EVERY, 4 / 100_000).verdict

    assert verdict(np.full(18, 2), EVEN) == "below"
    assert verdict(np.full(18, 8), EVEN) == "above"
    assert verdict(np.full(18, 4), EVEN) == "cannot_tell"
    old = np.array([1] * 12 + [12] * 6)  # a disease of old age: young standards give a low rate
    assert verdict(old * 10, EVEN * 10) == "depends_on_standard"


def test_the_sign_of_the_test_depends_on_the_standard_and_that_is_said() -> None:
    young_and_old = np.array([2] * 6 + [5] * 6 + [3] * 6)
    found = under_every_standard(young_and_old * 40, EVEN * 40, EVERY, 3.4 / 100_000)
    values = {name: rate.value * 1e5 for name, rate in found.rates.items()}
    assert values["world_segi"] < 3.4 < values["esp2013"]
    assert found.verdict == "depends_on_standard"


@given(tallies, st.floats(1, 50))
def test_the_probability_agrees_with_the_interval_and_with_scipy(
    cells: list[tuple[int, int]], limit: float
) -> None:
    events, time = (np.array(column, float) for column in zip(*cells, strict=True))
    found = under_every_standard(events, time, EVERY, limit / 1e5)
    for name, rate in found.rates.items():
        assert rate.lower <= rate.value <= rate.upper
        assert rate.verdict != "below" or rate.probability_below > 0.975 - 1e-9
        assert rate.verdict != "above" or rate.probability_below < 0.025 + 1e-9
        parts = np.array(EVERY[name]) / time
        y, v, most = (parts * events).sum(), (parts**2 * events).sum(), parts.max()
        more, wider = y + most, v + most**2
        ends = gamma.cdf(limit / 1e5, more**2 / wider, scale=wider / more)
        ends += gamma.cdf(limit / 1e5, y**2 / v, scale=v / y) if y else 1
        assert math.isclose(rate.probability_below, ends / 2, abs_tol=1e-9)


def test_no_events_in_a_small_region_is_not_below_a_threshold() -> None:
    found = under_every_standard(np.zeros(18), np.full(18, 1_000.0), EVERY, 4 / 100_000)
    assert found.verdict == "cannot_tell"
    assert all(rate.value == 0 and 0.5 < rate.probability_below < 0.975 for rate in found.rates.values())


def test_the_threshold_of_elimination_is_content_with_its_doubts() -> None:
    found = threshold("cervical_elimination")
    assert found.rate == 4 / 100_000
    assert found.icd10 == ("C53",) and found.to_verify
    with pytest.raises(UnknownNameError, match="did you mean 'cervical_elimination'"):
        threshold("cervical_eliminations")


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: crude_rate(3, 0), "events without any time"),
        (lambda: direct([1, 2], [3, 4], [1, 1, 1]), "the last axis is ages"),
        (lambda: direct([1, 0], [3, 0], [1, 1]), "an age has a weight but nobody in it"),
        (lambda: direct([1, 2], [3, 4], [0, 0]), "weights are all 0"),
        (lambda: direct([1, math.nan], [3, 4], [1, 1]), "events holds NaN"),
        (lambda: indirect([1, 2], [3, 4], [0.1]), "reference"),
        (lambda: under_every_standard([1], [2], {}, 1), "at least one standard"),
        (lambda: under_every_standard([1], [2], {"a": [1]}, -1), "a threshold above 0"),
    ],
)
def test_bad_input_is_one_clear_line(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("\n5,10000", "\n5,1e4", "csv:7: world_segi: '1e4' is not a number"),
        ("\n5,10000", "\n5,-1", "csv:7: world_segi: '-1' is not a number"),
        ("\n5,10000", "\n5,10001", "world_segi: adds up to 100001, not 100000"),
        ("\n5,", "\n0,", "csv:7: age: 0 is out of order"),
        ("\n5,10000,", "\n5,", "csv:7: 5 fields where the header has 6"),
        ("esp1976,nordic", "esp1967,nordic", "the columns are"),
    ],
)
def test_a_fault_in_the_populations_names_line_and_column(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    text = (FOLDER / "populations.csv").read_text(encoding="utf-8")
    (tmp_path / "standards.yaml").write_bytes((FOLDER / "standards.yaml").read_bytes())
    (tmp_path / "populations.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(BadDefinitionError, match=words):
        standards(tmp_path)
