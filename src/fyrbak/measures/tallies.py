"""From rows to tallies: counts and histograms that add.

One scan of the data gives a measure's finest cube: one line per month and combination of all its
dimensions. Every cut, every longer interval and the country are sums of it, so they agree exactly. Tallies
of several regions, made apart, add up to the tallies of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, cached_property, reduce

import ibis
import pyarrow as pa
from ibis.expr.types import BooleanValue, StringValue, Table

from fyrbak.definitions import pick
from fyrbak.engines.hashes import hash_of
from fyrbak.errors import BadDefinitionError, BadInputError, UnknownNameError
from fyrbak.measures.definitions import INTERVALS, Interval, Kind, Measure
from fyrbak.measures.inputs import MONTHS, Inputs, period_start
from fyrbak.measures.rows import rows_of
from fyrbak.pathways.definitions import icd10_table
from fyrbak.pathways.run import run
from fyrbak.records.organisations import regions
from fyrbak.records.snapshot import Snapshot

UNKNOWN = "unknown"
AGE_GROUPS = ((18, "0-17"), (40, "18-39"), (50, "40-49"), (60, "50-59"), (70, "60-69"), (80, "70-79"))
OLDEST = "80+"

# The columns that add, by kind. Kind ``days`` is a histogram: ``days`` is one more column to group by.
ADDITIVE: dict[Kind, tuple[str, ...]] = {
    "count": ("n",),
    "proportion": ("n", "hits"),
    "ratio": ("hits", "base"),
    "days": ("n",),
}


@dataclass(frozen=True)
class Tallies:
    """A measure's cube.

    ``table`` has ``period`` (first day), the measure's cuts, ``days`` for kind ``days``, and
    whole numbers to add: ``n``; ``hits`` (numerator); ``base`` (what a ratio's divisor divides).
    """

    measure: Measure
    interval: Interval
    snapshot: str
    as_of: date
    table: pa.Table

    @cached_property
    def hash(self) -> str:
        """Sixteen hex digits of what was counted: the same from every engine, run and copy of the records."""
        heading = f"{self.measure.id} {self.measure.version} {self.interval} {self.as_of}"
        return hash_of(heading, self.table.schema, self.table.to_batches())

    def to(self, interval: Interval) -> Tallies:
        """The same tallies by a longer interval. Raises UnknownNameError where they do not add up to it."""
        if interval == self.interval:
            return self
        check_interval(self.measure, interval)
        if self.measure.counted == "status" or MONTHS[interval] % MONTHS[self.interval]:
            raise UnknownNameError(
                f"{self.measure.id}: tallies by {self.interval} do not add up to {interval}. Tally them anew."
            )
        return replace(self, interval=interval, table=_added(self.measure, self._by(interval)))

    def _by(self, interval: Interval) -> pa.Table:
        days = self.table["period"].combine_chunks().dictionary_encode()
        starts = pa.array([period_start(day.as_py(), interval) for day in days.dictionary], pa.date32())
        index = self.table.schema.get_field_index("period")
        return self.table.set_column(index, "period", starts.take(days.indices))

    def add(self, other: Tallies) -> Tallies:
        """The tallies of both together, as if their rows had been tallied at once.

        Raises BadInputError for tallies of another measure, definition or interval, or of another last day.
        """
        for what in ("measure", "interval", "as_of"):
            mine, theirs = getattr(self, what), getattr(other, what)
            if mine != theirs:
                raise BadInputError(
                    f"{self.measure.id}: tallies with different {what} do not add up. Tally both alike."
                )
        both = pa.concat_tables([self.table, other.table])
        names = sorted({*self.snapshot.split("+"), *other.snapshot.split("+")})
        return replace(self, snapshot="+".join(names), table=_added(self.measure, both))


def merge(tallies: Iterable[Tallies]) -> Tallies:
    """All tallies added together. There must be at least one."""
    return reduce(Tallies.add, tallies)


def keys(measure: Measure) -> tuple[str, ...]:
    """The columns that tell a line of the cube from another."""
    return ("period", *measure.cuts, "days") if measure.kind == "days" else ("period", *measure.cuts)


def rolled_up(table: pa.Table, by: Sequence[str], kind: Kind) -> pa.Table:
    """The sums of a cube's lines that are alike in ``by``. Without ``by`` it is one line."""
    totals = table.group_by(list(by)).aggregate([(name, "sum") for name in ADDITIVE[kind]])
    return totals.rename_columns([*by, *ADDITIVE[kind]])


def _added(measure: Measure, table: pa.Table) -> pa.Table:
    order = [(name, "ascending") for name in keys(measure)]
    return rolled_up(table, keys(measure), measure.kind).sort_by(order)


def check_interval(measure: Measure, interval: str) -> Interval:
    """The interval, if the measure is offered by it. Raises UnknownNameError."""
    pick("interval", interval, list(INTERVALS))
    if interval not in measure.intervals:
        raise UnknownNameError(
            f"{measure.id} is not measured by {interval}: choose {', '.join(measure.intervals)}."
        )
    return interval


def grain(measure: Measure, interval: Interval) -> Interval:
    """The interval of the finest cube from which ``interval`` is rolled up: events add up over time."""
    return min(measure.intervals, key=MONTHS.__getitem__) if measure.counted == "events" else interval


def inputs(snapshot: Snapshot, measure: Measure, interval: Interval, persons: Table | None = None) -> Inputs:
    """What the measure's ``rows`` may ask of a snapshot, or of some of its persons.

    Episodes are found when first asked for.
    """

    def table(name: str) -> Table:
        if name == "icd10":
            return ibis.memtable(icd10_table())
        if name in ("episode", "finding"):
            episodes = run(snapshot)
            return episodes.episodes if name == "episode" else episodes.findings
        return snapshot.table(name)

    return Inputs(cache(table), snapshot.as_of, interval, measure.since, snapshot.engine, persons)


def marked(measure: Measure, t: Inputs) -> Table:
    """The measure's rows with their cuts made ready and ``excluded_by``: the first rule that holds, or null.

    Raises BadDefinitionError when ``measure.py`` cannot be asked or lacks a column that the definition needs.
    """
    rows = rows_of(measure, t)
    needed = [
        "person_id",
        "date",
        *("age" if cut == "age_group" else cut for cut in measure.cuts),
        *(exclusion.id for exclusion in measure.exclusions),
        *({"proportion": ["hit"], "ratio": ["hit", "base"], "days": ["days"]}.get(measure.kind, [])),
    ]
    for name in needed:
        if name not in rows.columns:
            raise BadDefinitionError(
                f"content/measures/{measure.id}/measure.py: rows() lacks '{name}'. Add it."
            )
    rows = rows.select(*needed)
    holds: dict[str, BooleanValue] = {
        "no_date": rows.date.isnull(),
        "after_as_of": rows.date > ibis.date(t.as_of.isoformat()),
        **{exclusion.id: rows[exclusion.id] for exclusion in measure.exclusions},
    }
    excluded_by = ibis.cases(*((holds[reason.id], reason.id) for reason in measure.reasons))
    return rows.mutate(excluded_by=excluded_by, **{cut: _cut(rows, cut) for cut in measure.cuts})


def _cut(rows: Table, name: str) -> StringValue:
    """A dimension as text. Nothing is dropped because it is missing: it is ``unknown``."""
    if name == "age_group":
        younger = [(rows.age < limit, group) for limit, group in AGE_GROUPS]
        return ibis.cases((rows.age.isnull(), UNKNOWN), *younger, else_=OLDEST)
    value = rows[name].cast("string")
    if name == "region":
        known = value.isin([region.code for region in regions()])
        return ibis.cases((known, value), else_=UNKNOWN)
    return value.nullif("").fill_null(UNKNOWN)


def expression(measure: Measure, t: Inputs) -> Table:
    """The finest cube as one Ibis expression over the inputs."""
    rows = marked(measure, t)
    rows = rows.filter(rows.excluded_by.isnull())
    unit = {"year": "Y", "quarter": "Q", "month": "M"}[grain(measure, t.interval)]
    rows = rows.mutate(period=rows.date.truncate(unit))
    sums = {
        name: rows.count() if name == "n" else rows.count(where=rows["hit" if name == "hits" else name])
        for name in ADDITIVE[measure.kind]
    }
    return rows.group_by(list(keys(measure))).aggregate(**sums)


def schema(measure: Measure) -> pa.Schema:
    """Arrow types of the measure's cube."""
    fields = [("period", pa.date32()), *((cut, pa.string()) for cut in measure.cuts)]
    fields += [("days", pa.int64())] if measure.kind == "days" else []
    return pa.schema(fields + [(name, pa.int64()) for name in ADDITIVE[measure.kind]])


def cube(measure: Measure, t: Inputs, snapshot: str) -> Tallies:
    """Run the one scan. The lines come sorted, so that the same rows give the same table."""
    table = t.engine.answer(expression(measure, t)).cast(schema(measure))
    order = [(name, "ascending") for name in keys(measure)]
    return Tallies(measure, grain(measure, t.interval), snapshot, t.as_of, table.sort_by(order))


def tally(snapshot: Snapshot, measure: Measure, interval: Interval = "year") -> Tallies:
    """The measure's tallies over a snapshot, by year, quarter or month. Reads the data once."""
    check_interval(measure, interval)
    return cube(measure, inputs(snapshot, measure, interval), snapshot.id).to(interval)
