"""Tallies and results kept as Parquet, so that a number is computed once and can be found again.

One folder per snapshot, measure and everything that its numbers depend on (its definition, the pathways,
the engine): ``<home>/derived/<snapshot id>/<measure>-<hash>/``. Each file says in its own columns which
measure, version, definition, snapshot, period, unit and cut a number belongs to. Targets are not part of
it: a result is judged when it is read, by the targets in force then.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fyrbak import settings
from fyrbak.definitions import content_hash
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Interval, Measure
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.questions import keep_question
from fyrbak.measures.renewal import renewed
from fyrbak.measures.results import UNIT_DIMENSIONS, Result, columns_of, judged, results
from fyrbak.measures.tallies import Tallies, check_interval, cube, grain, inputs, schema
from fyrbak.pathways.kept import content_version, made_by
from fyrbak.records.people import FILE as PEOPLE
from fyrbak.records.snapshot import Snapshot

_RESULTS = pa.schema(
    {
        **dict.fromkeys(["measure", "version", "definition", "snapshot", "tallies", "period"], pa.string()),
        **dict.fromkeys(["period_start", "period_end"], pa.date32()),
        **dict.fromkeys(["unit", "cut"], pa.string()),
        **dict.fromkeys(["n", "numerator"], pa.int64()),
        **dict.fromkeys(["denominator", "value", "lower", "upper"], pa.float64()),
        "complete": pa.bool_(),
        "suppressed": pa.string(),
    }
)


def fingerprint(measure: Measure) -> str:
    """Twelve hex digits that change with all that the measure's numbers depend on, except the records."""
    return hashlib.sha256(f"{measure.hash}{content_version()}{_engine()}".encode()).hexdigest()[:12]


@cache
def _engine() -> str:
    """Twelve hex digits that change with the code the numbers come from."""
    return content_hash([PEOPLE, *Path(__file__).parent.rglob("*.py")])


def tallies_of(snapshot: Snapshot, measure: Measure, interval: Interval = "year") -> Tallies:
    """The measure's tallies, read if they have been made before. Measures that share rows share tallies."""
    check_interval(measure, interval)
    kept = _tallies_of(snapshot, measure.owner, interval, folder_of(snapshot, measure.owner))
    return kept if measure == kept.measure else replace(kept, measure=measure)


@lru_cache(maxsize=1)  # several tables of one measure are asked for one after the other
def _tallies_of(snapshot: Snapshot, owner: Measure, interval: Interval, folder: Path) -> Tallies:
    finest = grain(owner, interval)
    path = folder / f"tallies-{finest}.parquet"
    if path.is_file():
        table = _read(path, snapshot, owner, owner.cuts)
    else:
        table = _renewed(snapshot, owner, interval)
        if table is None:
            table = cube(owner, inputs(snapshot, owner, interval), snapshot.id).table
            if snapshot.manifest.landed:  # one may go on from it
                keep_question(owner, interval, snapshot, fingerprint(owner))
        _write(path, table, snapshot, owner)
    return Tallies(owner, finest, snapshot.id, snapshot.as_of, table.cast(schema(owner))).to(interval)


def _renewed(snapshot: Snapshot, measure: Measure, interval: Interval) -> pa.Table | None:
    """The finest cube from that of the snapshot before, if it is kept."""
    before = snapshot.before()
    if before is None:
        return None
    path = folder_of(before, measure) / f"tallies-{grain(measure, interval)}.parquet"
    if not path.is_file():
        return None
    known = _read(path, before, measure, measure.cuts).cast(schema(measure))
    return renewed(snapshot, before, measure, interval, known, fingerprint(measure))


