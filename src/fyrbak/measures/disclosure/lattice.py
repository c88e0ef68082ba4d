"""What is hidden in a table, so that no table with fewer or more columns, or by another interval, undoes it.

Each dimension is a tree, and a table is one level of each: the tables that a reader may ask for form a
lattice in which every number is the sum of numbers below it. Two rules hold it together.

1. What is hidden in a table is decided after all coarser tables, the same whichever is asked for first.
2. What is hidden stays hidden when it is divided further, zeros included.

By the second, a change of the hidden numbers that cannot be seen in a table and the coarser ones can be
carried down to the persons and is seen nowhere. So no sum or difference of anything shown, in any tables,
gives back a count that lies in a hidden box (see ``worlds``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import date
from math import prod

import numpy as np
import pyarrow as pa

from fyrbak.engines.lines import Places, numbered
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Measure
from fyrbak.measures.disclosure.axes import Axis, Numbers, axes_of
from fyrbak.measures.disclosure.cells import SMALL, Suppressed
from fyrbak.measures.disclosure.worlds import NEVER, Cell, Flags, Reach, Worlds
from fyrbak.measures.tallies import ADDITIVE, Tallies

Key = tuple[date, tuple[str, ...]]  # first day of the period; values of the columns it is cut by
Level = tuple[int, ...]  # a table: the level of each axis

MOST_CELLS = 500_000  # a table with more is nearly empty: all of it would be hidden
_BLOCK = 40  # a block of siblings up to this size is hidden whole where a count in it is not proved safe
_PATIENCE = 50  # how many counts of a table may fail before those below hidden sums are left unproved
_EACH = 5  # what hiding a cell costs besides its persons


def hidden(tallies: Tallies, columns: Sequence[str]) -> dict[Key, Suppressed]:
    """What is hidden in the table by some columns, the same in whatever order they are asked for.

    Among it may be groups without any persons, also such as no table would list. Raises BadInputError for a
    table with too many cells.
    """
    if not tallies.table.num_rows:
        return {}
    lattice = Lattice(*cube(tallies, columns))
    flags = lattice.decided(lattice.finest)
    concealed = (tuple(cell.tolist()) for cell in np.argwhere(flags))
    return {key: Suppressed() for _, key in keys_of(lattice.axes, columns, concealed)}


def keys_of(
    axes: Sequence[Axis], columns: Sequence[str], cells: Iterable[Cell]
) -> Iterator[tuple[Cell, Key]]:
    """Each cell of a finest table with its period and its values of the columns."""
    names = [name for axis in axes for name in axis.columns]
    places = [names.index(name) for name in columns]
    for cell in cells:
        values = [value for axis, index in zip(axes, cell, strict=True) for value in axis.leaves[index]]
        yield cell, (values[0], tuple(values[place] for place in places))


def cube(tallies: Tallies, columns: Sequence[str]) -> tuple[list[Axis], list[Count]]:
    """The finest table as whole arrays, one for each kind of count that its cells show or give away."""
    measure, table = tallies.measure, tallies.table
    axes = axes_of(tallies, columns)
    shape = tuple(len(axis.leaves) for axis in axes)
    if prod(shape) > MOST_CELLS:
        raise BadInputError(
            f"{measure.id} by {', '.join(columns)} and {tallies.interval} has {prod(shape):,} cells, "
            f"nearly all of them hidden: choose fewer dimensions or a longer interval."
        )
    where = tuple(_index(table, axis) for axis in axes)
    sums: dict[str, Numbers] = {}
    for name in ADDITIVE[measure.kind]:
        counts = table[name].to_numpy()
        if measure.by_day is not None and name == "hits":
            counts = np.where(table["days"].to_numpy() <= measure.by_day, counts, 0)
        sums[name] = np.zeros(shape, np.int64)
        np.add.at(sums[name], where, counts)
    return axes, _counts(measure, sums)


def _index(table: pa.Table, axis: Axis) -> Numbers:
    """The leaf of an axis that each line of a table belongs to."""
    columns = [Places.of(table[name]) for name in axis.columns]
    shape = tuple(len(column.values) for column in columns)
    place = [{value: index for index, value in enumerate(column.values.to_pylist())} for column in columns]
    leaves = np.zeros(prod(shape), np.int64)
    for number, leaf in enumerate(axis.leaves):
        if all(value in known for value, known in zip(leaf, place, strict=True)):
            where = tuple(known[value] for value, known in zip(leaf, place, strict=True))
            leaves[np.ravel_multi_index(where, shape)] = number
    return leaves[numbered(columns, len(table))]


def _counts(measure: Measure, sums: Mapping[str, Numbers]) -> list[Count]:
    """Each kind of count by itself: those with a hit and those without, or what the measure counts.

    Between the parts of a split the number of persons stays as it is, so what one count gains the other
    loses. A rate's person-time is no count of persons, and those still at risk are never shown.
    """
    if "n" in sums and "hits" in sums:
        hits, others = sums["hits"], sums["n"] - sums["hits"]
        return [Count(hits, others), Count(others, hits)] if measure.split else [Count(hits), Count(others)]
    return [Count(numbers) for name, numbers in sums.items() if name not in ("time", "at_risk")]


@dataclass(frozen=True)
class Count:
    """One kind of count in the finest table, and how much more each cell of it may hold (None: any)."""

    numbers: Numbers
    room: Numbers | None = None


@dataclass
class Lattice:
    """The tables over some axes, and what is hidden in those that have been decided.

    ``unproved`` collects, by table and number of the count, the small counts whose protection was not proved.
    """

    axes: Sequence[Axis]
    counts: Sequence[Count]
    unproved: list[tuple[Level, int, Cell]] = field(default_factory=list)
    _known: dict[Level, Flags] = field(default_factory=dict)
    _nodes: dict[tuple[int, int, int], Numbers] = field(default_factory=dict)

    @property
    def finest(self) -> Level:
        """The table that is asked for."""
        return tuple(len(axis.levels) - 1 for axis in self.axes)

    def decided(self, table: Level) -> Flags:
        """What is hidden in a table: shape (nodes of each axis at its level,)."""
        if table not in self._known:
            self._known[table] = self._decide(table)
        return self._known[table]

    def rolled(self, numbers: Numbers, table: Level) -> Numbers:
        """The finest table's numbers added up to another's."""
        for dimension, (axis, level) in enumerate(zip(self.axes, table, strict=True)):
            if level < len(axis.levels) - 1:
                numbers = np.add.reduceat(numbers, axis.starts(level), axis=dimension)
        return numbers

    def coarser(self, table: Level) -> Iterator[tuple[Level, int]]:
        """The tables one level up in one dimension, and which dimension."""
        for dimension, level in enumerate(table):
            if level:
                yield (*table[:dimension], level - 1, *table[dimension + 1 :]), dimension

    def _decide(self, table: Level) -> Flags:
        counts = self._at(table)
        small = [np.isin(numbers, SMALL) for numbers, _ in counts]
        above = np.zeros(small[0].shape, bool)
        for wider, dimension in self.coarser(table):
            nodes = self.nodes(dimension, wider[dimension], table[dimension])
            above |= self.decided(wider).take(nodes, axis=dimension)
        flags = np.logical_or.reduce([above, *small])
        neighbours = _Neighbours(
            self, table, above, np.sum([numbers for numbers, _ in counts], axis=0) + _EACH
        )
        for number, (numbers, room) in enumerate(counts):
            worlds = Worlds(numbers, room, flags, neighbours.reaches)
            patience = _PATIENCE
            # What is hidden for the first time comes first: its boxes also serve what lies below hidden sums.
            for index in np.concatenate(
                [np.argwhere(small[number] & ~above), np.argwhere(small[number] & above)]
            ):
                cell = tuple(index.tolist())
                block = neighbours.block(cell)
                if block is None or flags[block].all():
                    continue
                if (patience or not above[cell]) and worlds.protect(cell):
                    continue
                patience = max(patience - 1, 0)
                self.unproved.append((table, number, cell))
                if flags[block].size <= _BLOCK:
                    flags[block] = True
                elif not above[cell]:
                    worlds.enclose(cell)
        return flags

    def enclosed(self, table: Level, cells: Mapping[Cell, Set[int]], flags: Flags, price: Numbers) -> Flags:
        """The flags of a table with a box around each cell, in which somebody can be moved: of every kind of
        count that is named for the cell, by its number. Every sum of the table is taken to be known.

        ``price`` is what flagging a cell costs. Where nobody can be moved, all siblings are flagged.
        """
        for cell in cells:
            flags[cell] = True
        neighbours = _Neighbours(self, table, np.zeros_like(flags), price)
        for number, (numbers, room) in enumerate(self._at(table)):
            worlds = Worlds(numbers, room, flags, neighbours.reaches)
            for cell in (cell for cell, kinds in cells.items() if number in kinds):
                block = neighbours.block(cell)
                if block is None or flags[block].all() or worlds.stir(cell):
                    continue
                if flags[block].size <= _BLOCK:
                    flags[block] = True
                else:
                    worlds.enclose(cell)
        return flags

    def _at(self, table: Level) -> list[tuple[Numbers, Numbers | None]]:
        """Each kind of count in a table, and how much more each cell of it may hold."""
        return [
            (
                self.rolled(count.numbers, table),
                None if count.room is None else self.rolled(count.room, table),
            )
            for count in self.counts
        ]

    def nodes(self, dimension: int, coarse: int, fine: int) -> Numbers:
        """The node of an axis at the coarser level of each node at the finer one."""
        key = dimension, coarse, fine
        if key not in self._nodes:
            self._nodes[key] = self.axes[dimension].above(coarse, fine)
        return self._nodes[key]


@dataclass
class _Neighbours:
    """The siblings of the cells of one table, in the table itself and where a sum of theirs is hidden."""

    lattice: Lattice
    table: Level
    above: Flags
    price: Numbers
    _siblings: dict[tuple[int, int], Numbers] = field(default_factory=dict)

    def _places(self, cell: Cell) -> list[Numbers] | None:
        """In each dimension the cell's own index and then its siblings'; None where it has no sibling."""
        places = [self._own(dimension, index) for dimension, index in enumerate(cell)]
        alone = any(level and len(own) == 1 for level, own in zip(self.table, places, strict=True))
        return None if alone else places

    def _own(self, dimension: int, index: int) -> Numbers:
        """A node of one axis and then its siblings."""
        key = dimension, index
        if key not in self._siblings:
            own, level = np.array([index]), self.table[dimension]
            if level:
                wholes = self.lattice.nodes(dimension, level - 1, level)
                group = np.flatnonzero(wholes == wholes[index])
                own = np.concatenate([own, group[group != index]])
            self._siblings[key] = own
        return self._siblings[key]

    def block(self, cell: Cell) -> tuple[Numbers, ...] | None:
        """The index of a cell with all its siblings; None where it has none: then it is its whole."""
        places = self._places(cell)
        return None if places is None else np.ix_(*places)

    def reaches(self, cell: Cell) -> list[Reach]:
        """Where boxes for a cell may lie: see :class:`Worlds`."""
        found = []
        if (places := self._places(cell)) is not None:
            found.append(Reach(places, self.price[np.ix_(*places)], open=True))
        if self.above[cell] and (reach := self._carried_down(*self._coarsest(cell), cell)) is not None:
            found.append(reach)
        return found

    def _coarsest(self, cell: Cell) -> tuple[Level, Cell]:
        """A coarsest table in which a sum that the cell belongs to is hidden, and that sum."""
        table = self.table
        while True:
            for wider, dimension in self.lattice.coarser(table):
                nodes = self.lattice.nodes(dimension, wider[dimension], table[dimension])
                whole = (*cell[:dimension], int(nodes[cell[dimension]]), *cell[dimension + 1 :])
                if self.lattice.decided(wider)[whole]:
                    table, cell = wider, whole
                    break
            else:
                return table, cell

    def _carried_down(self, table: Level, whole: Cell, cell: Cell) -> Reach | None:
        """Boxes of a coarser table in which all corners are hidden, carried down to this table."""
        places, wholes = [], []
        for dimension, (level, fine, index) in enumerate(zip(table, self.table, cell, strict=True)):
            own = np.array([index])
            down = self.lattice.nodes(dimension, level, fine)
            if level:
                up = self.lattice.nodes(dimension, level - 1, level)
                cousins = np.flatnonzero((up[down] == up[whole[dimension]]) & (down != whole[dimension]))
                if not len(cousins):
                    return None
                own = np.concatenate([own, cousins])
            places.append(own)
            wholes.append(down[own])
        closed = ~self.lattice.decided(table)[np.ix_(*wholes)]
        return Reach(places, np.where(closed, NEVER, 0), open=False)
