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

from dataclasses import replace
from functools import lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.inputs import period_start
from fyrbak.measures.questions import answers, question
from fyrbak.measures.tallies import cube, grain, inputs, negated, together
from fyrbak.pathways.renewal import part_of
from fyrbak.pathways.run import run
from fyrbak.records.part import Part
from fyrbak.records.snapshot import Snapshot


def renewed(
    snapshot: Snapshot, before: Snapshot, measure: Measure, interval: Interval, known: pa.Table, made_by: str
) -> pa.Table | None:
    """The finest cube of a snapshot, from ``known``, that of the snapshot before.

    None where all must be counted anew because something has changed that everybody's rows depend on, or may
    as well be because so many persons have changed. ``made_by`` is what the numbers depend on but records.
    """
    if measure.kind == "ratio" and snapshot.as_of.year != before.as_of.year:
        return None
    part = _part(snapshot, before)
    if part is None:
        return None
    asked = {side: question(measure, interval, side, made_by) for side in (part.was, part.now)}
    if any(snapshot.first_day(name) != before.first_day(name) for name in asked[part.now].firsts):
        return None
    less, more = answers(measure, asked)
    days, first = (snapshot.as_of - before.as_of).days, period_start(before.as_of, grain(measure, interval))
    within = first == period_start(snapshot.as_of, grain(measure, interval))
    known, less = (
        _later(table, days) if measure.counted == "time" and within else table for table in (known, less)
    )
    table = together(measure, known, negated(measure, less), more)
    if measure.counted == "events" or within:
        return table
    now = inputs(snapshot, measure, interval)
    anew = cube(measure, replace(now, since=max(first, now.since or first)), snapshot.id).table
    over = table.filter(pc.less(table["period"], first))
    return together(measure, over, anew.filter(pc.greater_equal(anew["period"], first)))


@lru_cache(maxsize=1)
def _part(snapshot: Snapshot, before: Snapshot) -> Part | None:
    """The rows of those who may be counted otherwise, once the episodes of both snapshots are there."""
    for one in (before, snapshot):
        run(one)
    return part_of(snapshot, before)


def _later(table: pa.Table, days: int) -> pa.Table:
    """A cube of time some days later, if nothing has happened to anybody since."""
    more = pc.add(table["time"], pc.multiply(table["at_risk"], days))
    return table.set_column(table.schema.get_field_index("time"), "time", more)
