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
    The nodes of level 0 are wholes: nothing shown is a sum over them.
    """

    columns: tuple[str, ...]
    leaves: tuple[tuple[Any, ...], ...]
    levels: tuple[Numbers, ...]

    def starts(self, level: int) -> Numbers:
        """The first leaf of each node at a level: shape (nodes,)."""
        return np.flatnonzero(np.diff(self.levels[level], prepend=-1))

    def above(self, coarse: int, fine: int) -> Numbers:
        """The node at the coarser level of each node at the finer one: shape (nodes of ``fine``,)."""
        return self.levels[coarse][self.starts(fine)]


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
    levels = [
        _numbered([period_start(day, one) for day in days])
        for one in longer
        if MONTHS[one] >= MONTHS[interval]
    ]
    return Axis((PERIOD,), tuple((day,) for day in days), tuple(levels))


def _flat(name: str, values: Sequence[str], *, parts: bool) -> Axis:
    """All values side by side, as ``parts`` of one whole or each a whole of its own."""
    each = np.arange(len(values), dtype=np.int64)
    return Axis(
        (name,), tuple((value,) for value in values), (np.zeros_like(each), each) if parts else (each,)
    )


def _places(table: pa.Table) -> Axis:
    """Hospitals in their regions. An unknown hospital is one of its own in each region."""
    pairs = table.select(["region", "hospital"]).group_by(["region", "hospital"]).aggregate([])
    leaves = tuple(sorted((line["region"], line["hospital"]) for line in pairs.to_pylist()))
    each = np.arange(len(leaves), dtype=np.int64)
    return Axis(
        ("region", "hospital"), leaves, (np.zeros_like(each), _numbered([leaf[0] for leaf in leaves]), each)
    )


def _numbered(groups: Sequence[object]) -> Numbers:
    """0, 1, 2, ... for runs of equal values."""
    return np.cumsum([index > 0 and group != groups[index - 1] for index, group in enumerate(groups)])
