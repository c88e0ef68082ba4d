"""The answer to "what if there were more?", and what the simulation says of months that it has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from fyrbak.definitions import pick
from fyrbak.errors import BadInputError
from fyrbak.measures.what_if.simulation import WARM, Queue, calibrated, demand, redrawn, simulate
from fyrbak.measures.what_if.stations import Cases, Station

# How much of the days beyond the needed is waiting: nobody knows, so three are tried. More than that does not
# fit the days that are known: whoever passes quickly would have waited longer than the whole stay.
QUEUES = (0.1, 0.25, 0.4)
RUNS = 10
HELD_OUT = 365.0  # days: the latest, which the simulation is tried on
FEWEST_CASES = 100  # judged after queues have begun
FEWEST_HELD = 50  # judged among those that it is tried on
FAR = 0.1  # between what was foretold and what came, before the level is not to be trusted
_UPPER_END = 0.975  # of what 95 % of the runs give
Trust = Literal["near", "far", "untried"]


@dataclass(frozen=True)
class Held:
    """Pathways that the simulation was not calibrated on: the share foretold and the one that came.

    ``name`` is the month in which they began, or the pathway; empty for all together.
    """

    name: str
    n: int
    foretold: float
    came: float


@dataclass(frozen=True)
class BackTest:
    """The latest year foretold from the time before it: all together, by month and by pathway.

    ``queue`` is the part of the days beyond the needed that was taken for waiting.
    """

    queue: float
    whole: Held
    months: tuple[Held, ...] = ()
    pathways: tuple[Held, ...] = ()

    @property
    def apart(self) -> float:
        """The share foretold less the one that came."""
        return self.whole.foretold - self.whole.came

    @property
    def trust(self) -> Trust:
        """Whether the level may be trusted: by how far it was from what came, where enough was tried."""
        if self.whole.n < FEWEST_HELD:
            return "untried"
        return "far" if abs(self.apart) > FAR else "near"


@dataclass(frozen=True)
class Outcome:
    """The share within its limit under one assumption about waiting, before and after. Fractions.

    ``gain`` is the mean difference, ``lower`` and ``upper`` its 95 % range over runs that differ in what
    each case needs; ``lowest`` and ``highest`` are those of the share after. ``slots`` are the slots a week
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
    tried: BackTest


@dataclass(frozen=True)
class Answer:
    """What more capacity would do.

    ``n`` are the judged, ``share`` the region's own in that period, ``demand`` cases a week by station.
    """

    n: int
    share: float
    demand: Mapping[str, float]
    outcomes: tuple[Outcome, ...]


def what_if(
    cases: Cases,
    known: Sequence[Station],
    add: Mapping[str, float],
    *,
    seed: int,
    tried: Sequence[BackTest] | None = None,
) -> Answer:
    """Add slots a week at stations and read off the share again. The same seed gives the same answer.

    ``tried`` are the back-tests of :func:`back_tests`, where they are known already. Raises UnknownNameError
    for a station without a queue, BadInputError for too few cases or for more slots taken away than there
    are.
    """
    counted = cases.judged & (cases.began >= WARM)
    if (n := int(counted.sum())) < FEWEST_CASES:
        raise BadInputError(
            f"{n} ended pathways are too few to simulate: at least {FEWEST_CASES} are needed that began more "
            "than half a year after the first. Choose more time or a larger region.",
            word="what_if.too_few", needs=FEWEST_CASES,
        )  # fmt: skip
    needed = demand(cases, known)
    for name in add:
        pick("station", name, list(needed))
    found = back_tests(cases, known, seed=seed) if tried is None else tried
    outcomes = tuple(_outcome(cases, known, add, seed, held) for held in found)
    own = cases.days[counted] <= cases.limit[counted]
    return Answer(n, float(own.mean()), needed, outcomes)


