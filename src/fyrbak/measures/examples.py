"""Worked examples: rows in, numbers out, as data beside each measure, run as tests by the real engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import ibis
import pyarrow as pa
from ibis.expr.types import Table

from fyrbak.definitions import Definition, load, pick
from fyrbak.engines.engine import Engine
from fyrbak.measures.definitions import FOLDER, Interval, Measure
from fyrbak.measures.inputs import Inputs, Known, label
from fyrbak.measures.numbers import Cell, numbers_of
from fyrbak.measures.results import cells, columns_of
from fyrbak.measures.tallies import Tallies, cube, marked
from fyrbak.pathways.definitions import icd10_table
from fyrbak.pathways.episodes import episodes
from fyrbak.records import layout
from fyrbak.records.snapshot import first_day


class Example(Definition):
    """One worked example.

    ``rows`` gives rows by table; columns left out are null. ``expect`` lists cells by period and the
    columns of ``by``, with any of n, numerator, denominator, value. ``excluded`` counts rows by the rule
    that left them out.
    """

    shows: str
    as_of: date
    interval: Interval = "year"
    by: tuple[str, ...] = ()
    rows: Mapping[str, tuple[Mapping[str, Any], ...]]
    expect: tuple[Mapping[str, Any], ...]
    excluded: Mapping[str, int] = {}


class _Examples(Definition):
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class Outcome:
    """What an example gave: cells as plain rows, and rows left out by rule."""

    cells: list[dict[str, Any]]
    excluded: dict[str, int]


def examples(measure: Measure) -> tuple[Example, ...]:
    """The measure's worked examples. Raises BadDefinitionError with file, line and field."""
    return load(FOLDER / measure.id / "examples.yaml", _Examples).examples


def example_inputs(example: Example, measure: Measure, engine: Engine) -> Inputs:
    """The example's rows as tables of an engine."""
    schemas = {name: table.schema for name, table in layout.tables().items()} | _derived_schemas()

    def table(name: str) -> Table:
        if name == "icd10":
            return ibis.memtable(icd10_table())
        schema = schemas[pick("table", name, list(schemas))]
        rows = [{field.name: row.get(field.name) for field in schema} for row in example.rows.get(name, ())]
        relaxed = pa.schema([(field.name, field.type) for field in schema])
        return engine.rows(name, pa.Table.from_pylist(rows, relaxed))

    def first(name: str) -> date | None:
        return first_day(engine, table(name))

    return Inputs(cache(table), Known(example.as_of, first), example.interval, measure.since, engine)


@cache
def _derived_schemas() -> dict[str, pa.Schema]:
    """Columns of episodes and findings, asked of the pathways themselves with no rows."""
    events, persons, residences, deaths = (
        ibis.table(ibis.schema(layout.tables()[name].schema), name=name)
        for name in ("pathway_event", "person", "residence", "death")
    )
    found = episodes(
        events=events, persons=persons, residences=residences, deaths=deaths, pathways=(), as_of=date.max
    )
    return {
        name: rows.schema().to_pyarrow() for name, rows in zip(("episode", "finding"), found, strict=True)
    }


def work(example: Example, measure: Measure, engine: Engine) -> Outcome:
    """Run the example through an engine, as snapshots are run."""
    t = example_inputs(example, measure, engine)
    tallies = cube(measure, t, "example").to(example.interval)
    rows = marked(measure, t)
    left_out = engine.answer(rows.filter(rows.excluded_by.notnull()).select("excluded_by"))
    return Outcome(plain_cells(tallies, example.by), dict(Counter(left_out["excluded_by"].to_pylist())))


def differences(example: Example, measure: Measure, engine: Engine) -> list[str]:
    """How an engine's outcome differs from what the example expects, a line each; empty where it does not."""
    outcome = work(example, measure, engine)
    found = []
    for expected in example.expect:
        place = {name: expected[name] for name in expected if name == "period" or name in measure.cuts}
        numbers = [
            {name: cell.get(name) for name in expected}
            for cell in outcome.cells
            if place.items() <= cell.items()
        ]
        if numbers != [dict(expected)]:
            found.append(f"'{example.shows}': expected {dict(expected)}, found {numbers or 'no such cell'}")
    if outcome.excluded != dict(example.excluded):
        found.append(
            f"'{example.shows}': expected {dict(example.excluded)} left out, found {outcome.excluded}"
        )
    return found


def plain_cells(tallies: Tallies, by: tuple[str, ...]) -> list[dict[str, Any]]:
    """The cells of tallies as plain rows: period, the columns of ``by``, the numbers, the days at risk."""
    columns = columns_of(tallies.measure, by)
    found: dict[Any, Cell] = cells(tallies, by)
    return [
        {
            "period": label(start, tallies.interval),
            **dict(zip(columns, values, strict=True)),
            **numbers._asdict(),
            "person_days": cell.time,
        }
        for ((start, values), cell), numbers in zip(
            found.items(), numbers_of(tallies.measure, list(found.values())), strict=True
        )
    ]
