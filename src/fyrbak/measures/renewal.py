"""Tallies of a snapshot that goes on from an earlier one: only what has changed is counted again.

A measure's rows for some persons depend on those persons' own rows and on a few stated constants
(:class:`fyrbak.measures.inputs.Inputs`). So the tallies of the whole are those of the snapshot before, less
what the changed persons were counted as then, plus what they are counted as now. Tallies add and subtract.

What holds on a period's last day, or goes on until it, moves for everybody when the last day does: from the
period that was not over then, such a measure is counted anew. A ratio's denominator is made of earlier years
and comes into force for everybody when a year begins: then it is all counted anew.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from fyrbak import settings
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.inputs import period_start
from fyrbak.measures.tallies import cube, grain, inputs, less, together
from fyrbak.pathways.run import changed, content_version, made_by, run
from fyrbak.records import layout
from fyrbak.records.snapshot import Snapshot


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
    persons = _changed(snapshot, before, measure)
    was, now_is = (
        cube(measure, inputs(one, measure, interval, persons), one.id).table for one in (before, snapshot)
    )
    table = less(measure, together(measure, known, now_is), was)
    if measure.counted == "events" or snapshot.as_of == before.as_of:
        return table
    first = period_start(before.as_of, grain(measure, interval))
    now = inputs(snapshot, measure, interval)
    anew = cube(measure, replace(now, since=max(first, now.since or first)), snapshot.id).table
    over = table.filter(pc.less(table["period"], first))
    return together(measure, over, anew.filter(pc.greater_equal(anew["period"], first)))


def _changed(snapshot: Snapshot, before: Snapshot, measure: Measure) -> Table:
    """``person_id`` of all who may be counted otherwise than in the snapshot before, each once.

    Kept as a file, for other measures to read.
    """
    by_episode = "pathway_event" in measure.needs
    version = content_version() if by_episode else "records"
    path = settings.HOME / "derived" / snapshot.id / f"changed-{version}{made_by(snapshot)}.parquet"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f".{path.name}.{os.getpid()}")
        snapshot.engine.write(
            ibis.union(*_who(snapshot, before, by_episode=by_episode), distinct=True), unfinished
        )
        unfinished.rename(path)
    return snapshot.engine.parquet(f"changed_{version}_{snapshot.id}", [path])


def _who(snapshot: Snapshot, before: Snapshot, *, by_episode: bool) -> Iterator[Table]:
    touched = snapshot.touched()
    assert touched is not None  # noqa: S101 - it goes on from another
    yield touched.select("person_id")
    if snapshot.as_of > before.as_of:
        yield from (before.later_than(name, before.as_of) for name in before.manifest.tables)
    if by_episode:
        episodes = run(before).episodes
        yield episodes.filter(episodes.outcome == "open").select("person_id")  # they wait longer each day
        yield changed(snapshot, before)
