"""Protection of changes: what differs between two snapshots is a table of its own.

Rows that arrive late change what has been published. Where a published count changes by 1 to 4, the change is
a small count: whoever holds the new number against the old one has it. Such a cell keeps its published
numbers until the change is none or large, and stands in a box of cells that are held or hidden (see
``worlds``), in which somebody can be moved. Two rules carry that through all tables, as in ``lattice``.

1. What is held in a table is decided after all coarser tables, which are published with it.
2. What is held stays held when it is divided further, in one part of each whole: its *heir*, the same in all
   tables. Where nobody is in the heir, in all parts.

So a change that cannot be seen in a table and the coarser ones can be carried down from heir to heir to the
persons, and is seen nowhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property, reduce
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa

from fyrbak.measures.definitions import Interval
from fyrbak.measures.disclosure.axes import PERIOD, Numbers
from fyrbak.measures.disclosure.cells import SMALL
from fyrbak.measures.disclosure.lattice import Cell, Key, Lattice, Level, cube
from fyrbak.measures.disclosure.worlds import Flags
from fyrbak.measures.inputs import MONTHS
from fyrbak.measures.tallies import Tallies

_EACH = 5  # what holding a cell costs besides the persons of those that have changed
_EMPTY = 1000  # what it costs if nobody is in it: what it tells is known to many


class Table(NamedTuple):
    """Which table of a measure: the columns it is cut by, in the measure's order, and its interval."""

    columns: tuple[str, ...]
    interval: Interval


@dataclass(frozen=True)
class Told:
    """What one release told of a table: each cell's counts, kind by kind, or None where they were hidden.

    ``held`` are cells that told nothing of their own snapshot: their counts are older, or there were none.
    """

    counts: Mapping[Key, tuple[int, ...] | None]
    held: Set[Key] = frozenset()

    @property
    def hidden(self) -> Iterator[Key]:
        """The cells that were hidden for what they are, and not for their change alone."""
        return (key for key, counts in self.counts.items() if counts is None and key not in self.held)


@dataclass(frozen=True)
class Back:
    """What is held back in a table: cells that are hidden, and cells that keep what was told of them, if
    anything was.
    """

    hidden: Set[Key]
    held: Set[Key]


class Changes:
    """What is held back in a table and in all coarser ones, decided or taken over in the order of ``tables``.

    ``told`` gives what earlier releases told of them; their groups have a place here, also if nobody is in
    them any more. Raises BadInputError for a table with too many cells.
    """

    def __init__(
        self, tallies: Tallies, columns: Sequence[str], told: Mapping[Table, Iterable[Told]]
    ) -> None:
        self.lattice = Lattice(*cube(_with_places(tallies, columns, told), columns))
        self.asked: list[tuple[Level, Cell, Sequence[int]]] = []
        self._hidden: dict[Level, Flags] = {}
        self._held: dict[Level, Flags] = {}

    @cached_property
    def tables(self) -> dict[Table, Level]:
        """The tables, every one after those that are coarser."""
        levels = product(*(range(level + 1) for level in self.lattice.finest))
        return {self._named(level): level for level in levels}

    def _named(self, level: Level) -> Table:
        (interval,), *cuts = (axis.cuts[k] for axis, k in zip(self.lattice.axes, level, strict=True))
        return Table(tuple(name for cut in cuts for name in cut), interval)

    def back(self, level: Level) -> Flags:
        """What a table does not tell of its snapshot."""
        return self._hidden[level] | self._held[level]

    def taken_over(self, table: Table, own: Told, told: Sequence[Told]) -> None:
        """Leave a table as it was told of this snapshot before; ``told`` are releases of other snapshots."""
        level, places = self.tables[table], self._places(table)
        self._hidden[level], self._held[level] = places.flags(own.hidden), places.flags(own.held)
        small, _ = self._compared(level, places, told)
        self._ask(level, {cell: kinds for cell, kinds in small.items() if self.back(level)[cell]})

    def decided(self, table: Table, own: Set[Key], told: Sequence[Told]) -> Back:
        """Decide a table: ``own`` is what the snapshot hides in it, ``told`` are releases of others."""
        level, places = self.tables[table], self._places(table)
        hidden = places.flags(key for one in told for key in one.hidden) | self._divided(self._hidden, level)
        mine = hidden | places.flags(own)
        small, steady = self._compared(level, places, told)
        persons = reduce(np.add, self._numbers(level))
        price = np.where(persons == 0, _EMPTY, np.where(steady, 0, persons)) + _EACH
        boxed = {cell: {number for kind in kinds for number in kind} for cell, kinds in small.items()}
        flags = self.lattice.enclosed(level, boxed, mine | self._inherited(level), price)
        held = flags & ~mine
        for cell in small:
            held[cell] = not hidden[cell]
        self._hidden[level], self._held[level] = mine, held
        self._ask(level, small)
        return Back({*own, *places.keys(mine & ~held)} - set(places.keys(held)), set(places.keys(held)))

    def _ask(self, level: Level, small: Mapping[Cell, Sequence[Sequence[int]]]) -> None:
        self.asked += [(level, cell, kinds) for cell, every in small.items() for kinds in every]

    def _numbers(self, level: Level) -> list[Numbers]:
        return [self.lattice.rolled(count.numbers, level) for count in self.lattice.counts]

    def _places(self, table: Table) -> _Places:
        level = self.tables[table]
        return _Places([axis.values(k) for axis, k in zip(self.lattice.axes, level, strict=True)])

    def _compared(
        self, level: Level, places: _Places, told: Sequence[Told]
    ) -> tuple[dict[Cell, list[Sequence[int]]], Flags]:
        """The cells with small changes since any release, each change as the kinds of counts that have it:
        one kind, or all, where only their sum has. And the cells that are as they were told last.
        """
        numbers = self._numbers(level)
        together = range(len(numbers))
        small: dict[Cell, list[Sequence[int]]] = {}
        steady = np.zeros(numbers[0].shape, bool)
        for one in told:
            for key, before in one.counts.items():
                cell = places.cell(key)
                if before is None or cell is None:
                    continue
                changes = [int(now[cell]) - then for now, then in zip(numbers, before, strict=True)]
                steady[cell] = not any(changes)
                kinds: list[Sequence[int]] = [[kind] for kind in together if abs(changes[kind]) in SMALL]
                if not kinds and abs(sum(changes)) in SMALL:
                    kinds = [together]
                if kinds:
                    small[cell] = [
                        *small.get(cell, []),
                        *(new for new in kinds if new not in small.get(cell, [])),
                    ]
        return small, steady

    def _divided(self, flags: Mapping[Level, Flags], level: Level) -> Flags:
        """The cells of a table below those flagged in a coarser one."""
        below = np.zeros(
            [len(axis.starts(k)) for axis, k in zip(self.lattice.axes, level, strict=True)], bool
        )
        for wider, dimension in self.lattice.coarser(level):
            nodes = self.lattice.nodes(dimension, wider[dimension], level[dimension])
            below |= flags[wider].take(nodes, axis=dimension)
        return below

    def _inherited(self, level: Level) -> Flags:
        """The heirs in a table of what is held in coarser ones."""
        numbers = self._numbers(level)
        flags = np.zeros(numbers[0].shape, bool)
        for wider, dimension in self.lattice.coarser(level):
            nodes = self.lattice.nodes(dimension, wider[dimension], level[dimension])
            heirs = self._heirs(dimension, level[dimension])
            lacking = np.zeros_like(self._held[wider])
            for whole, parts in zip(self._numbers(wider), numbers, strict=True):
                lacking |= (whole > 0) & (parts.take(heirs, axis=dimension) == 0)
            heir = np.isin(np.arange(len(nodes)), heirs)
            heir = heir.reshape([-1 if own == dimension else 1 for own in range(len(level))])
            held = self._held[wider].take(nodes, axis=dimension)
            flags |= held & (heir | lacking.take(nodes, axis=dimension))
        return flags

    def _heirs(self, dimension: int, level: int) -> Numbers:
        """The part with most persons of each node one level up. It depends on the snapshot alone."""
        axis = self.lattice.axes[dimension]
        others = tuple(other for other in range(len(self.lattice.axes)) if other != dimension)
        persons = reduce(np.add, (count.numbers for count in self.lattice.counts)).sum(axis=others)
        parts = np.add.reduceat(persons, axis.starts(level))
        wholes = self.lattice.nodes(dimension, level - 1, level)
        first = np.lexsort((np.arange(len(parts)), -parts, wholes))
        heirs: Numbers = first[np.flatnonzero(np.diff(wholes[first], prepend=-1))]
        return heirs


