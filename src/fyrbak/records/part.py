"""Some persons' rows, taken out of a snapshot that goes on from another: as they were, and as they are.

What is asked about a person depends on that person's rows alone. So whatever a day has changed can be asked
of these small tables, and the whole snapshot is read once instead of by every question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import ibis
import pyarrow as pa
from ibis.expr.types import DateScalar, Table

from fyrbak import engines
from fyrbak.engines.engine import Engine
from fyrbak.records.snapshot import Snapshot, current
from fyrbak.whole_files import whole

_STATED = "stated"
Derived = Mapping[str, Callable[[Snapshot], Table]]


@dataclass(frozen=True, eq=False)
class Side:
    """The persons' rows as one of the two snapshots has them, in an engine of their own.

    Tables are called there what they are called in the layout, whatever the snapshot, so that one question in
    the engine's language fits them all.
    """

    snapshot: Snapshot
    folder: Path
    take_out: Callable[[str], None]

    @cached_property
    def engine(self) -> Engine:
        return engines.engine(self.snapshot.engine.name)

    @cached_property
    def _tables(self) -> dict[str, Table]:
        return {}

    def state(self, **days: date | None) -> None:
        """Say the days that :func:`stated` stands for."""
        columns = {name: pa.array([day], pa.date32()) for name, day in days.items()}
        self.engine.rows(_STATED, pa.table(columns))

    def table(self, name: str) -> Table:
        """A table of the layout without its history, or a derived one, taken out when first asked for."""
        if name not in self._tables:
            path = self.folder / f"{name}.parquet"
            if not path.is_file():
                self.take_out(name)
            self._tables[name] = self.engine.parquet(name, [path])
        return self._tables[name]


def stated(name: str) -> DateScalar:
    """A day that is said when the question is asked (:meth:`Side.state`), and is not written into it."""
    return ibis.table({name: "date"}, name=_STATED)[name].max().as_scalar()


class Part:
    """The rows of ``persons`` (a file with ``person_id``, each once), kept below ``folder``.

    ``derived`` are the tables that are made of a snapshot's own, by name. Raises ValueError for a snapshot
    that goes on from no other.
    """

    def __init__(self, snapshot: Snapshot, persons: Path, folder: Path, derived: Derived) -> None:
        before = snapshot.before()
        if before is None:
            raise ValueError("the snapshot goes on from no other")
        self.was = Side(before, folder / "was", self._take_out)
        self.now = Side(snapshot, folder / "now", self._take_out)
        self._engine = snapshot.engine
        self._persons = snapshot.engine.parquet(f"part_{snapshot.id}_{len(derived)}", [persons])
        self._derived = derived

    def _take_out(self, name: str) -> None:
        if name in self._derived:
            for side in (self.was, self.now):
                rows = self._derived[name](side.snapshot).semi_join(self._persons, "person_id")
                write(self._engine, rows, side.folder / f"{name}.parquet")
            return
        versions = self._engine.keep(self.was.snapshot.versions(name, self._persons))
        landed = versions.union(self.now.snapshot.versions_since(name))
        for side, rows in ((self.was, versions), (self.now, landed)):
            write(self._engine, current(rows, self._persons), side.folder / f"{name}.parquet")
        self._engine.forget(versions)


def write(engine: Engine, question: Table, path: Path) -> None:
    """Write an answer as a file that gets its name when it is whole, and so is found whole or not at all."""
    with whole(path) as unfinished:
        engine.write(question, unfinished)
