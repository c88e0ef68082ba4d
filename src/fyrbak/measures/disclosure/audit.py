"""A solver as judge of a table: between what bounds does everything shown leave each small count?

The attacker knows the table and all coarser ones, and that no count is below zero. Each whole (a year, say)
is a system of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np
import scipy.sparse as sparse
from scipy.optimize import linprog

from fyrbak.measures.disclosure.axes import Numbers
from fyrbak.measures.disclosure.cells import FEW, SMALL
from fyrbak.measures.disclosure.changes import Changes
from fyrbak.measures.disclosure.lattice import Cell, Lattice, Level, cube
from fyrbak.measures.disclosure.worlds import WIDTH, Flags
from fyrbak.measures.tallies import Tallies

_SLACK = 1e-6


@dataclass(frozen=True)
class Audit:
    """How many small counts there are, how many were asked about, and how many of those are told too much of:
    they cannot be 5 or more, or have fewer than five values besides the true one.
    """

    small: int
    asked: int
    narrow: int


def audit(tallies: Tallies, columns: Sequence[str], at_most: int) -> Audit:
    """Ask of the small counts of a table and the coarser ones, those that were not proved safe first."""
    lattice = Lattice(*cube(tallies, columns))
    lattice.decided(lattice.finest)
    every = list(dict.fromkeys((*lattice.unproved, *_small(lattice))))
    narrow = 0
    for table, number, cell in islice(every, at_most):
        least, most = bounds(lattice, lattice.decided, table, number, cell)
        narrow += most < FEW - _SLACK or most - least < WIDTH - _SLACK
    return Audit(len(every), min(len(every), at_most), narrow)


def _small(lattice: Lattice) -> Iterator[tuple[Level, int, Cell]]:
    for table in product(*(range(level + 1) for level in lattice.finest)):
        for number, count in enumerate(lattice.counts):
            for cell in np.argwhere(np.isin(lattice.rolled(count.numbers, table), SMALL)):
                yield table, number, tuple(cell.tolist())


def given_back(changes: Changes, at_most: int) -> int:
    """Of how many small changes the new count has one possible value, whoever holds the old one."""
    found = 0
    for table, cell, kinds in islice(changes.asked, at_most):
        ends = (bounds(changes.lattice, changes.back, table, number, cell) for number in kinds)
        found += all(most - least < 1 - _SLACK for least, most in ends)
    return found


def bounds(
    lattice: Lattice, back: Callable[[Level], Flags], table: Level, number: int, cell: Cell
) -> tuple[float, float]:
    """The least and the most that a count can be, given the finest table and the coarser.

    ``back`` gives what is not told in a table.
    """
    truth = lattice.counts[number].numbers
    flags = back(lattice.finest) & _own(lattice, (0,) * len(table), _whole(lattice, table, cell))
    variables = np.flatnonzero(flags)
    sums, known = [], []
    for other in product(*(range(level + 1) for level in lattice.finest)):
        shown = ~back(other)
        groups = _groups(lattice, other)[flags]
        asked = np.unique(groups[shown.ravel()[groups]])
        rows = np.searchsorted(asked, groups)
        within = np.isin(groups, asked)
        places = rows[within], np.flatnonzero(within)
        matrix = sparse.csr_matrix((np.ones(within.sum()), places), shape=(len(asked), len(variables)))
        sums.append(matrix)
        known.append(matrix @ truth.ravel()[variables])
    goal = _own(lattice, table, cell).ravel()[variables].astype(float)
    given, numbers = sparse.vstack(sums), np.concatenate(known)

    def end(sign: int) -> float:
        answer = linprog(sign * goal, A_eq=given, b_eq=numbers, method="highs")
        return float(answer.fun) if answer.status == 0 else -np.inf

    return end(1), -end(-1)


def _whole(lattice: Lattice, table: Level, cell: Cell) -> Cell:
    return tuple(
        int(lattice.nodes(dimension, 0, level)[index])
        for dimension, (level, index) in enumerate(zip(table, cell, strict=True))
    )


def _groups(lattice: Lattice, table: Level) -> Numbers:
    """The cell of a table that each cell of the finest belongs to, as one number."""
    groups = np.zeros((1,) * len(table), np.int64)
    for dimension, (axis, level) in enumerate(zip(lattice.axes, table, strict=True)):
        shape = [1] * len(table)
        shape[dimension] = -1
        groups = groups * len(axis.starts(level)) + axis.levels[level].reshape(shape)
    return groups


def _own(lattice: Lattice, table: Level, cell: Cell) -> np.ndarray:
    """Which cells of the finest table belong to a cell."""
    sizes = [len(axis.starts(level)) for axis, level in zip(lattice.axes, table, strict=True)]
    own: np.ndarray = _groups(lattice, table) == np.ravel_multi_index(cell, sizes)
    return own
