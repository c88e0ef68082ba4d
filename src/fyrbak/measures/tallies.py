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
import pyarrow.compute as pc
from ibis.expr.types import BooleanValue, IntegerScalar, StringValue, Table

from fyrbak.definitions import pick
from fyrbak.engines.hashes import hash_of
from fyrbak.engines.lines import WORDS, added
from fyrbak.errors import BadDefinitionError, BadInputError, UnknownNameError
from fyrbak.measures.definitions import INTERVALS, Interval, Kind, Measure
from fyrbak.measures.inputs import MONTHS, Inputs, Known, period_start
from fyrbak.measures.rows import rows_of
from fyrbak.pathways.definitions import icd10_table
from fyrbak.pathways.run import run
from fyrbak.records.organisations import regions
from fyrbak.records.snapshot import Snapshot

UNKNOWN = "unknown"
AGE_GROUPS = ((18, "0-17"), (40, "18-39"), (50, "40-49"), (60, "50-59"), (70, "60-69"), (80, "70-79"))
OLDEST = "80+"
FIVE_YEARS = range(0, 90, 5)  # first ages of the groups that standard populations have; the last one is open
AGES_OF = {
    "age_group": (AGE_GROUPS, OLDEST),
    "age_group_5": (tuple((age + 5, f"{age}-{age + 4}") for age in FIVE_YEARS[:-1]), f"{FIVE_YEARS[-1]}+"),
}

# The columns that add, by kind. In histograms ``days`` is one more column to group by.
ADDITIVE: dict[Kind, tuple[str, ...]] = {
    "count": ("n",),
    "proportion": ("n", "hits"),
    "ratio": ("hits", "base"),
    "days": ("n",),
    "survival": ("n", "hits"),
    "rate": ("hits", "time", "at_risk"),
}
HISTOGRAMS: tuple[Kind, ...] = ("days", "survival")

# What the rows must carry besides the cuts, by kind.
CARRIED: dict[Kind, tuple[str, ...]] = {
    "count": (),
    "proportion": ("hit",),
    "ratio": ("hit", "base"),
    "days": ("days",),
    "survival": ("days", "event"),
    "rate": ("hit", "person_days", "at_risk"),
}
# The column that says which of the rows are hits, of the kinds that have one.
HIT = {kind: name for kind, names in CARRIED.items() for name in names if name in ("hit", "event")}


