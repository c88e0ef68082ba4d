"""Time to event: published examples, another tool, and what must hold whatever the tallies are."""

from __future__ import annotations

import csv
import math
import os
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, reject, settings
from hypothesis import strategies as st
from lifelines import AalenJohansenFitter, KaplanMeierFitter  # type: ignore[import-untyped]

from fyrbak.measures import statistics
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.survival import (
    Curve,
    Timeliness,
    cumulative_incidence,
    kaplan_meier,
    life_table,
    timeliness,
)

Person = tuple[int, bool]  # day, whether the event came
persons = st.lists(st.tuples(st.integers(0, 40), st.booleans()), min_size=1, max_size=120)


def tallied(people: Iterable[Person]) -> tuple[list[int], list[int], list[int]]:
    found = Counter(people)
    days = sorted({day for day, _ in found})
    return days, [found[day, True] for day in days], [found[day, False] for day in days]


def estimate(people: Iterable[Person], level: float = 0.95) -> Curve:
    return kaplan_meier(*tallied(people), level)


# Weeks until relapse with 6-mercaptopurine, and weeks of those still in remission.
# Freireich and others, Blood 1963;21:699-716, as tabled by Cox and Oakes 1984.
EVENTS, LEFT = (6, 6, 6, 7, 10, 13, 16, 22, 23), (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)


def test_kaplan_meier_agrees_with_the_published_remissions() -> None:
    curve = estimate([*((week, True) for week in EVENTS), *((week, False) for week in LEFT)])
    published = {
        6: (0.857, 0.0764),
        7: (0.807, 0.0869),
        10: (0.753, 0.0963),
        13: (0.690, 0.1068),
        16: (0.627, 0.1141),
        22: (0.538, 0.1282),
        23: (0.448, 0.1346),
    }
    for week, (survival, error) in published.items():
        at = list(curve.days).index(week)
        assert round(float(curve.survival[at]), 3) == survival
        assert round(math.sqrt(curve.variance[at]), 4) == error
    assert curve.quantile(0.5) == (23, 13, None)


@settings(max_examples=60)
@given(persons, st.sampled_from([0.9, 0.95, 0.998]))
def test_kaplan_meier_agrees_with_lifelines(people: list[Person], level: float) -> None:
    curve = estimate(people, level)
    days, events = zip(*people, strict=True)
    # One day later for lifelines, to which day 0 is before the start.
    other = KaplanMeierFitter(alpha=1 - level).fit(np.array(days) + 1, events)
    assert np.allclose(curve.survival, other.survival_function_at_times(curve.days + 1), atol=1e-9)
    ends = other.confidence_interval_.loc[curve.days + 1].to_numpy()
    inner = (curve.survival > 1e-9) & (curve.survival < 1 - 1e-9)
    assert np.allclose(1 - curve.upper[inner], ends[inner, 0], atol=1e-9)
    assert np.allclose(1 - curve.lower[inner], ends[inner, 1], atol=1e-9)
    bands = [other.survival_function_at_times(curve.days + 1).to_numpy(), ends[:, 0], ends[:, 1]]
    # Its own median is infinite where its rounding leaves the curve a hair above one half.
    first = [
        next((d for d, s in zip(curve.days, band, strict=True) if s < 0.5 + 1e-9), None) for band in bands
    ]
    if inner.all():
        assert curve.quantile(0.5) == tuple(first)


@given(persons)
def test_without_leaving_the_curve_is_the_empirical_share(people: list[Person]) -> None:
    days = [day for day, _ in people]
    curve = estimate((day, True) for day in days)
    for day in range(42):
        assert math.isclose(curve.by(day).value, sum(d <= day for d in days) / len(days), abs_tol=1e-12)
    values, counts = np.unique(days, return_counts=True)
    for q in (0.1, 0.5, 0.9):
        assert curve.quantile(q).value == statistics.quantile(values, counts, q).value


@given(persons, persons)
def test_tallies_added_are_the_tallies_of_all_together(one: list[Person], other: list[Person]) -> None:
    days = list(range(41))
    summed = np.zeros((2, 41))
    for part in (one, other):
        for at, (day, event) in enumerate(part):
            summed[0 if event else 1, day] += 1
            assert at < len(part)
    merged, together = kaplan_meier(days, *summed), estimate(one + other)
    for day in (0, 5, 20, 40):
        assert np.allclose(merged.by(day), together.by(day), equal_nan=True)


@given(persons, st.tuples(st.floats(0.5, 0.99), st.floats(0.5, 0.99)).map(sorted))
def test_ends_hold_the_share_and_a_higher_level_is_wider(people: list[Person], two: list[float]) -> None:
    narrow, wide = estimate(people, two[0]), estimate(people, two[1])
    assert not (narrow.lower > narrow.share + 1e-12).any()
    assert not (narrow.upper < narrow.share - 1e-12).any()
    assert not (wide.lower > narrow.lower + 1e-12).any()
    assert not (wide.upper < narrow.upper - 1e-12).any()
    assert (np.diff(narrow.share) >= -1e-12).all()


