"""Questions of measures about the persons of a part, put together once and kept in the engine's language.

Putting a question together takes much longer than answering it about a few persons, and it is the same every
day of a year: tables have the same names in every part, and the days that everybody's rows depend on stand in
a table of their own instead of in the question.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import ibis
import pyarrow as pa
from ibis.expr.types import DateScalar, Table

from fyrbak.engines import texts
from fyrbak.engines.engine import Engine
from fyrbak.engines.lowering import Text, named
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.inputs import Inputs
from fyrbak.measures.tallies import expression, grain, inputs, schema, together
from fyrbak.pathways.definitions import icd10_table
from fyrbak.records.part import Side, stated
from fyrbak.records.snapshot import Snapshot

_CUBE, _AS_OF = "cube", "as_of"


@dataclass(frozen=True)
class Stated:
    """Days said when the question is asked; ``firsts`` collects the tables whose first day it needs."""

    year: int
    firsts: set[str] = field(default_factory=set)

    def last(self) -> DateScalar:
        return stated(_AS_OF)

    def first(self, table: str) -> DateScalar:
        self.firsts.add(table)
        return stated(table)


@dataclass(frozen=True)
class Question:
    """What is asked, the tables that it is asked of, and those whose first day must be stated."""

    asked: Text | Table
    tables: tuple[str, ...]
    firsts: tuple[str, ...]


def question(measure: Measure, interval: Interval, side: Side, made_by: str) -> Question:
    """The question for a measure's finest cube over a part.

    ``made_by`` changes with all that the measure's numbers depend on, except the records.
    """
    return _question(measure, interval, side.snapshot, side.table, side.engine, made_by)


def keep_question(measure: Measure, interval: Interval, snapshot: Snapshot, made_by: str) -> None:
    """Put together what will be asked when one goes on from the snapshot, for the first day to find it."""
    whole = inputs(snapshot, measure, interval).table

    def table(name: str) -> Table:
        return named(name, whole(name).schema().to_pyarrow())

    _question(measure, interval, snapshot, table, snapshot.engine, made_by)


def _question(
    measure: Measure,
    interval: Interval,
    snapshot: Snapshot,
    take: Callable[[str], Table],
    engine: Engine,
    made_by: str,
) -> Question:
    """The question kept, or put together over the tables that ``take`` gives by the layout's names."""
    finest, year = grain(measure, interval), snapshot.as_of.year
    path = texts.file(measure.key, made_by, finest, str(year), engine.name)
    if path.is_file():
        found, besides = texts.read(path)
        return Question(found[_CUBE], tuple(besides["tables"]), tuple(besides["firsts"]))
    tables: dict[str, Table] = {}

    def table(name: str) -> Table:
        if name == "icd10":
            return ibis.memtable(icd10_table())
        return tables.setdefault(name, take(name))

    days = Stated(year)
    asked = expression(measure, Inputs(table, days, interval, measure.since, engine))
    text = engine.text(asked)
    if text is not None:
        texts.write(path, {_CUBE: text}, tables=list(tables), firsts=sorted(days.firsts))
    return Question(text or asked, tuple(tables), tuple(sorted(days.firsts)))


def answers(measure: Measure, asked: Mapping[Side, Question]) -> list[pa.Table]:
    """The measure's finest cube of the persons on each side of a part. Each side has an engine of its own."""
    for side, question in asked.items():
        for name in question.tables:
            side.table(name)
        firsts = {name: side.snapshot.first_day(name) for name in question.firsts}
        side.state(**{_AS_OF: side.snapshot.as_of}, **firsts)
    with ThreadPoolExecutor(len(asked)) as pool:
        found = pool.map(lambda side: side.engine.answer(asked[side].asked), asked)
        return [together(measure, cube.cast(schema(measure))) for cube in found]
