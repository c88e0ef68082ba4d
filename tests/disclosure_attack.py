"""What a reader could work out: everything shown as equations over the finest groups, and a solver's bounds.

The attacker sees the results of all tables and intervals that they are given, knows that a group that no
table lists has nobody in it, and knows that nobody is fewer than nobody. Nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import product

import numpy as np
import scipy.sparse as sparse
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp

from fyrbak.measures.definitions import Interval
from fyrbak.measures.inputs import label
from fyrbak.measures.results import Result, results
from fyrbak.measures.tallies import Tallies

Counts = NDArray[np.float64]
Group = tuple[str, ...]


@dataclass(frozen=True)
class Small:
    """A small count: where it stands, and what the attacker can tell of it."""

    table: tuple[Interval, tuple[str, ...]]
    group: Group
    kind: int
    count: int
    least: float
    most: float

    @property
    def safe(self) -> bool:
        """It may be 5 or more, and it has at least five values besides the true one."""
        return self.most > 4.5 and self.most - self.least > 4.5

    @property
    def given_back(self) -> bool:
        """There is only one value left."""
        return self.most - self.least < 0.5


@dataclass(eq=False)
class Attacker:
    """Knows the tables of one measure, given as (interval, columns)."""

    tallies: Tallies
    columns: tuple[str, ...]
    tables: Sequence[tuple[Interval, tuple[str, ...]]]
    known: Counts = field(init=False)
    sums: sparse.csr_matrix = field(init=False)

    def __post_init__(self) -> None:
        table = self.tallies.table
        values = [sorted(set(table[name].to_pylist()), key=str) for name in ("period", *self.columns)]
        self.leaves = list(product(*values))
        self.shown = {(interval, by): self._table(interval, by) for interval, by in self.tables}
        self.learn(self.tables)

    def _table(self, interval: Interval, by: tuple[str, ...]) -> dict[Group, Result]:
        return {_group(one, by): one for one in results(self.tallies.to(interval), by)}

    def _groups(self, interval: Interval, by: tuple[str, ...]) -> list[Group]:
        """The group of a table that each leaf belongs to."""
        places = [self.columns.index(name) + 1 for name in by]
        return [
            (
                label(leaf[0].replace(month=_first_month(leaf[0].month, interval)), interval),
                *(leaf[p] for p in places),
            )
            for leaf in self.leaves
        ]

    def learn(self, tables: Iterable[tuple[Interval, tuple[str, ...]]]) -> None:
        """Write down every number of the tables, and every group that they do not list, as an equation."""
        rows, found = [], []
        for table in tables:
            groups = self._groups(*table)
            for group in dict.fromkeys(groups):
                one = self.shown[table].get(group)
                if one is None or not one.suppressed:
                    rows.append([own == group for own in groups])
                    found.append(
                        [0.0] * len(self.kinds) if one is None else [kind(one) for kind in self.kinds]
                    )
        self.sums = sparse.csr_matrix(np.array(rows, float).reshape(-1, len(self.leaves)))
        self.known = np.array(found, float).reshape(-1, len(self.kinds))

    @property
    def kinds(self) -> tuple[Callable[[Result], float], ...]:
        """The counts that a result shows or gives away: those with a hit and those without, or all."""
        if self.tallies.measure.kind == "proportion":
            return (lambda one: one.numerator or 0, lambda one: (one.n or 0) - (one.numerator or 0))
        return (lambda one: one.n or 0,)

    @cached_property
    def truth(self) -> list[Counts]:
        """The true counts of the leaves, kind by kind."""
        table = self.tallies.table
        sums = {leaf: np.zeros(len(self.kinds)) for leaf in self.leaves}
        for line in table.to_pylist():
            leaf = tuple(line[name] for name in ("period", *self.columns))
            sums[leaf] += [line["hits"], line["n"] - line["hits"]] if "hits" in line else [line["n"]]
        return list(np.array([sums[leaf] for leaf in self.leaves]).T)

    def range(self, mask: Counts, kind: int, *, whole: bool) -> tuple[float, float]:
        """The least and the most that a sum of leaves can be; ``whole`` for whole numbers of persons."""
        constraint = LinearConstraint(self.sums, self.known[:, kind], self.known[:, kind])
        ends = []
        for sign in (1, -1):
            answer = milp(
                sign * mask,
                constraints=constraint,
                bounds=Bounds(0, np.inf),
                integrality=np.full(len(mask), int(whole)),
            )
            assert answer.status in (0, 3, 4), answer.message
            ends.append(sign * answer.fun if answer.status == 0 else np.inf)
        return ends[0], ends[1]

    def small(self, *, whole: bool = True) -> Iterator[Small]:
        """Every small count of every table, with what can be told of it."""
        truth = self.truth
        for table in self.tables:
            groups = self._groups(*table)
            for group in dict.fromkeys(groups):
                mask = np.array([own == group for own in groups], float)
                for kind, counts in enumerate(truth):
                    count = int(counts @ mask)
                    if 1 <= count <= 4:
                        yield Small(table, group, kind, count, *self.range(mask, kind, whole=whole))

    def free_of_sums(self) -> Iterator[tuple[Group, bool]]:
        """Every small count, and whether no sum or difference of shown numbers, however weighed, is it.

        None is, exactly if the count can change while all that is shown stays: if it has a part in what the
        equations leave open.
        """
        _, sizes, directions = np.linalg.svd(self.sums.toarray(), full_matrices=True)
        left_open = directions[int((sizes > 1e-9).sum()) :]
        for table in self.tables:
            groups = self._groups(*table)
            for group in dict.fromkeys(groups):
                mask = np.array([own == group for own in groups], float)
                if any(1 <= counts @ mask <= 4 for counts in self.truth):
                    yield group, bool(np.abs(left_open @ mask).max(initial=0) > 1e-9)


def _first_month(month: int, interval: Interval) -> int:
    return {"year": 1, "quarter": (month - 1) // 3 * 3 + 1, "month": month}[interval]


def _group(one: Result, by: tuple[str, ...]) -> Group:
    cut = dict(one.cut)
    units = [name for name in ("hospital", "region") if name in by]
    if units:
        cut[units[0]] = one.unit
    return (one.period, *(cut[name] for name in by))


def every_table(
    columns: Sequence[str], intervals: Sequence[Interval]
) -> list[tuple[Interval, tuple[str, ...]]]:
    """All tables by some of the columns, at all intervals."""
    ways = product((False, True), repeat=len(columns))
    cuts = [tuple(name for name, taken in zip(columns, way, strict=True) if taken) for way in ways]
    return [(interval, cut) for cut in cuts for interval in intervals]
