"""The answer to "what if there were more?", and what the simulation says of months that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from fyrbak.definitions import pick
from fyrbak.errors import BadInputError
from fyrbak.measures.what_if.simulation import Journey, calibrated, demand, journeys, simulate
from fyrbak.measures.what_if.stations import Case, Station

QUEUES = (
    0.25,
    0.5,
    0.75,
)  # how much of the days beyond the needed is waiting: nobody knows, so three are tried
RUNS = 12
_MOST_RUNS = (0.025, 0.975)  # the ends of what 95 % of the runs give
FEWEST_CASES = 100


@dataclass(frozen=True)
class Outcome:
    """The share within its limit under one assumption about waiting, before and after. Fractions.

    ``gain`` is the mean difference, ``lower`` and ``upper`` its 95 % range over runs that differ by chance
    alone; ``lowest`` and ``highest`` are those of the share after. ``slots`` are the slots a week
    that the stations are found to have now.
    """

    queue: float
    before: float
    after: float
    gain: float
    lower: float
    upper: float
    lowest: float
    highest: float
    slots: Mapping[str, float]


@dataclass(frozen=True)
class Held:
    """A month that the simulation was not calibrated on: the share foretold and the one that came."""

    month: str
    n: int
    foretold: float
    came: float


@dataclass(frozen=True)
class Answer:
    """What more capacity would do. ``share`` is the region's own in that period, ``demand`` cases a week."""

    n: int
    share: float
    demand: Mapping[str, float]
    outcomes: tuple[Outcome, ...]
    held: tuple[Held, ...]


def what_if(
    cases: Sequence[Case], known: Sequence[Station], add: Mapping[str, float], *, seed: int
) -> Answer:
    """Add slots a week at stations and read off the share again. The same seed gives the same answer.

    Raises UnknownNameError for a station without a queue, BadInputError for too few cases or for more slots
    taken away than there are.
    """
    if len(cases) < FEWEST_CASES:
        raise BadInputError(
            f"{len(cases)} ended pathways are too few to simulate: at least {FEWEST_CASES} are needed. "
            "Choose more time or a larger region."
        )
    needed = demand(journeys(cases, known))
    for name in add:
        pick("station", name, list(needed))
    outcomes = tuple(_outcome(cases, known, queue, add, seed) for queue in QUEUES)
    return Answer(len(cases), _share(cases), needed, outcomes, back_test(cases, known, seed=seed))


def _share(cases: Sequence[Case]) -> float:
    return float(np.mean([case.days <= case.limit for case in cases]))


def _outcome(
    cases: Sequence[Case], known: Sequence[Station], queue: float, add: Mapping[str, float], seed: int
) -> Outcome:
    now = calibrated(cases, known, queue, seed)
    then = {name: slots + add.get(name, 0.0) for name, slots in now.slots.items()}
    if short := [name for name, slots in then.items() if slots <= 0]:
        raise BadInputError(
            f"{short[0]} has {now.slots[short[0]]:.1f} slots a week. Take away fewer than that."
        )

    def shares(slots: Mapping[str, float]) -> np.ndarray:
        runs = (
            simulate(now.journeys, slots, np.random.default_rng([seed, number])) for number in range(RUNS)
        )
        return np.array([run.share(now.journeys) for run in runs])

    before, after = shares(now.slots), shares(then)
    gains = after - before
    lower, upper = np.quantile(gains, _MOST_RUNS)
    lowest, highest = np.quantile(after, _MOST_RUNS)
    return Outcome(
        queue,
        float(before.mean()),
        float(after.mean()),
        float(gains.mean()),
        float(lower),
        float(upper),
        float(lowest),
        float(highest),
        now.slots,
    )


def back_test(
    cases: Sequence[Case], known: Sequence[Station], *, seed: int, queue: float = 0.5
) -> tuple[Held, ...]:
    """Calibrate on the first two thirds of the time and foretell each month of the last third.

    The later cases come when they came. What they need is drawn from what the earlier ones needed at the same
    part of the way; how long they wait is what the stations' slots give. Empty with too few earlier cases.
    """
    first, last = min(case.began for case in cases), max(case.began for case in cases)
    turn = first + timedelta(days=(last - first).days * 2 // 3)
    earlier = [case for case in cases if case.began < turn]
    if len(earlier) < FEWEST_CASES // 2:
        return ()
    learnt = calibrated(earlier, known, queue, seed)
    random = np.random.default_rng(seed)
    taken = _redrawn(journeys(cases, known), learnt.journeys, random)
    foretold = simulate(taken, learnt.slots, random).days
    months: dict[str, list[tuple[bool, bool]]] = {}
    for case, days in zip(cases, foretold, strict=True):
        if case.began >= turn:
            told = (bool(days <= case.limit), case.days <= case.limit)
            months.setdefault(f"{case.began:%Y-%m}", []).append(told)
    return tuple(
        Held(month, len(told), *(float(share) for share in np.mean(told, axis=0)))
        for month, told in sorted(months.items())
    )


def _redrawn(
    taken: Sequence[Journey], learnt: Sequence[Journey], random: np.random.Generator
) -> tuple[Journey, ...]:
    """Journeys whose needs at each station are those of earlier journeys, drawn with replacement."""
    needs: dict[str, list[float]] = {}
    for journey in learnt:
        for leg in journey.legs:
            needs.setdefault(leg.station, []).append(leg.needs)
    drawn = {name: np.array(found) for name, found in needs.items()}
    return tuple(
        replace(
            journey,
            legs=tuple(
                replace(leg, needs=float(random.choice(drawn[leg.station]))) if leg.station in drawn else leg
                for leg in journey.legs
            ),
        )
        for journey in taken
    )
