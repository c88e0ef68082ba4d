"""Tallies that regions share instead of rows: written by each, added up by anybody.

What is shared is one table per measure. Either it is the finest cube, *by agreement*, and merges exactly; or
it is a table by a few dimensions in which small numbers are *suppressed*, and merges into sums that are at
least so large. The file says which, and under which agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from importlib.metadata import version
from itertools import combinations
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from fyrbak.definitions import Definition
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.inputs import Known
from fyrbak.measures.numbers import Cell
from fyrbak.measures.results import Result, columns_of, released
from fyrbak.measures.store import fingerprint, lacking, tallies_of
from fyrbak.measures.tallies import (
    ADDITIVE,
    HISTOGRAMS,
    Tallies,
    check_interval,
    inputs,
    schema,
    together,
)
from fyrbak.records.organisations import COUNTRY, hospitals, organisation, regions, regions_of, within
from fyrbak.records.snapshot import Snapshot

FORMAT = "fyrbak-tallies/1"
HIDDEN = "hidden"  # how many of the lines added up here were suppressed
_SUPPRESSED, _BY_AGREEMENT = "suppressed", "by agreement"


class _Heading(Definition):
    """What a file of tallies says of itself. ``definition`` is the measure's hash."""

    format: str
    measure: str
    version: str
    definition: str
    made_by: str
    interval: Interval
    as_of: date
    begins: dict[str, int]
    sources: tuple[str, ...]
    snapshots: tuple[str, ...]
    engines: tuple[str, ...]
    dimensions: tuple[str, ...]
    shared: str
    agreement: str | None
    synthetic: bool
    software: str


@dataclass(frozen=True)
class Shared:
    """Tallies as they are shared. ``sources`` are the codes of those whose persons are counted.

    ``table`` has ``period``, ``dimensions``, ``days`` of histograms, the sums, and ``hidden``. Sums of lines
    in which something is hidden are null, or what is known of them. ``agreement`` is None where small numbers
    are suppressed. ``begins`` are the first years of the tables that the measure asks for them.
    """

    measure: Measure
    made_by: str
    interval: Interval
    as_of: date
    begins: dict[str, int]
    sources: tuple[str, ...]
    snapshots: tuple[str, ...]
    engines: tuple[str, ...]
    dimensions: tuple[str, ...]
    agreement: str | None
    synthetic: bool
    table: pa.Table

    def of_those_who_shared(self, found: Iterable[Result]) -> Iterator[Result]:
        """The results but those of regions, and their hospitals, that have shared nothing.

        Of such a region the others know some of its persons at most, and their zero is not its zero.
        """
        shared = {one.code for code in self.sources for one in (organisation(code), *regions_of(code))}
        if COUNTRY in shared:
            yield from found
            return
        silent = {one.code for one in regions()} - shared
        silent |= {one.code for one in hospitals() if one.parent in silent}
        yield from (one for one in found if not {one.unit, one.cut.get("region", "")} & silent)

    @property
    def at_least(self) -> bool:
        """Whether sums are only known to be at least so large."""
        return self.agreement is None

    @property
    def name(self) -> str:
        """What its files are called, without their endings. Not all systems take a colon."""
        return f"{self.measure.id}-{self.interval}-{'-'.join(self.sources)}".replace(":", "-")

    def tallies(self) -> Tallies:
        """As tallies, to make results of. Raises BadInputError where sums are not exact."""
        if self.at_least:
            raise BadInputError(
                f"{self.measure.id}: small numbers are suppressed in what was shared, so that only sums of "
                "at least so many are known, and no shares. Share it by agreement for results."
            )
        lines = self.table.select(schema(self.measure).names).cast(schema(self.measure))
        table = together(self.measure, lines)
        return Tallies(self.measure, self.interval, "+".join(self.snapshots), self.as_of, table)


def share(
    snapshot: Snapshot,
    measure: Measure,
    interval: Interval,
    *,
    source: str,
    agreement: str | None = None,
    by: Sequence[str] = (),
) -> Shared:
    """A region's tallies: the finest cube under an agreement, else a table ``by`` dimensions, suppressed.

    Raises UnknownNameError for a source, interval or dimension that does not exist, BadInputError for a table
    that is lacking and for a histogram without an agreement: its days are small numbers nearly all.
    """
    organisation(source)
    check_interval(measure, interval)
    if absent := lacking(snapshot, measure):
        raise BadInputError(f"{measure.id} cannot be measured: the snapshot has no {', '.join(absent)}.")
    if agreement is not None and (not agreement.strip() or by):
        raise BadInputError(
            f"{measure.id}: say which agreement protects it, and no dimensions: all of them are shared."
        )
    if agreement is None and measure.kind in HISTOGRAMS:
        raise BadInputError(
            f"{measure.id}: its tallies are days of few persons each, so that suppression leaves nothing. "
            "Share it by agreement (--protected)."
        )
    tallies = tallies_of(snapshot, measure, interval)
    table = _whole(tallies) if agreement is not None else _suppressed(tallies, by)
    return Shared(
        measure, fingerprint(measure), interval, snapshot.as_of, _begins(snapshot, measure, interval),
        (source,), (snapshot.id,), (snapshot.engine.name,),
        measure.cuts if agreement is not None else columns_of(measure, by), agreement,
        snapshot.synthetic, table,
    )  # fmt: skip