class _Places:
    """Where the cells of a table stand in its array, and back. ``values``: of the nodes of each dimension."""

    def __init__(self, values: Sequence[list[tuple[Any, ...]]]) -> None:
        self._values = values
        self._nodes = [{value: node for node, value in enumerate(own)} for own in values]

    def cell(self, key: Key) -> Cell | None:
        """The cell of a key; None for a group that has no place."""
        rest: tuple[Any, ...] = (key[0], *key[1])
        cell = []
        for own, nodes in zip(self._values, self._nodes, strict=True):
            width = len(own[0])
            node = nodes.get(rest[:width])
            if node is None:
                return None
            cell.append(node)
            rest = rest[width:]
        return tuple(cell)

    def flags(self, keys: Iterable[Key]) -> Flags:
        """The array in which these cells are flagged."""
        flags = np.zeros([len(own) for own in self._values], bool)
        for key in keys:
            if (cell := self.cell(key)) is not None:
                flags[cell] = True
        return flags

    def keys(self, flags: Flags) -> Iterator[Key]:
        """The keys of the flagged cells."""
        for cell in np.argwhere(flags):
            period, *values = (
                value for own, node in zip(self._values, cell, strict=True) for value in own[int(node)]
            )
            yield period, tuple(values)


def _with_places(tallies: Tallies, columns: Sequence[str], told: Mapping[Table, Iterable[Told]]) -> Tallies:
    """The tallies with lines of nobody, for groups that were told of and have nobody in them any more."""
    lines = tallies.table
    known = {name: set(lines[name].unique().to_pylist()) for name in (PERIOD, *columns)}
    found: dict[tuple[object, ...], dict[str, object]] = {}
    for table, releases in told.items():
        if not set(table.columns) <= set(columns) or MONTHS[table.interval] < MONTHS[tallies.interval]:
            continue  # not coarser
        if "hospital" in columns and "region" in table.columns and "hospital" not in table.columns:
            continue  # a region's place is that of its hospitals
        for key in (key for one in releases for key in one.counts):
            line = dict(zip((PERIOD, *table.columns), (key[0], *key[1]), strict=True))
            if any(value not in known[name] for name, value in line.items()):
                found[tuple(line.items())] = line
    if not found:
        return tallies
    anywhere = lines.slice(0, 1).to_pylist()[0]
    nobody = {name: 0 for name in lines.schema.names if pa.types.is_int64(lines.schema.field(name).type)}
    more = pa.Table.from_pylist([anywhere | nobody | line for line in found.values()], lines.schema)
    return replace(tallies, table=pa.concat_tables([lines, more]))