def test_what_lies_beyond_everyone_who_was_followed_is_not_known() -> None:
    curve = kaplan_meier([10, 20, 30], [5, 5, 0], [0, 0, 10])
    assert math.isclose(curve.by(30).value, 0.5)
    assert np.isnan(curve.by(31)).all()
    assert curve.quantile(0.9) == (None, None, None)
    assert curve.by(9).value == 0
    assert kaplan_meier([10], [5], [0]).by(31).value == 1
    nobody = kaplan_meier([10], [0], [0])
    assert np.isnan(nobody.by(10).value) and np.isnan(nobody.by(5).value)


def test_recent_months_do_not_flatter() -> None:
    """Half are treated on day 10 and half on day 50; those who came last have only been seen for 20 days."""
    early, late = [(10, True)] * 50 + [(50, True)] * 50, [(10, True)] * 50 + [(20, False)] * 50
    curve = estimate(early + late)
    closed_only = 100 / 150  # of the pathways that have ended, the share within 28 days
    assert math.isclose(curve.by(28).value, 0.5) and closed_only > 0.66


three_ends = st.lists(st.tuples(st.integers(0, 40), st.sampled_from([0, 1, 2])), min_size=2, max_size=120)


@given(three_ends)
def test_cumulative_incidence_agrees_with_its_own_definition(people: list[tuple[int, int]]) -> None:
    found = Counter(people)
    days = sorted({day for day, _ in people})
    events, otherwise, left = ([found[day, end] for day in days] for end in (1, 2, 0))
    curve = cumulative_incidence(days, events, otherwise, left)
    free, share, at_risk = 1.0, 0.0, len(people)
    for i, day in enumerate(days):
        share += free * found[day, 1] / at_risk
        free *= 1 - (found[day, 1] + found[day, 2]) / at_risk
        at_risk -= sum(found[day, end] for end in (0, 1, 2))
        assert math.isclose(curve.share[i], share, abs_tol=1e-12)
    other = cumulative_incidence(days, otherwise, events, left)
    assert (curve.share + other.share <= 1 + 1e-12).all()


@settings(max_examples=30)
@given(st.lists(st.sampled_from([0, 1, 1, 2]), min_size=3, max_size=60))
def test_cumulative_incidence_and_its_variance_agree_with_lifelines(ends: list[int]) -> None:
    days = np.arange(1, len(ends) + 1)  # lifelines moves ties apart at random: here there are none
    events, otherwise, left = ((np.array(ends) == end).astype(int) for end in (1, 2, 0))
    assume(events.any())
    curve = cumulative_incidence(days, events, otherwise, left)
    other = AalenJohansenFitter(calculate_variance=True).fit(days, ends, event_of_interest=1)
    share = other.cumulative_density_.iloc[:, 0].reindex(days, method="ffill").to_numpy()
    variance = other.variance_.reindex(days, method="ffill").to_numpy()
    assert np.allclose(curve.share, share, atol=1e-9)
    inner = np.isfinite(variance) & (curve.at_risk > 1)
    assert np.allclose(curve.variance[inner], variance[inner], atol=1e-9)


def test_ends_without_treatment_are_not_people_who_wait() -> None:
    taken_for_waiting = kaplan_meier([10, 20], [0, 50], [50, 0]).by(20).value
    as_they_are = cumulative_incidence([10, 20], [0, 50], [50, 0], [0, 0]).by(20).value
    assert (taken_for_waiting, as_they_are) == (1.0, 0.5)


def test_life_table_agrees_with_cutler_and_ederer_1958() -> None:
    table = life_table([47, 5, 2, 2, 0, 0], [19, 17, 15, 9, 6, 4])  # four lived beyond the fifth year
    assert table.at_start.tolist() == [126, 60, 38, 21, 10, 4]
    assert table.effective.tolist() == [116.5, 51.5, 30.5, 16.5, 7.0, 2.0]
    assert np.round(table.survival[:5], 2).tolist() == [0.60, 0.54, 0.50, 0.44, 0.44]
    assert round(math.sqrt(table.variance[4]), 3) == 0.060
    assert (table.lower < table.survival).all() and (table.survival < table.upper).all()


@given(st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any))
def test_life_table_without_leaving_is_kaplan_meier(events: list[int]) -> None:
    nobody = [0] * len(events)
    table, curve = life_table(events, nobody), kaplan_meier(range(len(events)), events, nobody)
    assert np.allclose(table.survival, curve.survival) and np.allclose(table.variance, curve.variance)


def triangle(cases: Iterable[tuple[int, int]]) -> tuple[list[int], list[int], np.ndarray]:
    found = Counter(cases)
    ages, delays = sorted({age for age, _ in found}), sorted({delay for _, delay in found})
    return delays, ages, np.array([[found[age, delay] for delay in delays] for age in ages])


seen_cases = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)), min_size=2, max_size=150).map(
    lambda cases: [(max(case), min(case)) for case in cases]
)


