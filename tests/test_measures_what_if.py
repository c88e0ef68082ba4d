"""More capacity: queues small enough to be followed by hand, a slow judge, and what must hold of any."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
import simpy
from hypothesis import given, settings
from hypothesis import strategies as st

from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.what_if.answers import (
    FAR,
    FEWEST_HELD,
    QUEUES,
    BackTest,
    Held,
    back_test,
    most_runs,
    what_if,
)
from fyrbak.measures.what_if.simulation import (
    WARM,
    Pace,
    Queue,
    calibrated,
    demand,
    redrawn,
    simulate,
    turns,
)
from fyrbak.measures.what_if.stations import STEPS, Cases, cases, cases_of, lasting, stations

FIRST = date(2021, 1, 1)
OPERATION = [one.id for one in stations()].index("operation")
EVEN = Pace(np.array([WARM, 1e5]), np.array([0.0, (1e5 - WARM) / 7]))  # one comes a week


def rows_of(*cases: tuple[int, tuple[int | None, ...]], pathway: str = "prostata") -> pa.Table:
    """Episodes by the day they began, and the days from there to visit, conference, decision and end."""
    rows = []
    for began, days in cases:
        start = FIRST + timedelta(days=began)
        steps = zip(STEPS[1:], days, strict=True)
        dates = {f"{step}_date": None if day is None else start + timedelta(days=day) for step, day in steps}
        rows.append({"pathway": pathway, "treatment": "kirurgi", "variant": "", "judged": True,
                     "limit_days": 18, "start_date": start, **dates})  # fmt: skip
    return pa.Table.from_pylist(rows)


def cases_from(rows: pa.Table) -> Cases:
    return cases_of(rows, stations(), FIRST, np.full(len(rows), fill_value=True))


@pytest.fixture(scope="module")
def region() -> Cases:
    """A region of three years that is a queue: seven a week come to somewhat more slots for operation."""
    random = np.random.default_rng(7)
    began = np.sort(random.integers(0, 1000, 1000))
    visit, rest = random.integers(4, 12, 1000), random.integers(2, 14, 1000)
    came = began + visit.astype(float)
    waits = turns(came, Queue(1.1, 6.0), Pace.of(came, 1000.0), 0.5)
    ends = np.round(visit + rest + waits).astype(int)
    told = (
        (int(day), (int(v), int(v), int(v), int(end))) for day, v, end in zip(began, visit, ends, strict=True)
    )
    return cases_from(rows_of(*told))


def test_days_belong_to_the_station_between_two_steps() -> None:
    found = cases_from(rows_of((0, (5, 15, 17, 30)), (1, (None, None, None, 30)), (2, (4, 2, None, 12))))
    assert found.spent[0].tolist()[:5] == [5, 5, 5, 2, 13]
    assert np.isnan(found.spent[0, 5])  # oncology: it ended with an operation
    # A step that is not registered, or comes before the one that precedes it, belongs to no station.
    assert found.free.sum(axis=1).tolist() == [0, 30, 8]
    assert found.spent[2, 0] == 4
    total = np.nansum(found.spent, axis=1) + found.free.sum(axis=1)
    assert total.tolist() == found.days.tolist()


def test_days_that_run_backwards_are_refused_before_anything_is_read() -> None:
    nothing: Any = None
    with pytest.raises(BadInputError, match="2021-12-31, is before the first, 2022-01-01"):
        cases(nothing, nothing, region="24", began=(date(2022, 1, 1), date(2021, 12, 31)))


def test_nobody_is_judged_by_a_limit_that_ended_within_a_year() -> None:
    rows = rows_of((0, (1, 2, 3, 30)), (1500, (1, 2, 3, 30)), pathway="tjock_andtarm")
    assert lasting(rows).tolist() == [False, False]
    assert lasting(rows_of((0, (1, 2, 3, 30)), pathway="brost")).tolist() == [True]


def test_slots_are_taken_in_the_order_in_which_cases_come() -> None:
    came = WARM + np.array([10.0, 10.0, 10.0])
    waits = turns(came, Queue(7.0, 0.0), EVEN, 0.0)  # seven slots for the one that comes a week: one a day
    assert np.diff(waits) == pytest.approx([1, 1])
    assert 0 <= waits[0] <= 1


def test_those_who_are_there_already_are_served_first() -> None:
    came = WARM + np.array([-20.0, 0.0, 30.0])
    assert turns(came, Queue(7.0, 12.0), EVEN, 0.0) == pytest.approx([0, 12, 0], abs=1)


def judged_by_events(came: np.ndarray, queue: Queue, offset: float) -> np.ndarray:
    """The slow judge: one event after the other, each slot offered on its day to whoever is first in line."""
    env, waits = simpy.Environment(), np.zeros(len(came))
    line = simpy.Store(env)
    gap = 7 / queue.slots

    def comes(place: int) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(came[place] - WARM)
        turn = env.event()
        yield line.put(turn)
        yield turn
        waits[place] = env.now + WARM - came[place]

    def serves() -> Generator[simpy.Event, Any, None]:
        yield env.timeout(queue.backlog + offset * gap)
        while True:
            if line.items:
                turn: simpy.Event = yield line.get()
                turn.succeed()
            yield env.timeout(gap)

    everybody = [env.process(comes(int(place))) for place in np.argsort(came, kind="stable")]
    env.process(serves())
    env.run(until=env.all_of(everybody))
    return waits


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 400), min_size=1, max_size=40),
    st.floats(0.7, 20),
    st.floats(0, 30),
    st.floats(0.01, 0.97),
)
def test_a_simulation_of_events_gives_the_same_waits(
    came: list[int], slots: float, backlog: float, offset: float
) -> None:
    days, queue = WARM + np.array(came) + 0.001, Queue(slots, backlog)
    assert turns(days, queue, EVEN, offset) == pytest.approx(judged_by_events(days, queue, offset), abs=1e-3)


@settings(max_examples=25)
@given(st.lists(st.integers(0, 60), min_size=1, max_size=30), st.floats(1, 20), st.floats(1, 4))
def test_more_slots_wait_no_longer_in_the_mean(comes: list[int], slots: float, times: float) -> None:
    came = WARM + np.sort(np.array(comes, float))
    few, many = (turns(came, Queue(slots * factor, 5.0), EVEN, 0.0) for factor in (1, times))
    assert many.mean() <= few.mean() + 7 / (slots * times)  # but for where in the week the first slot falls


def test_slots_follow_those_who_come() -> None:
    """Twice as many at the end as at the start wait no longer, since there are twice as many slots."""
    days = WARM + 700 * (np.sqrt(1 + 3 * np.linspace(0, 1, 2000)) - 1)
    waits = turns(days, Queue(1.0, 5.0), Pace.of(days, float(days.max())), 0.5)
    assert waits[:300].mean() == pytest.approx(5, abs=3)
    assert waits[-300:].mean() == pytest.approx(5, abs=3)


def test_the_region_as_it_is_keeps_its_own_mean_days(region: Cases) -> None:
    found = calibrated(region, stations(), 0.4, 1)
    days = simulate(found.cases, found.queues, np.random.default_rng(1)).days
    assert days.mean() == pytest.approx(region.days.mean(), rel=0.05)
    assert set(demand(region, stations())) == {"visit", "imaging", "pathology", "decision", "operation"}


def test_without_any_queue_assumed_there_is_next_to_none(region: Cases) -> None:
    found = calibrated(region, stations(), 0.0, 1)
    waits = simulate(found.cases, found.queues, np.random.default_rng(1)).waits
    assert np.nanmean(waits[:, :5], axis=0).max() < 0.5


def test_a_drawn_case_goes_the_whole_way_of_one_of_its_kind(region: Cases) -> None:
    kinds = replace(region, alike=np.arange(len(region)) % 3)
    learnt = calibrated(kinds, stations(), 0.25, 1)
    drawn = redrawn(replace(kinds, alike=np.arange(len(region)) % 4), learnt, np.random.default_rng(1))
    ways = {tuple(way): place for place, way in enumerate(np.nan_to_num(learnt.cases.spent).tolist())}
    came_from = [ways[tuple(way)] for way in np.nan_to_num(drawn.spent).tolist()]
    same = [kinds.alike[one] == place % 4 for place, one in enumerate(came_from) if place % 4 < 3]
    assert np.mean(same) > 0.9  # but for the few ways that several kinds share


def test_more_capacity_where_all_pass_brings_more_in_time(region: Cases) -> None:
    answer = what_if(region, stations(), {"operation": 3.0}, seed=1)
    assert all(one.gain > 0 for one in answer.outcomes)
    assert answer.outcomes[-1].gain > answer.outcomes[0].gain  # the more is queue, the more it helps
    assert [one.queue for one in answer.outcomes] == list(QUEUES)
    assert what_if(region, stations(), {"operation": 3.0}, seed=1) == answer


def test_the_ends_told_from_ten_runs_hold_95_of_100_others() -> None:
    random = np.random.default_rng(1)
    held = []
    for _ in range(2_000):
        lower, upper = most_runs(random.normal(0.5, 0.02, 10))
        more = random.normal(0.5, 0.02, 50)
        held.append(np.mean((lower <= more) & (more <= upper)))
    assert np.mean(held) == pytest.approx(0.95, abs=0.01)


def test_nothing_more_changes_nothing(region: Cases) -> None:
    nothing = what_if(region, stations(), {}, seed=1)
    assert all(one.gain == one.lower == one.upper == 0 for one in nothing.outcomes)


def test_the_year_that_is_held_out_is_foretold_near_what_came(region: Cases) -> None:
    for queue in QUEUES:
        tried = back_test(region, stations(), queue, seed=1)
        assert tried.whole.n == sum(month.n for month in tried.months) > 300
        assert abs(tried.apart) < 0.08
        assert tried.trust == "near"
        assert [month.name for month in tried.months] == sorted(month.name for month in tried.months)
        assert [held.name for held in tried.pathways] == ["prostata"]


def test_a_level_is_trusted_by_a_stated_rule() -> None:
    def trust(n: int, apart: float) -> str:
        return BackTest(0.25, Held("", n, 0.4 + apart, 0.4)).trust

    assert trust(FEWEST_HELD, FAR - 0.01) == trust(FEWEST_HELD, 0.01 - FAR) == "near"
    assert trust(FEWEST_HELD, FAR + 0.01) == trust(FEWEST_HELD, -FAR - 0.01) == "far"
    assert trust(FEWEST_HELD - 1, 0) == "untried"


def test_what_cannot_be_answered_is_refused(region: Cases) -> None:
    with pytest.raises(UnknownNameError, match="station"):
        what_if(region, stations(), {"oncolgy": 1}, seed=1)
    with pytest.raises(BadInputError, match="Take away fewer"):
        what_if(region, stations(), {"operation": -1000}, seed=1)
    with pytest.raises(BadInputError, match="too few to simulate"):
        what_if(region.before(200.0), stations(), {}, seed=1)
    with pytest.raises(BadInputError, match="from 0 to 1"):
        calibrated(region, stations(), 1.5, 1)
    with pytest.raises(BadInputError, match="no ended pathways"):
        calibrated(region.before(0.0), stations(), 0.5, 1)