def _outcome(
    cases: Cases, known: Sequence[Station], add: Mapping[str, float], seed: int, tried: BackTest
) -> Outcome:
    now, needed = calibrated(cases, known, tried.queue, seed), demand(cases, known)
    slots = {known[place].id: one.slots * needed[known[place].id] for place, one in now.queues.items()}
    then = {place: _with(one, known[place].id, add, needed) for place, one in now.queues.items()}
    if short := [known[place].id for place, one in then.items() if one.slots <= 0]:
        raise BadInputError(f"{short[0]} has {slots[short[0]]:.1f} slots a week. Take away fewer than that.")
    counted = cases.judged & (cases.began >= WARM)

    def share(number: int, queues: Mapping[int, Queue]) -> float:
        random = np.random.default_rng([seed, number])
        days = simulate(redrawn(cases, now, random), queues, random).days
        return float(np.mean(days[counted] <= cases.limit[counted]))

    before, after = (np.array([share(run, queues) for run in range(RUNS)]) for queues in (now.queues, then))
    gains = after - before
    lower, upper = most_runs(gains)
    lowest, highest = most_runs(after)
    return Outcome(
        tried.queue, float(before.mean()), float(after.mean()), float(gains.mean()), lower,
        upper, max(lowest, 0.0), min(highest, 1.0), slots, tried,
    )  # fmt: skip


def most_runs(found: NDArray[np.float64]) -> tuple[float, float]:
    """Between which ends 95 % of all runs come, told from a few of them.

    The few never show the ends themselves: of ten, the least and the most hold four runs in five. So the ends
    are those of the next run, as Student's t has them. Source: Hahn and Meeker, Statistical Intervals.
    """
    far = float(stdtrit(found.size - 1, _UPPER_END) * found.std(ddof=1) * np.sqrt(1 + 1 / found.size))
    return float(found.mean()) - far, float(found.mean()) + far


def _with(queue: Queue, name: str, add: Mapping[str, float], needed: Mapping[str, float]) -> Queue:
    """The queue with slots a week added, as slots for each case that comes."""
    return replace(queue, slots=queue.slots + add.get(name, 0.0) / needed[name])


def back_tests(cases: Cases, known: Sequence[Station], *, seed: int) -> tuple[BackTest, ...]:
    """The simulation tried under each assumption about waiting."""
    return tuple(back_test(cases, known, queue, seed=seed) for queue in QUEUES)


def back_test(cases: Cases, known: Sequence[Station], queue: float, *, seed: int) -> BackTest:
    """Calibrate on the time before the latest year and foretell the share of those who began in it.

    The later cases come when they came. What they need is drawn from what the earlier ones of their kind
    needed; how long they wait is what slots in the same proportion to those who come give.
    """
    turn = float(cases.began.max(initial=0)) - HELD_OUT
    earlier, later = cases.before(turn), cases.judged & (cases.began >= turn)
    if int((earlier.judged & (earlier.began >= WARM)).sum()) < FEWEST_CASES // 2:
        return BackTest(queue, _held("", np.zeros(0), np.zeros(0)))
    learnt = calibrated(earlier, known, queue, seed)
    foretold = np.zeros(len(cases))
    for run in range(RUNS):
        random = np.random.default_rng([seed, run])
        days = simulate(redrawn(cases, learnt, random), learnt.queues, random).days
        foretold += (days <= cases.limit) / RUNS
    came = cases.days <= cases.limit
    months = np.array([f"{cases.first + timedelta(days=int(day)):%Y-%m}" for day in cases.began[later]])
    return BackTest(
        queue,
        _held("", foretold[later], came[later]),
        _by(months, foretold[later], came[later]),
        _by(cases.pathway[later], foretold[later], came[later]),
    )


def _by(names: np.ndarray, foretold: np.ndarray, came: np.ndarray) -> tuple[Held, ...]:
    return tuple(_held(name, foretold[names == name], came[names == name]) for name in sorted(set(names)))


def _held(name: str, foretold: np.ndarray, came: np.ndarray) -> Held:
    n = len(came)
    return Held(str(name), n, float(foretold.mean()) if n else 0.0, float(came.mean()) if n else 0.0)