@settings(max_examples=60)
@given(seen_cases)
def test_timeliness_agrees_with_lifelines_in_reversed_time(cases: list[tuple[int, int]]) -> None:
    """Right truncation is left truncation in reversed time: entry at minus age, event at minus delay."""
    horizon = max(delay for _, delay in cases)
    found = timeliness(*triangle(cases), horizon, least=1)
    if isinstance(found, TooThin):
        reject()
    # The entry is just before, so that a case whose delay is its age is at risk of it.
    entry = [horizon - min(age, horizon) + 0.5 for age, _ in cases]
    event = [horizon - delay + 1.0 for _, delay in cases]
    other = KaplanMeierFitter().fit(event, entry=entry)
    for delay, share in zip(found.delays, found.share, strict=True):
        at = float(other.survival_function_at_times(horizon - delay + 0.75).iloc[0])
        assert math.isclose(share, at, abs_tol=1e-9)


def test_timeliness_finds_the_truth_where_the_naive_share_flatters() -> None:
    """Delays of 20, 60 and 200 days, a third each; 300 cases for each of the last 365 days."""
    cases = [(age, delay) for age in range(0, 366, 5) for delay in (20, 60, 200) if delay <= age]
    found = timeliness(*triangle(cases * 100), horizon=200)
    assert isinstance(found, Timeliness)
    naive = np.mean([delay <= 60 for _, delay in cases])
    assert naive > 0.75
    assert math.isclose(found.by(60).value, 2 / 3, abs_tol=0.01)
    assert math.isclose(found.by(20).value, 1 / 3, abs_tol=0.01)
    assert found.by(20).lower < 1 / 3 < found.by(20).upper
    assert found.by(10).value == 0 and found.by(400).value == 1
    assert math.isclose(found.completed(100, 30).value, 300, rel_tol=0.02)


def test_timeliness_interval_covers_its_level() -> None:
    rng = np.random.default_rng(4)
    inside = 0
    for _ in range(400):
        age, delay = rng.integers(0, 120, 300), rng.geometric(1 / 20, 300) - 1
        seen = [(int(a), int(d)) for a, d in zip(age, delay, strict=True) if d <= a]
        found = timeliness(*triangle(seen), horizon=80)
        assert isinstance(found, Timeliness)
        share = found.by(20)
        truth = (1 - (1 - 1 / 20) ** 21) / (1 - (1 - 1 / 20) ** 81)
        inside += bool(share.lower <= truth <= share.upper)
    assert 0.92 <= inside / 400 <= 0.98


def test_timeliness_needs_cases_that_are_old_enough() -> None:
    few = timeliness([0, 5], [3, 9], [[30, 0], [10, 9]], horizon=5)
    assert few == TooThin("few_old", has=19, needs=20)
    # All forty who could show a delay of 5 both have it: nothing is known of shorter ones among them.
    assert timeliness([0, 5], [3, 9], [[30, 0], [0, 40]], horizon=5) == TooThin("few_old", has=40, needs=41)


DOCUMENTS = Path(os.environ.get("FYRBAK_DOCUMENTS", Path(__file__).parents[2] / "shared" / "documents"))
PATIENTS = DOCUMENTS.parent / "data" / "survival" / "relsurv_rdata.csv"
PRINTED = Path(__file__).parent / "data" / "kaplan_meier_rdata.csv"


@pytest.mark.skipif(not PATIENTS.exists(), reason="relsurv's rdata is not beside the documents")
def test_survival_agrees_with_r_on_a_thousand_patients() -> None:
    with PATIENTS.open(encoding="utf-8") as file:
        people = [(int(row["time"]), row["cens"] == "1") for row in csv.DictReader(file)]
    curve = estimate(people)
    with PRINTED.open(encoding="utf-8") as file:
        for row in csv.DictReader(line for line in file if not line.startswith("#")):
            share, low, high = curve.by(int(float(row["time_years"]) * 365.241))
            assert math.isclose(1 - share, float(row["value"]), rel_tol=1e-12)
            assert math.isclose(1 - high, float(row["lower95"]), rel_tol=1e-12)
            assert math.isclose(1 - low, float(row["upper95"]), rel_tol=1e-12)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: kaplan_meier([1, 2], [1, 2], [0]), "give one list as long as the others"),
        (lambda: kaplan_meier([1], [1, 2], [0, 0]), "1 days and 2 tallies"),
        (lambda: kaplan_meier([2, 1], [1, 2], [0, 0]), "in rising order"),
        (lambda: kaplan_meier([0.5, 1], [1, 2], [0, 0]), "distinct whole numbers"),
        (lambda: kaplan_meier([1, 2], [1, -2], [0, 0]), "events holds -2"),
        (lambda: kaplan_meier([], [], []), "events has the shape"),
        (lambda: kaplan_meier([1], [1], [0]).quantile(50), "q is 50"),
        (lambda: life_table([1, math.nan], [0, 0]), "events holds NaN"),
        (lambda: timeliness([0, 5], [3, 9], [[1, 1], [0, 0]], 5), "a delay passes the age"),
        (lambda: timeliness([0, 5], [3, 9], [1, 0], 5), "one row per age"),
    ],
)
def test_bad_input_is_one_clear_line(call: Callable[[], object], words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        call()
    assert "\n" not in str(raised.value)
