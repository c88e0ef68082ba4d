"""The queues of a region: each station serves so many a week, in the order in which they came.

Days at a station are of two kinds: those that the case needs, and those that it waits for its turn. Codes
do not tell them apart, so *queue* (the part of the days beyond the shortest tenth's that is waiting, in
the mean) is an assumption, and answers are given for several. With it, each station's capacity is found
that makes the mean wait what was assumed (*calibration*); what is left of a case's own days when its
simulated wait is taken away is what it needs. So the simulation begins at the region's own days, case by
case. Then capacity is added and the share within its limit read off again.

The same cases come on the same days in every run. What chance decides is when in the week the slots fall.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import simpy

from fyrbak.errors import BadInputError
from fyrbak.measures.what_if.stations import Case, Station, path_of

FEWEST = 20  # cases at a station before its queue is simulated
_WEEK = 7.0
_HALVINGS = 7  # of the interval in which a capacity is sought: to two per cent
_MOST = 8.0  # times the mean demand: above it hardly anybody waits
_LEAST = 0.8  # times the mean demand: below it queues grow all the time


@dataclass(frozen=True)
class Leg:
    """A part of a case's way: the days it needs, at a station, or at none ("") where no queue is made."""

    station: str
    needs: float


@dataclass(frozen=True)
class Journey:
    """A case as the simulation takes it: when it comes (days after the first case), its way, its limit."""

    comes: float
    legs: tuple[Leg, ...]
    limit: int


@dataclass(frozen=True)
class Region:
    """A region's journeys and the slots a week that its stations have."""

    journeys: tuple[Journey, ...]
    slots: Mapping[str, float]


@dataclass(frozen=True)
class Run:
    """What a simulation gave: the days of each journey in order, and the waits of each at each station."""

    days: np.ndarray
    waits: Mapping[str, np.ndarray]

    def share(self, taken: Sequence[Journey]) -> float:
        """The share within its limit."""
        return float(np.mean(self.days <= np.array([journey.limit for journey in taken])))


def journeys(cases: Sequence[Case], known: Sequence[Station]) -> tuple[Journey, ...]:
    """The cases with all their own days, none of them waited yet. Stations with few cases have no queue."""
    paths = [path_of(case, known) for case in cases]
    at: dict[str, int] = defaultdict(int)
    for path in paths:
        for station, _ in path:
            at[station.id if station else ""] += 1
    first = min(case.began for case in cases)
    return tuple(
        Journey(
            (case.began - first).days,
            tuple(Leg(s.id if s and at[s.id] >= FEWEST else "", days) for s, days in path),
            case.limit,
        )
        for case, path in zip(cases, paths, strict=True)
    )


def simulate(taken: Sequence[Journey], slots: Mapping[str, float], random: np.random.Generator) -> Run:
    """Let all journeys pass the stations with ``slots`` (a week). A slot that nobody waits for is lost."""
    env = simpy.Environment()
    queues = {name: simpy.Store(env) for name in slots}
    waits = {name: np.full(len(taken), np.nan) for name in slots}
    days = np.zeros(len(taken))

    def travel(place: int, journey: Journey) -> Generator[simpy.Event, Any, None]:
        yield env.timeout(journey.comes)
        began = env.now
        for leg in journey.legs:
            if leg.station in queues:
                came, turn = env.now, env.event()
                yield queues[leg.station].put(turn)
                yield turn
                waits[leg.station][place] = env.now - came
            yield env.timeout(leg.needs)
        days[place] = env.now - began

    def serve(name: str) -> Generator[simpy.Event, Any, None]:
        gap = _WEEK / slots[name]
        first = following = float(random.uniform(0, gap))
        while True:
            turn: simpy.Event = yield queues[name].get()
            # The first slot from now on that nobody has had; those that nobody waited for have passed.
            at = max(following, first + math.ceil((env.now - first) / gap) * gap)
            yield env.timeout(at - env.now)
            turn.succeed()
            following = at + gap

    everybody = [env.process(travel(place, journey)) for place, journey in enumerate(taken)]
    for name in queues:
        env.process(serve(name))
    env.run(until=env.all_of(everybody))
    return Run(np.round(days), waits)


def demand(taken: Sequence[Journey]) -> dict[str, float]:
    """Cases a week that come to each station, from the first start to the last."""
    weeks = max(max(journey.comes for journey in taken) / _WEEK, 1.0)
    counts: dict[str, int] = defaultdict(int)
    for journey in taken:
        for leg in journey.legs:
            if leg.station:
                counts[leg.station] += 1
    return {name: n / weeks for name, n in counts.items()}


def calibrated(cases: Sequence[Case], known: Sequence[Station], queue: float, seed: int) -> Region:
    """The region as it is: what its cases need, and the slots a week that its stations have.

    ``queue`` (0 to 1) is the part of the days beyond the shortest tenth's that is waiting. Stations are
    taken in
    the order of the pathway, so that each sees the arrivals that the ones before it let through. Raises
    BadInputError where there are no cases, or ``queue`` is not between 0 and 1.
    """
    if not cases:
        raise BadInputError(
            "no ended pathways with a limit in the period. Choose another region or more time."
        )
    if not 0 <= queue <= 1:
        raise BadInputError(f"the part that is waiting is {queue:g}. Give a number from 0 to 1.")
    taken, slots = journeys(cases, known), dict[str, float]()
    needed = demand(taken)
    for station in known:
        if station.id in needed:
            wanted = queue * _beyond(taken, station.id)
            slots[station.id] = _slots(taken, slots, station.id, needed[station.id], wanted, seed)
            waits = simulate(taken, slots, np.random.default_rng(seed)).waits[station.id]
            taken = _without_waits(taken, station.id, waits)
    return Region(taken, slots)


def _beyond(taken: Sequence[Journey], name: str) -> float:
    """The mean of the days at a station beyond the shortest tenth's."""
    spent = np.array([leg.needs for journey in taken for leg in journey.legs if leg.station == name])
    return float(np.mean(np.maximum(spent - np.quantile(spent, 0.1), 0)))


def _slots(
    taken: Sequence[Journey], before: Mapping[str, float], name: str, needed: float, wanted: float, seed: int
) -> float:
    """The slots a week with which the mean wait is the one wanted, or just below it."""
    lowest, highest = _LEAST * needed, _MOST * needed
    for _ in range(_HALVINGS):
        middle = (lowest * highest) ** 0.5
        run = simulate(taken, {**before, name: middle}, np.random.default_rng(seed))
        if np.nanmean(run.waits[name]) > wanted:
            lowest = middle
        else:
            highest = middle
    return highest


def _without_waits(taken: Sequence[Journey], name: str, waits: np.ndarray) -> tuple[Journey, ...]:
    """The journeys with their waits at a station taken from the days they need there.

    Nobody needs less than none. What that adds is taken from the others in proportion, so that the mean
    of needs
    and waits together stays the region's own.
    """
    there = [place for place, wait in enumerate(waits) if not np.isnan(wait)]
    own = np.array([next(leg.needs for leg in taken[place].legs if leg.station == name) for place in there])
    left = np.maximum(own - waits[there], 0)
    total = left.sum()
    if total:
        left *= max(own.sum() - waits[there].sum(), 0) / total
    needs = dict(zip(there, left, strict=True))
    return tuple(
        replace(journey, legs=tuple(_needing(leg, name, needs.get(place)) for leg in journey.legs))
        for place, journey in enumerate(taken)
    )


def _needing(leg: Leg, name: str, days: float | None) -> Leg:
    return leg if leg.station != name or days is None else replace(leg, needs=float(days))
