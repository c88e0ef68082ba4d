"""Tallies of a snapshot that goes on from an earlier one: only what has changed is counted again.

A measure's rows for some persons depend on those persons' own rows and on a few stated constants
(:class:`fyrbak.measures.inputs.Inputs`). So the tallies of the whole are those of the snapshot before, less
what the changed persons were counted as then, plus what they are counted as now. Tallies add and subtract.

When the last day moves on within a period, a status changes only for those about whom something is said of
the days between, or who turn a year older; and all others who were at risk on the last day are so for as many
days more. When a new period begins, both are counted anew from the one that was not over. A ratio's
denominator is made of earlier years and comes into force when a year begins: then it is all counted anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import lru_cache
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from fyrbak import settings
from fyrbak.definitions import content_hash
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.inputs import period_start
from fyrbak.measures.tallies import cube, grain, inputs, negated, together
from fyrbak.pathways.run import changed, content_version, made_by, run
from fyrbak.records import layout
from fyrbak.records.snapshot import Snapshot

_MANY = 60  # days; by then so many have had a birthday that all are asked


def renewed(
    snapshot: Snapshot, before: Snapshot, measure: Measure, interval: Interval, known: pa.Table
) -> pa.Table | None:
    """The finest cube of a snapshot, from ``known``, that of the snapshot before.

    None where something that everybody's rows depend on has changed, so that all must be counted anew.
    """
    if measure.kind == "ratio" and snapshot.as_of.year != before.as_of.year:
        return None
    dated = [name for name in measure.needs if "start_date" in layout.tables()[name].schema.names]
    if any(snapshot.first_day(name) != before.first_day(name) for name in dated):
        return None
    persons = _changed(snapshot, before)
    was, now_is = (
        cube(measure, inputs(one, measure, interval, persons), one.id).table for one in (before, snapshot)
    )
    table = together(measure, known, negated(measure, was))
    days, first = (snapshot.as_of - before.as_of).days, period_start(before.as_of, grain(measure, interval))
    within = first == period_start(snapshot.as_of, grain(measure, interval))
    if measure.counted == "time" and within:
        more = pc.add(table["time"], pc.multiply(table["at_risk"], days))
        table = table.set_column(table.schema.get_field_index("time"), "time", more)
    table = together(measure, table, now_is)
    if measure.counted == "events" or within:
        return table
    now = inputs(snapshot, measure, interval)
    anew = cube(measure, replace(now, since=max(first, now.since or first)), snapshot.id).table
    over = table.filter(pc.less(table["period"], first))
    return together(measure, over, anew.filter(pc.greater_equal(anew["period"], first)))


@lru_cache(maxsize=1)
def _changed(snapshot: Snapshot, before: Snapshot) -> Table:
    """``person_id`` of all who may be counted otherwise than in the snapshot before, each once.

    Kept as a file, for other measures to read.
    """
    version = f"{content_version()}-{content_hash([Path(__file__)])}{made_by(snapshot)}"
    path = settings.HOME / "derived" / snapshot.id / f"changed-{version}.parquet"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        snapshot.engine.write(ibis.union(*_who(snapshot, before), distinct=True), unfinished)
        unfinished.rename(path)
    return snapshot.engine.parquet(f"changed_{snapshot.id}", [path])


def _who(snapshot: Snapshot, before: Snapshot) -> Iterator[Table]:
    """Whose rows have landed, about whom something is said of the days by which the last day has moved, and
    who has grown older, waits longer or has other episodes."""
    touched = snapshot.touched()
    assert touched is not None  # noqa: S101 - it goes on from another
    yield touched.select("person_id")
    if snapshot.as_of > before.as_of:
        yield from (before.later_than(name, before.as_of) for name in before.manifest.tables)
        yield _older(snapshot, before)
    if before.rows("pathway_event"):
        episodes = run(before).episodes
        yield episodes.filter(episodes.outcome == "open").select("person_id")
        yield changed(snapshot, before)


def _older(snapshot: Snapshot, before: Snapshot) -> Table:
    """Those who turn a year older by the last day's move."""
    days = (snapshot.as_of - before.as_of).days
    if days > _MANY:
        return snapshot.table("person").select("person_id")
    moved = [before.as_of + timedelta(days=number + 1) for number in range(days)]
    # Whoever was born on 29 February turns older on 1 March of other years: asking for both is enough.
    born = {(day.month, day.day) for day in moved} | {
        (2, 29) for day in moved if (day.month, day.day) == (3, 1)
    }
    persons = snapshot.table("person")
    birth = persons.birth_date.month() * 100 + persons.birth_date.day()
    return persons.filter(birth.isin([month * 100 + day for month, day in sorted(born)])).select("person_id")