def results_of(
    snapshot: Snapshot,
    measure: Measure,
    by: Sequence[str] = (),
    interval: Interval = "year",
    *,
    within: Mapping[str, str] | None = None,
) -> list[Result]:
    """The measure's results, read if they have been made before, and judged by the targets.

    With ``within`` only those of these values of dimensions, which are among ``by``. None where the snapshot
    lacks a table that the measure needs (:func:`lacking` says which). Raises UnknownNameError for a
    dimension or an interval that the measure lacks.
    """
    check_interval(measure, interval)
    columns_of(measure, by)
    if lacking(snapshot, measure):
        return []
    path = folder_of(snapshot, measure) / f"results-{'-'.join((interval, *by))}.parquet"
    if not path.is_file():
        found = results(tallies_of(snapshot, measure, interval), by)
        definition = fingerprint(measure)
        table = pa.Table.from_pylist([_flat(result, definition) for result in found], _RESULTS)
        _write(path, table, snapshot, measure)
    kept = _within(_read(path, snapshot, measure), by, within or {})
    return list(_restored(kept.to_pylist(), measure))


def _within(kept: pa.Table, by: Sequence[str], within: Mapping[str, str]) -> pa.Table:
    """The rows of these values. Rows become results one by one, so those that nobody asks for go before."""
    unit = next((name for name in UNIT_DIMENSIONS if name in by), "")
    for name, value in within.items():
        # A quotation mark within a value is escaped there, so that this can be nothing but the pair.
        pair = f"{json.dumps(name)}: {json.dumps(value)}"
        own = pc.equal(kept["unit"], value) if name == unit else pc.match_substring(kept["cut"], pair)
        kept = kept.filter(own)
    return kept


def lacking(snapshot: Snapshot, measure: Measure) -> list[str]:
    """The tables that the measure needs and that have no rows. Without one of them it cannot be measured."""
    return [name for name in measure.needs if not snapshot.rows(name)]


def folder_of(snapshot: Snapshot, measure: Measure) -> Path:
    """Where what is found of a measure in a snapshot is kept: another for whatever else it depends on."""
    return (
        settings.HOME / "derived" / snapshot.id / f"{measure.key}-{fingerprint(measure)}{made_by(snapshot)}"
    )


def _origin(snapshot: Snapshot, measure: Measure) -> dict[bytes, bytes]:
    return {b"snapshot": snapshot.id.encode(), b"definition": fingerprint(measure).encode()}


def _write(path: Path, table: pa.Table, snapshot: Snapshot, measure: Measure) -> None:
    """Write under another name first: a run that is broken off leaves no half file behind."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number, unfinished = tempfile.mkstemp(dir=path.parent, prefix=".unfinished-")
    os.close(number)
    try:
        pq.write_table(table.replace_schema_metadata(_origin(snapshot, measure)), unfinished)
        Path(unfinished).rename(path)
    finally:
        Path(unfinished).unlink(missing_ok=True)


def _read(path: Path, snapshot: Snapshot, measure: Measure, words: Sequence[str] = ()) -> pa.Table:
    """Read a file; ``words`` are its columns with few values that come often."""
    try:
        table = pq.ParquetFile(path, read_dictionary=words).read()
    except (pa.ArrowInvalid, OSError):
        raise BadInputError(f"{path}: not a whole Parquet file. Remove it; it is made again.") from None
    metadata = table.schema.metadata or {}
    if {name: metadata.get(name) for name in (b"snapshot", b"definition")} != _origin(snapshot, measure):
        raise BadInputError(f"{path}: made from another snapshot or definition. Remove it; it is made again.")
    return table


def _flat(result: Result, definition: str) -> dict[str, Any]:
    why = result.suppression.reason if result.suppression else None
    own = {"definition": definition, "cut": json.dumps(dict(result.cut)), "suppressed": why}
    return {name: own[name] if name in own else getattr(result, name) for name in _RESULTS.names}


def _restored(rows: Iterable[dict[str, Any]], measure: Measure) -> Iterable[Result]:
    for row in rows:
        del row["definition"]
        why = row.pop("suppressed")
        row["cut"] = json.loads(row["cut"])
        if measure.kind == "proportion" and row["denominator"] is not None:
            row["denominator"] = int(row["denominator"])
        yield judged(Result(**row, suppression=Suppressed(why) if why else None))
