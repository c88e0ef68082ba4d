"""The dimensions of a table as trees: country, region, hospital; year, quarter, month; all, each pathway."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.inputs import MONTHS, period_start
from fyrbak.measures.tallies import Tallies
from fyrbak.records.organisations import regions

Numbers = NDArray[np.int64]
PERIOD = "period"


@dataclass(frozen=True)
class Axis:
    """One dimension as a tree.

    ``leaves`` are its finest values (dates for time, else text), one for each of ``columns``, in an order in
    which those that belong together stand together. ``levels[k]`` (leaves,) is each leaf's node at level k.
    The nodes of level 0 are wholes: nothing shown is a sum over them. ``cuts[k]`` is what a table at level k
    is cut by: columns, or for time the interval; empty where the tables have no names.
    """

    columns: tuple[str, ...]
    leaves: tuple[tuple[Any, ...], ...]
    levels: tuple[Numbers, ...]
    cuts: tuple[tuple[Any, ...], ...] = ()

    def starts(self, level: int) -> Numbers:
        """The first leaf of each node at a level: shape (nodes,)."""
        return np.flatnonzero(np.diff(self.levels[level], prepend=-1))

    def above(self, coarse: int, fine: int) -> Numbers:
        """The node at the coarser level of each node at the finer one: shape (nodes of ``fine``,)."""
        return self.levels[coarse][self.starts(fine)]

    def values(self, level: int) -> list[tuple[Any, ...]]:
        """What tells each node at a level from the others, in the columns of a table cut so."""
        leaves = [self.leaves[leaf] for leaf in self.starts(level)]
        if self.columns == (PERIOD,):
            return [(period_start(day, self.cuts[level][0]),) for (day,) in leaves]
        return [leaf[: len(self.cuts[level])] for leaf in leaves]


def axes_of(tallies: Tallies, columns: Sequence[str]) -> list[Axis]:
    """Time and the columns that a table is cut by, each dimension in the order of the measure."""
    measure, table = tallies.measure, tallies.table
    axes = [_time(measure, tallies.interval, table[PERIOD].unique().to_pylist())]
    for name in measure.cuts:
        if name not in columns or (name == "region" and "hospital" in columns):
            continue
        if measure.split and name == measure.split.id:
            # The values of a split are parts of one whole only in a proportion; lead times are not added.
            axes.append(_flat(name, measure.split_values, parts=measure.kind == "proportion"))
        elif name == "hospital" and "region" in measure.cuts:
            axes.append(_places(table))
        else:
            always = [region.code for region in regions()] if name == "region" else []
            axes.append(_flat(name, sorted({*table[name].unique().to_pylist(), *always}), parts=True))
    return axes


def _time(measure: Measure, interval: Interval, periods: Iterable[date]) -> Axis:
    """Events add up to the longer intervals; a status holds on its day and adds up to nothing."""
    days = sorted(periods)
    longer: list[Interval] = ["year", "quarter", "month"] if measure.counted == "events" else [interval]
    offered = [one for one in longer if MONTHS[one] >= MONTHS[interval]]
    levels = [_numbered([period_start(day, one) for day in days]) for one in offered]
    return Axis((PERIOD,), tuple((day,) for day in days), tuple(levels), tuple((one,) for one in offered))


def _flat(name: str, values: Sequence[str], *, parts: bool) -> Axis:
    """All values side by side, as ``parts`` of one whole or each a whole of its own."""
    each = np.arange(len(values), dtype=np.int64)
    leaves = tuple((value,) for value in values)
    if parts:
        return Axis((name,), leaves, (np.zeros_like(each), each), ((), (name,)))
    return Axis((name,), leaves, (each,), ((name,),))


def _places(table: pa.Table) -> Axis:
    """Hospitals in their regions. An unknown hospital is one of its own in each region."""
    both = ("region", "hospital")
    pairs = table.select(both).group_by(both).aggregate([])
    leaves = tuple(sorted((line["region"], line["hospital"]) for line in pairs.to_pylist()))
    each = np.arange(len(leaves), dtype=np.int64)
    levels = (np.zeros_like(each), _numbered([leaf[0] for leaf in leaves]), each)
    return Axis(both, leaves, levels, ((), ("region",), both))


def _numbered(groups: Sequence[object]) -> Numbers:
    """0, 1, 2, ... for runs of equal values."""
    return np.cumsum([index > 0 and group != groups[index - 1] for index, group in enumerate(groups)])
