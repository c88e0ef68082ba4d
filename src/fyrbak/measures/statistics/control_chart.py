"""XmR control charts: whether a series moves more than its own noise, and what its process can reach.

A baseline changes only where somebody says so and why. Nothing here finds a new baseline by itself: a chart
that adjusts to what it should reveal reveals nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fyrbak.measures.statistics.checks import Floats, TooThin, finite

Rule = Literal["outside", "shift", "trend", "two_of_three"]
Side = Literal["above", "below"]
Marks = NDArray[np.bool_]
Assurance = Literal["met", "missed", "inconsistent"]

REACH = 2.66  # 3 / 1.128: three standard deviations, from the mean moving range of two
SCREEN = 3.267  # the upper limit of a moving range of two
LEAST_POINTS = 12
RUN = 7


class Baseline(NamedTuple):
    """Where a new baseline starts (an index into the values) and what changed then."""

    start: int
    cause: str


class Signal(NamedTuple):
    """A rule that a point takes part in, and the side to which it moves."""

    rule: Rule
    side: Side


@dataclass(frozen=True)
class Limits:
    """The mean of a segment, its limits and its near limits (two thirds of the way), in the values' unit."""

    mean: float
    moving_range: float

    def at(self, part: float) -> tuple[float, float]:
        """The limits at a part of the whole reach, lower and upper."""
        reach = part * REACH * self.moving_range
        return self.mean - reach, self.mean + reach

    @property
    def lower(self) -> float:
        return self.at(1)[0]

    @property
    def upper(self) -> float:
        return self.at(1)[1]

    @property
    def near(self) -> tuple[float, float]:
        return self.at(2 / 3)


@dataclass(frozen=True)
class Segment:
    """The values from ``start`` up to, but not including, ``end``; ``cause`` is empty for the first."""

    start: int
    end: int
    cause: str
    limits: Limits | TooThin


@dataclass(frozen=True)
class Chart:
    """Values in time order, their segments, and for each value the signals that it takes part in."""

    values: Floats
    segments: tuple[Segment, ...]
    signals: tuple[frozenset[Signal], ...]

    @property
    def marked_by_chance(self) -> float:
        """How probable it is that any point is marked although nothing but noise moves the values."""
        long = [part.end - part.start for part in self.segments if isinstance(part.limits, Limits)]
        marked = np.interp(long, [*_MARKED], [*_MARKED.values()])
        return float(1 - np.prod(1 - marked))

    def assurance(self, target: float, better: Literal["higher", "lower"]) -> Assurance | None:
        """What the process as it is now will do: always reach a target, never, or now and then.

        By the limits of the last segment. None while it has too few points for limits.
        """
        limits = self.segments[-1].limits
        if isinstance(limits, TooThin):
            return None
        if limits.lower <= target <= limits.upper:
            return "inconsistent"
        return "met" if (target < limits.lower) == (better == "higher") else "missed"


# How many charts of so many independent normal values have any mark: 1 500 were drawn of each length, so that
# the shares are known to within three hundredths. Beyond the longest it is at least as probable.
_MARKED = {12: 0.09, 16: 0.125, 20: 0.16, 24: 0.19, 36: 0.30, 48: 0.38, 60: 0.48, 84: 0.62, 120: 0.76}


def xmr(values: ArrayLike, baselines: Sequence[Baseline] = ()) -> Chart:
    """The control chart of single values, one for each period, without gaps.

    Limits are the mean ± 2.66 times the mean moving range, after moving ranges above 3.267 times their mean
    have been left out once; none is where nothing but standstill would be left. A segment with fewer than
    twelve points has no limits and no signals. The rules: a point outside the limits; seven points in a row
    on one side of the mean; seven rising or falling; two of three beyond the same near limit.

    Raises ValueError for a baseline without a cause, out of order or outside the series.
    Sources: Wheeler, Understanding Variation, 1993; Making Data Count, NHS England.
    """
    (x,) = finite(values=values)
    if x.ndim != 1 or x.size == 0:
        raise ValueError(f"values have the shape {x.shape}: give one list of at least one value.")
    segments = tuple(_segments(x, baselines))
    return Chart(x, segments, tuple(signals for segment in segments for signals in _signals(x, segment)))


def _segments(x: Floats, baselines: Sequence[Baseline]) -> Iterator[Segment]:
    starts = [0]
    for baseline in baselines:
        if not baseline.cause.strip():
            raise ValueError(
                f"the baseline at {baseline.start} has no cause: say what changed, or leave it out."
            )
        if not starts[-1] < baseline.start < x.size:
            raise ValueError(
                f"the baseline at {baseline.start} is out of order: it lies in 1–{x.size - 1}, rising."
            )
        starts.append(baseline.start)
    causes = ["", *(baseline.cause for baseline in baselines)]
    for start, end, cause in zip(starts, [*starts[1:], x.size], causes, strict=True):
        yield Segment(start, end, cause, _limits(x[start:end]))


def _limits(x: Floats) -> Limits | TooThin:
    if x.size < LEAST_POINTS:
        return TooThin("few_points", x.size, LEAST_POINTS)
    ranges = np.abs(np.diff(x))
    kept = ranges[ranges <= SCREEN * ranges.mean()]
    if not kept.any():
        # A series that stands still but for a few steps has no other noise than they: limits without width
        # would lie on the mean, beside every one of its values, and mark them all.
        kept = ranges
    return Limits(float(x.mean()), float(kept.mean()))


def _signals(x: Floats, segment: Segment) -> Iterator[frozenset[Signal]]:
    """The signals of each point of a segment."""
    x, limits = x[segment.start : segment.end], segment.limits
    if isinstance(limits, TooThin):
        yield from (frozenset() for _ in x)
        return
    (lower, upper), (near_lower, near_upper) = limits.at(1), limits.near
    least = 1e-9 * np.abs(x).max()  # a mean of equal values may be rounded past them
    steps = np.diff(x, prepend=x[0])
    found = {
        Signal("outside", "above"): x - upper > least,
        Signal("outside", "below"): lower - x > least,
        Signal("shift", "above"): _in_run(x - limits.mean > least, RUN),
        Signal("shift", "below"): _in_run(limits.mean - x > least, RUN),
        Signal("trend", "above"): _with_first(_in_run(steps > least, RUN - 1)),
        Signal("trend", "below"): _with_first(_in_run(-steps > least, RUN - 1)),
        Signal("two_of_three", "above"): _two_of_three(x - near_upper > least),
        Signal("two_of_three", "below"): _two_of_three(near_lower - x > least),
    }
    for i in range(x.size):
        yield frozenset(signal for signal, marks in found.items() if marks[i])


def _in_run(marks: Marks, length: int) -> Marks:
    """The marked points that stand in a row of at least ``length``."""
    result = np.zeros(marks.size, bool)
    for i in range(marks.size - length + 1):
        if marks[i : i + length].all():
            result[i : i + length] = True
    return result


def _with_first(steps: Marks) -> Marks:
    """A run of steps together with the point that its first step leaves."""
    return steps | np.append(steps[1:], False)


def _two_of_three(marks: Marks) -> Marks:
    """The marked points that have another marked point within the two before or after them."""
    result = np.zeros(marks.size, bool)
    for distance in (1, 2):
        both = marks[:-distance] & marks[distance:]
        result[:-distance] |= both
        result[distance:] |= both
    return result
