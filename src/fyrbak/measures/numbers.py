"""From sums to statistics: the numbers of a cell by its measure's kind, before disclosure control."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, cast

import numpy as np

from fyrbak.measures import statistics
from fyrbak.measures.definitions import Kind, Measure
from fyrbak.measures.statistics.survival import Curve, kaplan_meier

DAYS_PER_YEAR = 365.25
PERSON_YEARS = 100_000  # a rate is shown per so many


class Cell(NamedTuple):
    """The sums of one unit, period and cut. ``days`` is a histogram: day, ``n`` and ``hits`` of that day."""

    n: int
    hits: int
    base: int
    time: int
    days: tuple[tuple[int, int, int], ...]


EMPTY = Cell(0, 0, 0, 0, ())


class Numbers(NamedTuple):
    """The numbers of one cell, as in :class:`fyrbak.measures.results.Result`, before disclosure control."""

    n: int
    numerator: int | None
    denominator: int | float | None
    value: float | None
    lower: float | None
    upper: float | None


def numbers_of(measure: Measure, found: Sequence[Cell]) -> list[Numbers]:
    """Statistics of all cells, one call per kind."""
    return _OF_KIND[measure.kind](measure, found)


def person_years(time: float) -> float:
    """Person-days as person-years."""
    return time / DAYS_PER_YEAR


def _proportions(_: Measure, found: Sequence[Cell]) -> list[Numbers]:
    ends = zip(*statistics.wilson([c.hits for c in found], [c.n for c in found]), strict=True)
    return [
        Numbers(c.n, c.hits, c.n, c.hits / c.n if c.n else None, _number(low), _number(high))
        for c, (low, high) in zip(found, ends, strict=True)
    ]


def _counts(_: Measure, found: Sequence[Cell]) -> list[Numbers]:
    ends = zip(*statistics.poisson([c.n for c in found]), strict=True)
    return [Numbers(c.n, c.n, None, float(c.n), *map(float, end)) for c, end in zip(found, ends, strict=True)]


def _ratios(measure: Measure, found: Sequence[Cell]) -> list[Numbers]:
    """Multiplied before it is divided, so that the only rounding is the last one."""
    divisor = cast(int, measure.divisor)
    ends = zip(*statistics.poisson([c.hits for c in found]), strict=True)
    return [
        Numbers(c.hits, c.hits, c.base / divisor, *(_over(end * divisor, c.base) for end in (c.hits, *both)))
        for c, both in zip(found, ends, strict=True)
    ]


def _rates(_: Measure, found: Sequence[Cell]) -> list[Numbers]:
    """Events per 100 000 person-years; null where nobody was at risk."""
    scale = PERSON_YEARS * DAYS_PER_YEAR
    ends = zip(*statistics.poisson([c.hits for c in found]), strict=True)
    return [
        Numbers(
            c.hits, c.hits, person_years(c.time), *(_over(end * scale, c.time) for end in (c.hits, *both))
        )
        for c, both in zip(found, ends, strict=True)
    ]


def _quantiles(measure: Measure, found: Sequence[Cell]) -> list[Numbers]:
    q = cast(float, measure.quantile)
    return [Numbers(c.n, None, None, *map(_number, _quantile(c, q))) for c in found]


def _quantile(cell: Cell, q: float) -> statistics.Quantile:
    return statistics.quantile([day for day, _, _ in cell.days], [n for _, n, _ in cell.days], q)


def curve_of(cell: Cell) -> Curve:
    """The share with the event by each day; those who left without it were followed until they left."""
    days, n, hits = (np.array([line[place] for line in cell.days], np.int64) for place in range(3))
    return kaplan_meier(days, hits, n - hits)


def _survivals(measure: Measure, found: Sequence[Cell]) -> list[Numbers]:
    """The share by the measure's day; null where nobody was followed so far."""
    return [
        Numbers(cell.n, _by_day(measure, cell), None, *map(_number, _share(measure, cell))) for cell in found
    ]


def _share(measure: Measure, cell: Cell) -> Iterable[float | None]:
    if not cell.n:
        return (None, None, None)
    return map(float, curve_of(cell).by(cast(int, measure.by_day)))


def _by_day(measure: Measure, cell: Cell) -> int:
    """How many had the event by the day that the share is told for."""
    return sum(hits for day, _, hits in cell.days if day <= cast(int, measure.by_day))


def _over(part: float, whole: float) -> float | None:
    return float(part / whole) if whole else None


def _number(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else float(value)


_OF_KIND: dict[Kind, Callable[[Measure, Sequence[Cell]], list[Numbers]]] = {
    "count": _counts,
    "proportion": _proportions,
    "ratio": _ratios,
    "days": _quantiles,
    "survival": _survivals,
    "rate": _rates,
}
