"""More capacity: queues small enough to be followed by hand, and what must hold of any."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.what_if.answers import QUEUES, back_test, what_if
from fyrbak.measures.what_if.simulation import Journey, Leg, calibrated, demand, simulate
from fyrbak.measures.what_if.stations import Case, path_of, stations

FIRST = date(2024, 1, 1)


def case(came: int, *stays: int, limit: int = 40, treatment: str = "kirurgi") -> Case:
    """A case with the days from the start to visit, conference, decision and end."""
    steps = ("start", "visit", "conference", "decision", "end")
    legs = tuple((since, until, days) for since, until, days in zip(steps, steps[1:], stays, strict=False))
    return Case(FIRST + timedelta(days=came), limit, sum(stays), treatment, legs)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def region() -> list[Case]:
    """A region that is a queue: five cases a week come to somewhat more than five slots for operation."""
    random = np.random.default_rng(7)
    days = np.sort(random.integers(0, 350, 250))
    needs = [[int(n) for n in random.integers((4, 2), (12, 14))] for _ in days]
    taken = [
        Journey(int(day), (Leg("", visit), Leg("operation", rest)), 30)
        for day, (visit, rest) in zip(days, needs, strict=True)
    ]
    waits = simulate(taken, {"operation": 5.4}, random).waits["operation"]
    return [
        case(int(day), visit, 0, 0, round(rest + wait), limit=30)
        for day, (visit, rest), wait in zip(days, needs, waits, strict=True)
    ]


def test_slots_are_taken_in_the_order_in_which_cases_come() -> None:
    taken = [Journey(0, (Leg("visit", 0),), 10) for _ in range(3)]
    run = simulate(taken, {"visit": 7.0}, np.random.default_rng(1))  # one a day
    waits = run.waits["visit"]
    assert list(np.diff(waits)) == pytest.approx([1, 1])
    assert 0 <= waits[0] < 1


def test_a_way_without_stations_takes_the_days_it_needs() -> None:
    run = simulate([Journey(3, (Leg("", 12), Leg("", 5)), 20)], {}, np.random.default_rng(1))
    assert list(run.days) == [17]


@settings(max_examples=25)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=30), st.floats(1, 20), st.floats(1, 4))
def test_more_slots_wait_no_longer_in_the_mean(comes: list[int], slots: float, times: float) -> None:
    taken = [Journey(day, (Leg("visit", 5),), 20) for day in sorted(comes)]
    few, many = (
        simulate(taken, {"visit": slots * factor}, np.random.default_rng(1)).waits["visit"]
        for factor in (1, times)
    )
    assert many.mean() <= few.mean() + 7 / (slots * times)  # but for where in the week the first slot falls


def test_plenty_of_slots_leave_only_what_is_needed() -> None:
    taken = [Journey(day, (Leg("visit", 9),), 20) for day in range(20)]
    assert set(simulate(taken, {"visit": 7000.0}, np.random.default_rng(1)).days) == {9}


def test_the_region_as_it_is_keeps_its_own_mean_days(region: list[Case]) -> None:
    found = calibrated(region, stations(), 0.5, 1)
    days = simulate(found.journeys, found.slots, np.random.default_rng(1)).days
    assert days.mean() == pytest.approx(np.mean([one.days for one in region]), rel=0.05)
    needed = demand(found.journeys)
    assert all(found.slots[name] > needed[name] * 0.8 for name in needed)


def test_without_any_queue_assumed_there_is_next_to_none(region: list[Case]) -> None:
    found = calibrated(region, stations(), 0.0, 1)
    waits = simulate(found.journeys, found.slots, np.random.default_rng(1)).waits
    assert all(np.nanmean(one) < 0.5 for one in waits.values())


def test_more_capacity_where_all_pass_brings_more_in_time(region: list[Case]) -> None:
    answer = what_if(region, stations(), {"operation": 3.0}, seed=1)
    assert all(one.gain > 0 for one in answer.outcomes)
    assert answer.outcomes[-1].gain > answer.outcomes[0].gain  # the more is queue, the more it helps
    assert [one.queue for one in answer.outcomes] == list(QUEUES)
    again = what_if(region, stations(), {"operation": 3.0}, seed=1)
    assert again == answer


def test_nothing_more_changes_nothing(region: list[Case]) -> None:
    nothing = what_if(region[:120], stations(), {}, seed=1)
    assert all(one.gain == one.lower == one.upper == 0 for one in nothing.outcomes)


def test_held_out_months_are_foretold_near_what_came(region: list[Case]) -> None:
    held = back_test(region, stations(), seed=1)
    n = sum(month.n for month in held)
    foretold, came = (
        sum(getattr(month, name) * month.n for month in held) / n for name in ("foretold", "came")
    )
    assert n > 60
    assert foretold == pytest.approx(came, abs=0.15)
    assert [month.month for month in held] == sorted(month.month for month in held)


def test_a_step_that_is_not_registered_belongs_to_no_station() -> None:
    whole = Case(FIRST, 40, 30, "kirurgi", (("start", "end", 30),))
    assert path_of(whole, stations()) == [(None, 30.0)]
    parted = path_of(case(0, 5, 10, 2, 13), stations())
    assert [(s.id, days) for s, days in parted if s] == [
        ("visit", 5), ("imaging", 5), ("pathology", 5), ("decision", 2), ("operation", 13),
    ]  # fmt: skip


def test_what_cannot_be_answered_is_refused(region: list[Case]) -> None:
    with pytest.raises(UnknownNameError, match="station"):
        what_if(region, stations(), {"oncolgy": 1}, seed=1)
    with pytest.raises(BadInputError, match="Take away fewer"):
        what_if(region[:120], stations(), {"operation": -1000}, seed=1)
    with pytest.raises(BadInputError, match="too few to simulate"):
        what_if(region[:20], stations(), {}, seed=1)
    with pytest.raises(BadInputError, match="from 0 to 1"):
        calibrated(region, stations(), 1.5, 1)
