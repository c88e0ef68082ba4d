"""The queues of a region: each station serves so many a week, in the order in which they came.

Days at a station are of two kinds: those that the case needs, and those that it waits for its turn. Codes
do not tell them apart, so *queue* (the part of the days beyond the shortest tenth's that is waiting, in
the mean) is an assumption, and answers are given for several. With it, each station's slots are found that
make the mean wait what was assumed (*calibration*); what is left of a case's own days when its simulated
wait is taken away is what it needs.

Queues do not begin empty. Those who come to a station during the first half-year (:data:`WARM`) pass it with
their own days; after it the station has as many waiting as make the mean wait, and they are served first.
Slots follow those who come (:class:`Pace`): where ever more come and slots stay, a queue only grows. So a
station is known by its slots for each case that comes, and not by a number that stays for years.

A station is passed once, and always after those before it in the order of a pathway, so one station is
taken after the other. Slots come evenly, so the slot that somebody gets is the first that has not passed and
that nobody before has taken: a running maximum (Lindley's recursion). A simulation in SimPy, one event after
the other, judges it in the tests. What chance decides is when in the week the slots fall, and in a forecast
what each case needs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from fyrbak.errors import BadInputError
from fyrbak.measures.what_if.stations import Cases, Station

FEWEST = 20  # cases at a station before its queue is simulated
WARM = 183.0  # days before queues begin, and anybody is counted
_WEEK = 7.0
_HALVINGS = 14  # of the interval in which a number of slots is sought
_MOST = 8.0  # slots for each case that comes: above it hardly anybody waits
_LEAST = 0.8  # below it queues grow all the time
_FEWEST = 0.2  # of the mean: a falling pace stops there
_FAR = 1e5  # days: after all that happens


@dataclass(frozen=True)
class Queue:
    """A station: its slots for each case that comes, and the days that serving the first in line takes."""

    slots: float
    backlog: float


@dataclass(frozen=True)
class Pace:
    """How many come to a station a week, on the straight line through the weeks.

    ``days`` are days from the first case, from :data:`WARM` on; ``come`` are how many have come by then.
    """

    days: np.ndarray
    come: np.ndarray

    @classmethod
    def of(cls, came: np.ndarray, last: float) -> Pace:
        """The pace of those who come until the last case has begun; the same ever after."""
        weeks = max(int((last - WARM) // _WEEK), 1)
        numbers = np.bincount(np.maximum((came[came >= WARM] - WARM) // _WEEK, 0).astype(np.int64))
        counts = np.pad(numbers, (0, weeks))[:weeks]
        line = np.polyval(np.polyfit(np.arange(weeks), counts, min(1, weeks - 1)), np.arange(weeks))
        rate = np.maximum(line, max(_FEWEST * counts.mean(), 1e-9))
        days = np.append(WARM + np.arange(weeks + 1) * _WEEK, _FAR)
        return cls(
            days, np.concatenate([[0.0], np.cumsum(np.append(rate, rate[-1] * (_FAR - days[-2]) / _WEEK))])
        )

    def by(self, day: np.ndarray) -> np.ndarray:
        """How many have come by a day."""
        return np.interp(day, self.days, self.come)

    def day(self, come: np.ndarray) -> np.ndarray:
        """The day by which so many have come."""
        return np.interp(come, self.come, self.days)


@dataclass(frozen=True)
class Region:
    """A region as it is: its cases with what they need in place of what they spent, and its queues.

    ``queues`` are by the place of their station among those known; a station with few cases has none.
    """

    cases: Cases
    queues: Mapping[int, Queue]


@dataclass(frozen=True)
class Run:
    """What a simulation gave: the days of each case in order, and its wait at each station (nan: none)."""

    days: np.ndarray
    waits: np.ndarray


def turns(came: np.ndarray, queue: Queue, pace: Pace, offset: float) -> np.ndarray:
    """How long each of those who come to a station waits, in days.

    ``offset`` (0 to 1) says where between two slots the first day falls. Who comes before queues begin waits
    for nobody. A slot that nobody waits for is lost.
    """
    waits, queueing = np.zeros(len(came)), came >= WARM
    gap = 1 / queue.slots  # between two slots, counted in those who come
    first = float(pace.by(np.array(WARM + queue.backlog))) + offset * gap
    at = pace.by(came[queueing])
    order = np.argsort(at, kind="stable")
    places = np.arange(len(order))
    earliest = np.maximum(np.ceil((at[order] - first) / gap), 0)
    slot = np.maximum.accumulate(earliest - places) + places
    served = np.empty(len(order))
    served[order] = pace.day(first + slot * gap)
    waits[queueing] = np.maximum(served - came[queueing], 0)
    return waits


# What happens at a station (by its place) to those who come there: (place, when they come, the days that
# they spent there) -> (the days they wait, the days they need).
_Station = Callable[[int, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


def simulate(cases: Cases, queues: Mapping[int, Queue], random: np.random.Generator) -> Run:
    """Let all cases pass the stations, each taking the days it needs and waiting for its turn."""
    offsets, last = random.random((cases.spent.shape[1],)), _last(cases)

    def station(place: int, came: np.ndarray, spent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if place not in queues:
            return np.zeros(len(came)), spent
        return turns(came, queues[place], Pace.of(came, last), offsets[place]), spent

    return _passed(cases, station)


def _last(cases: Cases) -> float:
    """The day on which the last case began."""
    return float(cases.began.max(initial=0))


def _passed(cases: Cases, station: _Station) -> Run:
    """All cases taken through the stations, one station after the other."""
    now, waits = cases.began.copy(), np.full(cases.spent.shape, np.nan)
    for place in range(cases.spent.shape[1]):
        now += cases.free[:, place]
        there = np.flatnonzero(~np.isnan(cases.spent[:, place]))
        waited, needed = station(place, now[there], cases.spent[there, place])
        waits[there, place] = waited
        now[there] += waited + needed
    return Run(np.round(now + cases.free[:, -1] - cases.began), waits)


def demand(cases: Cases, known: Sequence[Station]) -> dict[str, float]:
    """Cases a week that come to each station with a queue, from the first start to the last."""
    weeks = max(_last(cases) / _WEEK, 1.0)
    counts = (~np.isnan(cases.spent)).sum(axis=0)
    return {one.id: float(n) / weeks for one, n in zip(known, counts, strict=True) if n >= FEWEST}


def calibrated(cases: Cases, known: Sequence[Station], queue: float, seed: int) -> Region:
    """The region as it is: what its cases need, and the slots a week that its stations have.

    ``queue`` (0 to 1) is the part of the days beyond the shortest tenth's that is waiting. Stations are
    taken in the order of the pathway, so that each sees the arrivals that the ones before it let through.
    Raises BadInputError where there are no cases, or ``queue`` is not between 0 and 1.
    """
    if not len(cases):
        raise BadInputError(
            "no ended pathways with a limit in the period. Choose another region or more time."
        )
    if not 0 <= queue <= 1:
        raise BadInputError(f"the part that is waiting is {queue:g}. Give a number from 0 to 1.")
    needed, last = demand(cases, known), _last(cases)
    queues: dict[int, Queue] = {}
    left = cases.spent.copy()
    offsets = np.random.default_rng(seed).uniform(0, 1, len(known))

    def station(place: int, came: np.ndarray, spent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if known[place].id not in needed:
            return np.zeros(len(came)), spent
        pace = Pace.of(came, last)
        wanted = queue * float(np.mean(np.maximum(spent - np.quantile(spent, 0.1), 0)))
        queues[place] = _queue(came, wanted, pace, offsets[place])
        waits = turns(came, queues[place], pace, offsets[place])
        left[~np.isnan(left[:, place]), place] = needs = _without(spent, waits)
        return waits, needs

    _passed(cases, station)
    return Region(replace(cases, spent=left), queues)


def _queue(came: np.ndarray, wanted: float, pace: Pace, offset: float) -> Queue:
    """The station with which the mean wait is the one wanted, or just below it."""
    lowest, highest = _LEAST, _MOST
    for _ in range(_HALVINGS):
        middle = (lowest * highest) ** 0.5
        waits = turns(came, Queue(middle, wanted), pace, offset)[came >= WARM]
        if waits.size and waits.mean() > wanted:
            lowest = middle
        else:
            highest = middle
    return Queue(highest, wanted)


def _without(spent: np.ndarray, waits: np.ndarray) -> np.ndarray:
    """Days at a station less the waits there.

    Nobody needs less than none. What that adds is taken from the others in proportion, so that the mean of
    needs and waits together stays the region's own.
    """
    left = np.maximum(spent - waits, 0)
    total = left.sum()
    return left * (max(spent.sum() - waits.sum(), 0) / total) if total else left


def redrawn(cases: Cases, learnt: Region, random: np.random.Generator) -> Cases:
    """Cases that come when they came, each going the whole way of one that a region has learnt from.

    It is drawn among those of the same pathway and treatment, or among all where there is none.
    """
    pool = np.flatnonzero(learnt.cases.began >= WARM)
    pool = pool[np.argsort(learnt.cases.alike[pool], kind="stable")]
    kinds = learnt.cases.alike[pool]
    first, end = (np.searchsorted(kinds, cases.alike, side) for side in ("left", "right"))
    alone = first == end
    first, end = np.where(alone, 0, first), np.where(alone, len(pool), end)
    drawn = pool[first + (random.uniform(0, 1, len(cases)) * (end - first)).astype(np.int64)]
    return replace(cases, spent=learnt.cases.spent[drawn], free=learnt.cases.free[drawn])
