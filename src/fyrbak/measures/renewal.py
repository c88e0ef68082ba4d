"""Tallies of a snapshot that goes on from an earlier one: only what has changed is counted again.

A measure's rows for some persons depend on those persons' own rows and on a few stated constants
(:class:`fyrbak.measures.inputs.Inputs`). So the tallies of the whole are those of the snapshot before, less
what the changed persons were counted as then, plus what they are counted as now. Tallies add and subtract.

What holds on a period's last day, or goes on until it, moves for everybody when the last day does: from the
period that was not over then, such a measure is counted anew. A ratio's denominator is made of earlier years
and comes into force for everybody when a year begins: then it is all counted anew.
"""

from __future__ import annotations

from dataclasses import replace

import ibis
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr.types import Table

from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.inputs import period_start
from fyrbak.measures.tallies import cube, grain, inputs, less, together
from fyrbak.pathways.run import changed, run
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
    now, then = inputs(snapshot, measure, interval), inputs(before, measure, interval)
    dated = [name for name in measure.needs if "start_date" in layout.tables()[name].schema.names]
    if any(now.first_day(name) != then.first_day(name) for name in dated):
        return None
    persons = snapshot.engine.keep(_changed(snapshot, before, measure))
    try:
        was = cube(measure, replace(then, persons=persons), before.id).table
        now_is = cube(measure, replace(now, persons=persons), snapshot.id).table
    finally:
        snapshot.engine.forget(persons)
    table = less(measure, together(measure, known, now_is), was)
    if measure.counted == "events" or snapshot.as_of == before.as_of:
        return table
    first = period_start(before.as_of, grain(measure, interval))
    anew = cube(measure, replace(now, since=max(first, now.since or first)), snapshot.id).table
    over = table.filter(pc.less(table["period"], first))
    return together(measure, over, anew.filter(pc.greater_equal(anew["period"], first)))


def _changed(snapshot: Snapshot, before: Snapshot, measure: Measure) -> Table:
    """``person_id`` of all who may be counted otherwise than in the snapshot before, each once."""
    touched = snapshot.touched()
    assert touched is not None  # noqa: S101 - it goes on from another
    persons = [touched.select("person_id")]
    if snapshot.as_of > before.as_of:
        persons += [_ahead(before, name) for name in before.manifest.tables if _days(name)]
    if "pathway_event" in measure.needs:
        open_ = run(before).episodes
        open_ = open_.filter(open_.outcome == "open")  # they wait longer as the last day moves on
        persons += [changed(snapshot, before), open_.select("person_id")]
    return ibis.union(*persons, distinct=True)


def _ahead(before: Snapshot, name: str) -> Table:
    """Persons with a row that described a day after the last one that counted then."""
    rows = before.table(name)
    return rows.filter(ibis.or_(*(rows[day] > before.as_of for day in _days(name)))).select("person_id")


def _days(name: str) -> list[str]:
    """The columns of a table that say when something was so."""
    dates = [field.name for field in layout.tables()[name].schema if pa.types.is_date(field.type)]
    return [day for day in dates if day != "recorded_at"]
