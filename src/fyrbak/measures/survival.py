"""Curves of time: the share with the event by each day, as far as it may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan

from fyrbak.errors import UnknownNameError
from fyrbak.measures.disclosure import SMALL
from fyrbak.measures.numbers import Cell, curve_of
from fyrbak.measures.results import Result, released
from fyrbak.measures.statistics.survival import Curve
from fyrbak.measures.tallies import Tallies


@dataclass(frozen=True)
class Point:
    """The share with the event by the end of a day. ``waiting`` were then still followed without it; None
    where that is not told."""

    day: int
    share: float
    lower: float | None
    upper: float | None
    waiting: int | None


@dataclass(frozen=True)
class Waiting:
    """One result with its curve. ``day`` is the measure's own, whose share the result tells.

    Between two points at least five have the event, and nobody or at least five leave without it, so that no
    step shows one person's day. There are none where the result is hidden. What happens between two points is
    not known: the share is somewhere between theirs.
    """

    result: Result
    points: tuple[Point, ...]
    day: int | None

    @cached_property
    def known(self) -> tuple[Point, ...]:
        """The points, and that of the measure's own day."""
        told = self.result
        if not self.points or self.day is None or told.value is None:
            return self.points
        own = Point(self.day, round(told.value, 3), told.lower, told.upper, None)
        by_day = {own.day: own} | {point.day: point for point in self.points}
        return tuple(point for _, point in sorted(by_day.items()))

    def around(self, day: int) -> tuple[Point, Point] | None:
        """The last point until the end of a day and the first from then on, alike where the day has its own.

        At the start nobody has the event; when nobody waits any more nothing changes. None once the curve has
        ended with somebody waiting.
        """
        return _around(self.known, day, self.result.n or 0)

    def waiting(self, day: int) -> tuple[int, int] | None:
        """At most and at least so many wait at the end of a day; None where the curve has ended."""
        found = _around(self.points, day, self.result.n or 0)
        return (found[0].waiting or 0, found[1].waiting or 0) if found else None

    def reached(self, share: float) -> tuple[int, int] | None:
        """The first and the last day on which the share with the event may have come to ``share``; None where
        it has not, as far as is shown."""
        before = -1
        for point in self.known:
            if point.share >= share:
                return before + 1, point.day
            before = point.day
        return None


def _around(points: tuple[Point, ...], day: int, n: int) -> tuple[Point, Point] | None:
    before = next((point for point in reversed(points) if point.day <= day), Point(0, 0.0, None, None, n))
    if before.day == day or before.waiting == 0:
        return before, before
    after = next((point for point in points if point.day > day), None)
    return (before, after) if after else None


def curves(tallies: Tallies, by: Sequence[str] = ()) -> list[Waiting]:
    """The curve of every result by some dimensions. Raises UnknownNameError for another kind of measure."""
    if tallies.measure.kind != "survival":
        raise UnknownNameError(f"{tallies.measure.id} has no curve: only measures of kind 'survival' do.")
    day = tallies.measure.by_day
    return [Waiting(result, _shown(result, cell), day) for result, cell in released(tallies, by).values()]


def _shown(result: Result, cell: Cell) -> tuple[Point, ...]:
    return () if result.suppressed or not cell.n else tuple(_points(curve_of(cell), cell))


def _points(curve: Curve, cell: Cell) -> Iterator[Point]:
    hits = left = 0
    for place, (day, n, events) in enumerate(cell.days):
        hits, left = hits + events, left + n - events
        waiting = int(curve.at_risk[place]) - n
        if hits and not any(count in SMALL for count in (hits, left, waiting)):
            yield Point(day, *_rounded(curve, place), waiting)
            hits = left = 0


def _rounded(curve: Curve, place: int) -> tuple[float, float | None, float | None]:
    """Share and interval with three decimals: more would give single days back."""
    lower, upper = (
        None if isnan(end[place]) else round(float(end[place]), 3) for end in (curve.lower, curve.upper)
    )
    return round(float(curve.share[place]), 3), lower, upper