def _begins(snapshot: Snapshot, measure: Measure, interval: Interval) -> dict[str, int]:
    """The first year of each table whose beginning the measure's rows ask for: the only thing they take from
    persons other than their own."""
    asked: dict[str, int] = {}
    t = inputs(snapshot, measure, interval)

    def first_day(name: str) -> date | None:
        day = snapshot.first_day(name)
        if day:
            asked[name] = day.year
        return day

    measure.rows(replace(t, days=Known(snapshot.as_of, first_day)))
    return asked


def _whole(tallies: Tallies) -> pa.Table:
    measure, table = tallies.measure, tallies.table
    table = table.append_column(HIDDEN, pa.array([0] * table.num_rows, pa.int64()))
    return table.cast(_schema(measure, measure.cuts, suppressed=False))


def _suppressed(tallies: Tallies, by: Sequence[str]) -> pa.Table:
    """A table as it is released, as sums: nulls where a line is hidden."""
    columns = columns_of(tallies.measure, by)
    sums = _sums(tallies.measure, suppressed=True)
    lines = [
        {
            "period": period,
            **dict(zip(columns, values, strict=True)),
            **{name: None if result.suppressed else getattr(cell, name) for name in sums},
            HIDDEN: int(result.suppressed),
        }
        for (period, values), (result, cell) in released(tallies, by).items()
    ]
    return pa.Table.from_pylist(lines, _schema(tallies.measure, columns, suppressed=True))


def _sums(measure: Measure, *, suppressed: bool) -> tuple[str, ...]:
    """The sums that are shared: where small numbers are suppressed, those that numbers are made of."""
    return tuple(name for name in ADDITIVE[measure.kind] if not suppressed or name in Cell._fields)


def _schema(measure: Measure, dimensions: Sequence[str], *, suppressed: bool) -> pa.Schema:
    fields = [("period", pa.date32()), *((name, pa.string()) for name in dimensions)]
    fields += [("days", pa.int64())] if measure.kind in HISTOGRAMS else []
    return pa.schema(
        [*fields, *((name, pa.int64()) for name in (*_sums(measure, suppressed=suppressed), HIDDEN))]
    )


def merge(shared: Sequence[Shared]) -> Shared:
    """What several regions shared of one measure, added up.

    The result is exact only where all was shared by agreement. Raises BadInputError in one line for tallies
    that do not add up: made from other definitions, by another interval or last day, cut otherwise, begun in
    another year, and for persons or a snapshot that are there twice: a region sent alone and inside its RCC
    is there twice.
    """
    first = shared[0]
    for other in shared[1:]:
        for what in _DIFFERS:
            if getattr(first, what) != getattr(other, what):
                raise BadInputError(
                    f"{first.measure.id}: {first.name} and {other.name} differ in {_DIFFERS[what]}: "
                    f"{_said(getattr(first, what))} and {_said(getattr(other, what))}. Export them alike."
                )
    for one, other in combinations(shared, 2):
        if twice := {*one.snapshots} & {*other.snapshots}:
            raise BadInputError(
                f"{first.measure.id}: the snapshot {min(twice)} was sent twice. Remove one of the files."
            )
        if _places(one) & _places(other):
            raise BadInputError(
                f"{first.measure.id}: {_said(one.sources)} and {_said(other.sources)} count the same persons."
                " Remove one of the files."
            )
    agreements = {one.agreement for one in shared}
    return replace(
        first,
        sources=tuple(sorted(code for one in shared for code in one.sources)),
        snapshots=tuple(sorted(code for one in shared for code in one.snapshots)),
        engines=tuple(sorted({name for one in shared for name in one.engines})),
        agreement=None if None in agreements else "; ".join(sorted(cast(set[str], agreements))),
        table=_added(first, [one.table for one in shared]),
    )


_DIFFERS = {
    "made_by": "definition or program",
    "interval": "interval",
    "as_of": "last day",
    "begins": "the first year of their tables",
    "dimensions": "dimensions",
    "synthetic": "whether the persons are invented",
}


