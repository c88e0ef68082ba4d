"""Curves of time: the share with the event by each day, as far as it may be shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import isnan

from fyrbak.errors import UnknownNameError
from fyrbak.measures.disclosure import SMALL
from fyrbak.measures.numbers import Cell, curve_of
from fyrbak.measures.results import Result, released
from fyrbak.measures.statistics import Quantile
from fyrbak.measures.statistics.survival import Curve
from fyrbak.measures.tallies import Tallies

QUANTILES = (0.5, 0.9)


@dataclass(frozen=True)
class Point:
    """The share with the event by the end of a day. ``waiting`` were then still followed without it."""

    day: int
    share: float
    lower: float | None
    upper: float | None
    waiting: int


@dataclass(frozen=True)
class Waiting:
    """One result with its curve and quantiles of days by share.

    Between two points at least five have the event, and nobody or at least five leave without it, so that no
    step shows one person's day. Quantiles are read off the points. Both are empty where the result is hidden.
    """

    result: Result
    points: tuple[Point, ...]
    quantiles: dict[float, Quantile]


def curves(tallies: Tallies, by: Sequence[str] = ()) -> list[Waiting]:
    """The curve of every result by some dimensions. Raises UnknownNameError for another kind of measure."""
    if tallies.measure.kind != "survival":
        raise UnknownNameError(f"{tallies.measure.id} has no curve: only measures of kind 'survival' do.")
    return [_waiting(result, cell) for result, cell in released(tallies, by).values()]


def _waiting(result: Result, cell: Cell) -> Waiting:
    if result.suppressed or not cell.n:
        return Waiting(result, (), {})
    curve = curve_of(cell)
    points = tuple(_points(curve, cell))
    return Waiting(result, points, {q: _quantile(points, q) for q in QUANTILES})


def _points(curve: Curve, cell: Cell) -> Iterator[Point]:
    hits = left = 0
    for place, (day, n, events) in enumerate(cell.days):
        hits, left = hits + events, left + n - events
        waiting = int(curve.at_risk[place]) - n
        if hits and not any(count in SMALL for count in (hits, left, waiting)):
            yield Point(day, *_shown(curve, place), waiting)
            hits = left = 0


def _shown(curve: Curve, place: int) -> tuple[float, float | None, float | None]:
    """Share and interval with three decimals: more would give single days back."""
    lower, upper = (
        None if isnan(end[place]) else round(float(end[place]), 3) for end in (curve.lower, curve.upper)
    )
    return round(float(curve.share[place]), 3), lower, upper


def _quantile(points: Sequence[Point], q: float) -> Quantile:
    """The first shown day by which at least the share ``q`` has had the event, with its interval."""

    def first(ends: Iterator[tuple[int, float | None]]) -> int | None:
        return next((day for day, end in ends if end is not None and end >= q - 1e-12), None)

    return Quantile(
        first((point.day, point.share) for point in points),
        first((point.day, point.upper) for point in points),
        first((point.day, point.lower) for point in points),
    )
