"""Every measure against the same question written by hand in SQL (hand_sql/), over the same files.

Both give the finest cube that the measure keeps, and both read the files anew each time. The measure's time
is taken twice: the question alone (the SQL that Ibis made of it, run by DuckDB), and with the planning, which
does not grow with the number of rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import duckdb
import pyarrow.compute as pc

FOLDER = Path(__file__).parent / "hand_sql"
RUNS = 5
TABLES = ("person", "residence", "death", "tumour", "vaccination")


@dataclass(frozen=True)
class Comparison:
    """Seconds for one measure (medians of several runs): its question, with planning, and by hand."""

    measure: str
    question: float
    planned: float
    by_hand: float
    same: bool

    @property
    def ratio(self) -> float:
        return self.question / self.by_hand


@dataclass(frozen=True)
class Months:
    """Seconds for median and 90th percentile by region: in one year, and in its twelve months."""

    year: float
    months: float

    @property
    def ratio(self) -> float:
        return self.months / self.year


def analyst(snapshot_folder: Path) -> duckdb.DuckDBPyConnection:
    """A connection as an analyst would set it up: views of the current truth and of the episodes."""
    from fyrbak.pathways.definitions import icd10_table
    from fyrbak.pathways.run import run
    from fyrbak.records.snapshot import Snapshot

    snapshot = Snapshot.open(snapshot_folder, verify=False)
    connection = duckdb.connect()
    connection.execute((FOLDER / "prelude.sql").read_text(encoding="utf-8"))
    for table in TABLES:
        if snapshot.rows(table):
            current = (FOLDER / "current.sql").read_text(encoding="utf-8")
            connection.execute(current.format(table=table, files=snapshot.path / table / "*.parquet"))
    kept = run(snapshot).folder
    for table, name in (("episode", "episodes"), ("finding", "findings")):
        connection.execute(f"CREATE VIEW {table} AS FROM read_parquet('{kept / name / '*.parquet'}')")
    connection.register("icd10", icd10_table())
    return connection


def compare(snapshot_folder: Path) -> Iterator[Comparison]:
    """Ask of each measure both ways in turn, so that noise falls on both alike. Django must be set up."""
    from fyrbak.measures.definitions import measures

    connection = analyst(snapshot_folder)
    for of in measures():
        if not of.rows_of:
            yield _compared(snapshot_folder, of.id, connection)


def _compared(snapshot_folder: Path, name: str, connection: duckdb.DuckDBPyConnection) -> Comparison:
    from fyrbak.engines.duckdb import DuckDB
    from fyrbak.measures.definitions import measure
    from fyrbak.measures.tallies import cube, expression, inputs
    from fyrbak.records.snapshot import Snapshot

    snapshot = Snapshot.open(snapshot_folder, verify=False)
    of = measure(name)
    t = inputs(snapshot, of, "year")
    asked = expression(of, t)
    snapshot.engine.answer(asked)  # the constants in it stay with the connection as long as it is held
    assert isinstance(snapshot.engine, DuckDB)  # noqa: S101
    duck, made = snapshot.engine.connection.con, snapshot.engine.sql(asked)
    sql = (FOLDER / f"{name}.sql").read_text(encoding="utf-8").format(as_of=snapshot.as_of)

    def question() -> object:
        return duck.execute(made).fetchall()

    def planned() -> object:
        return cube(of, t, snapshot.id).table

    def by_hand() -> object:
        return connection.execute(sql).fetchall()

    asked, with_planning, by_analyst = _taking_turns([question, planned, by_hand])
    found = cube(of, t, snapshot.id).table
    rows = [tuple(row.values()) for row in found.to_pylist()]
    same = sorted(rows) == sorted(connection.execute(sql).fetchall())
    return Comparison(name, asked, with_planning, by_analyst, same)


def twelve_months(snapshot_folder: Path) -> Months:
    """The latest whole year and its twelve months, from the files to the results. Django must be set up."""
    from fyrbak.measures.definitions import Interval, measure
    from fyrbak.measures.results import results
    from fyrbak.measures.tallies import cube, inputs
    from fyrbak.records.snapshot import Snapshot

    snapshot = Snapshot.open(snapshot_folder, verify=False)

    last = snapshot.as_of.year - 1

    def asked(interval: Interval) -> object:
        median_of, p90 = measure("svf_days_median"), measure("svf_days_p90")
        whole = cube(median_of, inputs(snapshot, median_of, interval), snapshot.id).to(interval)
        in_year = pc.equal(pc.year(whole.table["period"]), last)
        own = replace(whole, table=whole.table.filter(in_year))
        return [results(replace(own, measure=of), ["region"]) for of in (median_of, p90)]

    return Months(*_taking_turns([lambda: asked("year"), lambda: asked("month")]))


def _taking_turns(asks: list[Callable[[], object]]) -> list[float]:
    """Median seconds of each."""
    seconds: list[list[float]] = [[] for _ in asks]
    for _ in range(RUNS):
        for ask, taken in zip(asks, seconds, strict=True):
            began = time.perf_counter()
            ask()
            taken.append(time.perf_counter() - began)
    return [median(taken) for taken in seconds]