@dataclass(frozen=True)
class Tallies:
    """A measure's cube.

    ``table`` has ``period`` (first day), the measure's cuts, ``days`` for histograms, and whole numbers to
    add: ``n``; ``hits`` (numerator, events); ``base`` (what a ratio's divisor divides); ``time``
    (person-days); ``at_risk`` (those whose time goes on after the last day). In kind ``survival`` ``n`` are
    those followed until that day, ``hits`` those of them who had the event.
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
        return replace(self, interval=interval, table=together(self.measure, self._by(interval)))

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
        both = together(self.measure, self.table, other.table)
        names = sorted({*self.snapshot.split("+"), *other.snapshot.split("+")})
        return replace(self, snapshot="+".join(names), table=both)


def merge(tallies: Iterable[Tallies]) -> Tallies:
    """All tallies added together. There must be at least one."""
    return reduce(Tallies.add, tallies)


def keys(measure: Measure) -> tuple[str, ...]:
    """The columns that tell a line of the cube from another."""
    days = ("days",) if measure.kind in HISTOGRAMS else ()
    return ("period", *measure.cuts, *days)


def together(measure: Measure, *tables: pa.Table) -> pa.Table:
    """Several cubes of one measure as one: lines added, those that are nothing left out, in a fixed order."""
    return added(pa.concat_tables(tables), keys(measure), ADDITIVE[measure.kind], zeros=False)


def negated(measure: Measure, table: pa.Table) -> pa.Table:
    """A cube to add to another, so as to take away from it what its rows were counted as."""
    for name in ADDITIVE[measure.kind]:
        table = table.set_column(table.schema.get_field_index(name), name, pc.negate(table[name]))
    return table


def check_interval(measure: Measure, interval: str) -> Interval:
    """The interval, if the measure is offered by it. Raises UnknownNameError."""
    pick("interval", interval, list(INTERVALS))
    if interval not in measure.intervals:
        raise UnknownNameError(
            f"{measure.id} is not measured by {interval}: choose {', '.join(measure.intervals)}."
        )
    return interval


def grain(measure: Measure, interval: Interval) -> Interval:
    """The interval of the finest cube from which ``interval`` is rolled up: a status does not add up."""
    return interval if measure.counted == "status" else min(measure.intervals, key=MONTHS.__getitem__)


def inputs(snapshot: Snapshot, measure: Measure, interval: Interval, persons: Table | None = None) -> Inputs:
    """What the measure's ``rows`` may ask of a snapshot, or of some of its persons.

    Episodes are found when first asked for.
    """

    def table(name: str) -> Table:
        if name == "icd10":
            return ibis.memtable(icd10_table())
        if name in ("episode", "finding"):
            found = run(snapshot)
            rows = found.episodes if name == "episode" else found.findings
            return rows if persons is None else rows.semi_join(persons, "person_id")
        return snapshot.table(name, persons)

    days = Known(snapshot.as_of, snapshot.first_day)
    return Inputs(cache(table), days, interval, measure.since, snapshot.engine)


def columns_needed(measure: Measure) -> list[str]:
    """The columns that ``measure.py`` must give; no other has any effect."""
    return [
        "person_id",
        "date",
        *dict.fromkeys("age" if cut in AGES_OF else cut for cut in measure.cuts),
        *(exclusion.id for exclusion in measure.exclusions),
        *CARRIED[measure.kind],
    ]


def marked(measure: Measure, t: Inputs, also: Sequence[str] = ()) -> Table:
    """The measure's rows with their cuts made ready and ``excluded_by``: the first rule that holds, or null.

    ``also`` names columns to keep where the rows have them.
    Raises BadDefinitionError when ``measure.py`` cannot be asked or lacks a column that the definition needs.
    """
    rows, needed = rows_of(measure, t), columns_needed(measure)
    for name in needed:
        if name not in rows.columns:
            raise BadDefinitionError(
                f"content/measures/{measure.id}/measure.py: rows() lacks '{name}'. Add it."
            )
    rows = rows.select(*needed, *(name for name in also if name in rows.columns))
    holds: dict[str, BooleanValue] = {
        "no_date": rows.date.isnull(),
        "after_as_of": rows.date > t.as_of,
        **{exclusion.id: rows[exclusion.id] for exclusion in measure.exclusions},
    }
    excluded_by = ibis.cases(*((holds[reason.id], reason.id) for reason in measure.reasons))
    return rows.mutate(excluded_by=excluded_by, **{cut: _cut(rows, cut) for cut in measure.cuts})


def _cut(rows: Table, name: str) -> StringValue:
    """A dimension as text. Nothing is dropped because it is missing: it is ``unknown``."""
    if name in AGES_OF:
        groups, oldest = AGES_OF[name]
        younger = [(rows.age < limit, group) for limit, group in groups]
        return ibis.cases((rows.age.isnull(), UNKNOWN), *younger, else_=oldest)
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
    sums = {name: _sum(rows, name, measure.kind) for name in ADDITIVE[measure.kind]}
    return rows.group_by(list(keys(measure))).aggregate(**sums)


def _sum(rows: Table, name: str, kind: Kind) -> IntegerScalar:
    """The sum of a column that adds. Time that is missing is none."""
    if name == "n":
        return rows.count()
    if name == "time":
        return rows.person_days.fill_null(0).cast("int64").sum()
    return rows.count(where=rows[HIT[kind] if name == "hits" else name])


def schema(measure: Measure) -> pa.Schema:
    """Arrow types of the measure's cube."""
    fields = [("period", pa.date32()), *((cut, WORDS) for cut in measure.cuts)]
    fields += [("days", pa.int64())] if measure.kind in HISTOGRAMS else []
    return pa.schema(fields + [(name, pa.int64()) for name in ADDITIVE[measure.kind]])


def cube(measure: Measure, t: Inputs, snapshot: str) -> Tallies:
    """Run the one scan. The lines come sorted, so that the same rows give the same table."""
    assert isinstance(t.days, Known)  # noqa: S101 - tallies are those of a day
    table = t.engine.answer(expression(measure, t)).cast(schema(measure))
    return Tallies(measure, grain(measure, t.interval), snapshot, t.days.as_of, together(measure, table))


def tally(snapshot: Snapshot, measure: Measure, interval: Interval = "year") -> Tallies:
    """The measure's tallies over a snapshot, by year, quarter or month. Reads the data once."""
    check_interval(measure, interval)
    return cube(measure, inputs(snapshot, measure, interval), snapshot.id).to(interval)