def _said(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _places(shared: Shared) -> frozenset[str]:
    """All whose persons are counted: a region stands for its hospitals, an RCC for its regions."""
    return frozenset().union(*map(within, shared.sources))


def _added(first: Shared, tables: Sequence[pa.Table]) -> pa.Table:
    """The tables' lines added; what is hidden adds nothing to a sum and is counted beside it."""
    names = [name for name in first.table.schema.names if all(name in t.schema.names for t in tables)]
    keys = [name for name in names if name not in (*ADDITIVE[first.measure.kind], HIDDEN)]
    sums = [name for name in names if name not in keys]
    totals = (
        pa.concat_tables([table.select(names) for table in tables])
        .group_by(keys)
        .aggregate([(name, "sum") for name in sums])
    )
    return totals.rename_columns([*keys, *sums]).sort_by([(name, "ascending") for name in keys])


def write(shared: Shared, folder: Path) -> Path:
    """Write ``<name>.parquet``, with everything that a receiver must know in the schema's metadata."""
    heading = _Heading(
        format=FORMAT,
        measure=shared.measure.id,
        version=shared.measure.version,
        definition=shared.measure.hash,
        made_by=shared.made_by,
        interval=shared.interval,
        as_of=shared.as_of,
        begins=shared.begins,
        sources=shared.sources,
        snapshots=shared.snapshots,
        engines=shared.engines,
        dimensions=shared.dimensions,
        shared=_SUPPRESSED if shared.at_least else _BY_AGREEMENT,
        agreement=shared.agreement,
        synthetic=shared.synthetic,
        software=version("fyrbak"),
    )
    path = folder / f"{shared.name}.parquet"
    said = heading.model_dump_json().encode()
    pq.write_table(shared.table.replace_schema_metadata({b"fyrbak": said}), path)
    return path


def read(path: Path) -> Shared:
    """Read what :func:`write` wrote.

    Raises BadInputError for a file that is something else, that was made from another definition than the
    one here, or whose sums cannot be; UnknownNameError for a measure or organisation that is not known here.
    """
    try:
        table = pq.read_table(path)
        heading = _Heading.model_validate_json((table.schema.metadata or {})[b"fyrbak"])
    except (pa.ArrowInvalid, OSError, KeyError):
        raise BadInputError(
            f"{path}: no tallies as `fyrbak tally export` writes them. Export them again."
        ) from None
    except ValidationError as error:
        said = error.errors()[0]
        where = ".".join(map(str, said["loc"])) or "metadata"
        raise BadInputError(
            f"{path}: what the file says of itself cannot be read ({where}: {said['msg']}). "
            "Export the tallies again."
        ) from None
    if heading.format != FORMAT:
        raise BadInputError(f"{path}: the format is not {FORMAT}. Export the tallies again.")
    for code in heading.sources:
        organisation(code)
    measure = measure_named(heading.measure)
    theirs, ours = (heading.version, heading.definition), (measure.version, measure.hash)
    if theirs != ours:
        raise BadInputError(
            f"{path}: made from version {' '.join(theirs)} of {measure.id}; here it is {' '.join(ours)}. "
            "Export the tallies with the same content."
        )
    if not table.schema.equals(_schema(measure, heading.dimensions, suppressed=heading.agreement is None)):
        raise BadInputError(f"{path}: the columns are not those of {measure.id}. Export the tallies again.")
    if fault := _impossible(measure, table, suppressed=heading.agreement is None):
        raise BadInputError(f"{path}: {fault}. Export the tallies again.")
    return Shared(
        measure, heading.made_by, heading.interval, heading.as_of, heading.begins, heading.sources,
        heading.snapshots, heading.engines, heading.dimensions, heading.agreement, heading.synthetic,
        table.replace_schema_metadata(None),
    )  # fmt: skip


def _impossible(measure: Measure, table: pa.Table, *, suppressed: bool) -> str:
    """Why a table cannot be tallies of the measure; empty if it can."""
    sums = _sums(measure, suppressed=suppressed)
    for name in (*sums, HIDDEN):
        if pc.any(pc.less(table[name], 0)).as_py():
            return f"{name} is below 0 in some line"
        if (name == HIDDEN or not suppressed) and table[name].null_count:
            return f"{name} is missing in some line"
    if not suppressed and pc.any(pc.greater(table[HIDDEN], 0)).as_py():
        return "some line is hidden, though all is shared by agreement"
    if {"n", "hits"} <= {*sums} and pc.any(pc.greater(table["hits"], table["n"])).as_py():
        return "hits is above n in some line"
    return ""


def read_all(folders: Sequence[Path]) -> Iterator[Shared]:
    """Everything that was shared in some folders. Raises BadInputError for a folder that holds none."""
    for folder in folders:
        paths = sorted(folder.glob("*.parquet"))
        if not paths:
            raise BadInputError(f"{folder}: there are no tallies (*.parquet). Check the path.")
        yield from map(read, paths)
