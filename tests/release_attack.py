"""What somebody could work out who keeps every release: each snapshot as equations of its own, and a solver.

They see all that releases and the coarser tables beside them ever told, know that a group that a table does
not list has nobody in it, and that nobody is fewer than nobody. A held row tells nothing of its snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations, product
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Interval
from fyrbak.measures.disclosure import SMALL, Table
from fyrbak.measures.inputs import period_start
from fyrbak.measures.release_tables import Origin, Rows, given_out
from fyrbak.measures.results import columns_of
from fyrbak.measures.tallies import Tallies

Group = tuple[date, tuple[str, ...]]


@dataclass(frozen=True)
class Found:
    """What is wrong: a small count, or a small change between two snapshots, that is told too much of."""

    what: str
    table: Table
    group: Group
    kind: int
    counts: tuple[int, ...]


@dataclass
class Releases:
    """Releases of one measure, of several snapshots by name, each as monthly tallies."""

    snapshots: dict[str, Tallies]
    refused: int = 0
    earlier: dict[Table, list[tuple[Origin, Rows]]] = field(default_factory=dict)

    def give(self, name: str, by: Sequence[str], interval: Interval) -> Rows:
        """Release a table; returns its rows, none where it is refused."""
        origin, tallies = Origin(name, ""), self.snapshots[name].to(interval)
        rows: Rows = {}
        try:
            found = given_out(tallies, by, origin, self.earlier)
        except BadInputError:
            self.refused += 1
            return rows
        for table, rows in found.items():
            of = self.earlier.setdefault(table, [])
            if all(one != origin for one, _ in of):
                of.append((origin, rows))
        return rows

    def told(self, name: str) -> dict[Table, Rows]:
        """All that was told of a snapshot, whether released or coarser."""
        return {
            table: rows
            for table, of in self.earlier.items()
            for origin, rows in of
            if origin.snapshot == name
        }


class Keeper:
    """Somebody who keeps every release, and holds each snapshot's numbers against each other's."""

    def __init__(self, releases: Releases, columns: Sequence[str]) -> None:
        self.releases = releases
        self.columns = columns_of(next(iter(releases.snapshots.values())).measure, columns)
        days, *values = (sorted(self._values(name)) for name in ("period", *self.columns))
        self.leaves = [(day, group) for day in days for group in product(*values)]
        self._known = {name: self._equations(name) for name in releases.snapshots}

    def _values(self, name: str) -> set[Any]:
        """The values of a dimension that anybody has, or that something hidden or held has."""
        found = {value for one in self.releases.snapshots.values() for value in one.table[name].to_pylist()}
        for table, of in self.releases.earlier.items():
            if name in table.columns:
                place = table.columns.index(name)
                back = (row["suppressed"] or row["held"] for _, rows in of for row in rows.values())
                keys = (key for _, rows in of for key in rows)
                found |= {key[1][place] for key, one in zip(keys, back, strict=True) if one}
        return found

    def groups(self, table: Table) -> dict[Group, np.ndarray]:
        """The leaves of each group of a table."""
        places = [self.columns.index(name) for name in table.columns]
        found: dict[Group, np.ndarray] = {}
        for number, (day, values) in enumerate(self.leaves):
            group = period_start(day, table.interval), tuple(values[place] for place in places)
            found.setdefault(group, np.zeros(len(self.leaves)))[number] = 1
        return found

    def truth(self, name: str) -> np.ndarray:
        """The true counts of the leaves of a snapshot: shape (kinds, leaves)."""
        at = {leaf: number for number, leaf in enumerate(self.leaves)}
        tallies = self.releases.snapshots[name]
        hits = "hits" in tallies.table.column_names
        counts = np.zeros((2 if hits else 1, len(self.leaves)))
        for line in tallies.table.to_pylist():
            leaf = at[line["period"], tuple(line[one] for one in self.columns)]
            counts[:, leaf] += [line["hits"], line["n"] - line["hits"]] if hits else [line["n"]]
        return counts

    def _equations(self, name: str) -> tuple[np.ndarray, np.ndarray]:
        sums = []
        for table, rows in self.releases.told(name).items():
            for group, mask in self.groups(table).items():
                row = rows.get(group)
                if row is None or not (row["suppressed"] or row["held"]):
                    sums.append(mask)
        matrix = np.array(sums).reshape(-1, len(self.leaves))
        return matrix, matrix @ self.truth(name).T

    def range(self, name: str, mask: np.ndarray, kind: int) -> tuple[float, float]:
        """The least and the most that a sum of leaves of a snapshot can be, in whole numbers."""
        sums, known = self._known[name]
        ends = []
        for sign in (1, -1):
            answer = milp(
                sign * mask,
                constraints=LinearConstraint(sums, known[:, kind], known[:, kind]) if len(sums) else (),
                bounds=Bounds(0, np.inf),
                integrality=np.ones(len(mask)),
            )
            ends.append(sign * answer.fun if answer.status == 0 else np.inf)
        return ends[0], ends[1]

    def _given_back(self, name: str, mask: np.ndarray, kind: int) -> bool:
        """Whether a count of a snapshot has one possible value."""
        sums, _ = self._known[name]
        if len(sums) and (sums == mask).all(axis=1).any():
            return True
        least, most = self.range(name, mask, kind)
        return most - least < 0.5

    def changes(self) -> Iterator[Found]:
        """Small changes of cells told of two snapshots that have one possible value."""
        for one, other in combinations(self.releases.snapshots, 2):
            then, now = self.truth(one), self.truth(other)
            first, second = self.releases.told(one), self.releases.told(other)
            for table in first.keys() & second.keys():
                for group, mask in self.groups(table).items():
                    for kind, change in enumerate((now - then) @ mask):
                        if abs(int(change)) not in SMALL:
                            continue
                        if self._given_back(one, mask, kind) and self._given_back(other, mask, kind):
                            counts = int(then[kind] @ mask), int(now[kind] @ mask)
                            yield Found(f"change {one}-{other}", table, group, kind, counts)

    def small(self) -> Iterator[Found]:
        """Small counts told of by up to two dimensions that cannot be 5, or lack five values besides."""
        for name in self.releases.snapshots:
            truth = self.truth(name)
            for table in self.releases.told(name):
                if len(table.columns) + (table.interval != "year") > 2:
                    continue
                for group, mask in self.groups(table).items():
                    for kind, counts in enumerate(truth):
                        if int(counts @ mask) in SMALL:
                            least, most = self.range(name, mask, kind)
                            if most < 4.5 or most - least < 4.5:
                                yield Found(f"count {name}", table, group, kind, (int(counts @ mask),))
