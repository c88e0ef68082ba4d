"""The lead-time measure against the same question written by hand in SQL, over the same files.

Both ask the episodes' Parquet files for the share of judged pathways within their limit, at the finest cut
that the measure keeps, and both read the files anew each time. The measure's time is taken twice: the
question alone (the SQL that Ibis made of it, run by DuckDB), and with the time it takes to put the question
together, which does not grow with the number of rows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import duckdb

RUNS = 9

BY_HAND = """
SELECT date_trunc('month', end_date)::DATE AS period,
       coalesce(nullif(region, ''), 'unknown') AS region,
       coalesce(nullif(hospital, ''), 'unknown') AS hospital,
       coalesce(nullif(pathway, ''), 'unknown') AS pathway,
       coalesce(nullif(sex, ''), 'unknown') AS sex,
       CASE WHEN age IS NULL THEN 'unknown' WHEN age < 18 THEN '0-17' WHEN age < 40 THEN '18-39'
            WHEN age < 50 THEN '40-49' WHEN age < 60 THEN '50-59' WHEN age < 70 THEN '60-69'
            WHEN age < 80 THEN '70-79' ELSE '80+' END AS age_group,
       count(*) AS n, count(*) FILTER (WHERE within) AS hits
FROM read_parquet('{episodes}/*.parquet')
WHERE judged AND age >= 18 AND end_date <= DATE '{as_of}'
GROUP BY ALL
ORDER BY ALL
"""


@dataclass(frozen=True)
class Comparison:
    """Seconds for one question (medians of several runs): the measure's, with its planning, and by hand."""

    question: float
    planned: float
    by_hand: float
    same: bool

    @property
    def ratio(self) -> float:
        return self.question / self.by_hand


def compare(snapshot_folder: Path) -> Comparison:
    """Ask both ways, taking turns so that the machine's noise falls on both alike. Django must be set up."""
    from fyrbak.engines.duckdb import DuckDB
    from fyrbak.measures.definitions import measure
    from fyrbak.measures.tallies import cube, expression, inputs
    from fyrbak.pathways.run import run
    from fyrbak.records.snapshot import Snapshot

    snapshot = Snapshot.open(snapshot_folder, verify=False)
    lead_time = measure("svf_lead_time")
    t = inputs(snapshot, lead_time, "year")
    sql = snapshot.engine.sql(expression(lead_time, t))
    by_hand_sql = BY_HAND.format(episodes=run(snapshot).folder / "episodes", as_of=snapshot.as_of)
    engine = duckdb.connect()
    assert isinstance(snapshot.engine, DuckDB)  # noqa: S101
    duck = snapshot.engine.connection.con

    def question() -> object:
        return duck.execute(sql).fetchall()

    def planned() -> object:
        return cube(lead_time, t, snapshot.id).table

    def by_hand() -> object:
        return engine.execute(by_hand_sql).fetchall()

    seconds: dict[Callable[[], object], list[float]] = {question: [], planned: [], by_hand: []}
    for _ in range(RUNS):
        for ask, taken in seconds.items():
            began = time.perf_counter()
            ask()
            taken.append(time.perf_counter() - began)
    found = [tuple(row.values()) for row in cube(lead_time, t, snapshot.id).table.to_pylist()]
    by_measure, with_planning, by_analyst = (median(seconds[ask]) for ask in (question, planned, by_hand))
    same = sorted(found) == sorted(engine.execute(by_hand_sql).fetchall())
    return Comparison(question=by_measure, planned=with_planning, by_hand=by_analyst, same=same)
