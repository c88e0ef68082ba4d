"""A snapshot that goes on from an earlier one, made by splitting and altering a synthetic one."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fyrbak.records.manifest import NAME, TableEntry, read_manifest, table_entry, write_manifest

_LATE, _CORRECTED, _RETRACTED = 0.01, 0.01, 0.005


def grow(synthetic: Path, folder: Path, *, seed: int, days: int = 1, share: float = 1.0) -> tuple[Path, Path]:
    """Split a synthetic snapshot into (before, now): now holds all files of before and what has landed since.

    Some rows are late, some are corrected (a day moved, or the whole row to another person), some retracted.
    The last day described moves on by ``days``. ``share`` scales how many rows change.
    """
    manifest = read_manifest(synthetic)
    rng = np.random.default_rng(seed)
    before, now = folder / "before", folder / "now"
    first: dict[str, TableEntry] = {}
    then: dict[str, TableEntry] = {}
    for name, entry in manifest.tables.items():
        if name == "identity":
            continue
        rows = pa.concat_tables([pq.read_table(synthetic / file.path) for file in entry.files])
        rows = _only_newest(rows)
        late = rng.random(len(rows)) < _LATE * share
        if name == "person":
            late[:] = False  # a person comes before the rows about the person
        known = rows.filter(pa.array(~late))
        since = pa.concat_tables([rows.filter(pa.array(late)), *_altered(rng, name, known, share)])
        files = [_written(before, name, "part-00000", known)]
        first[name] = table_entry(before, files, versions=False)
        file = now / files[0].relative_to(before)
        file.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(files[0], file)
        own = table_entry(now, [_written(now, name, "since-00001", since)], versions=False)
        more = tuple(file.model_copy(update={"since": 1}) for file in own.files)
        old = table_entry(now, [file], versions=False)
        then[name] = old.model_copy(update={"rows": old.rows + own.rows, "files": (*old.files, *more)})
    as_of = manifest.as_of - timedelta(days=days)
    base = _manifest(before, as_of, first)
    _manifest(now, manifest.as_of, then)
    _goes_on_from(now, base, as_of)
    return before, now


def _only_newest(rows: pa.Table) -> pa.Table:
    """The current truth alone, each row as its first version: as a snapshot from the database begins."""
    newest = rows.group_by("record_key").aggregate([("version", "max")])
    newest = newest.rename_columns(["record_key", "version"]).cast(
        pa.schema([rows.schema.field("record_key"), rows.schema.field("version")])
    )
    rows = rows.join(newest, ["record_key", "version"], join_type="left semi").sort_by("record_key")
    rows = rows.filter(pc.not_equal(pc.fill_null(rows["status"], "active"), "retracted"))
    rows = _set(rows, "version", pa.array(np.ones(len(rows)), rows.schema.field("version").type))
    return _set(rows, "status", pa.array(["active"] * len(rows), pa.string()))


def _altered(rng: np.random.Generator, name: str, known: pa.Table, share: float) -> Iterator[pa.Table]:
    """Corrected and retracted rows, each with the version that it replaces."""
    lot = rng.random(len(known))
    corrected = known.filter(pa.array(lot < _CORRECTED * share))
    retracted = known.filter(
        pa.array((lot >= _CORRECTED * share) & (lot < (_CORRECTED + _RETRACTED) * share))
    )
    if name == "person":
        retracted = retracted.slice(0, 0)
    yield from (corrected, retracted)
    yield _second(retracted, "retracted")
    corrected = _second(corrected, "corrected")
    if "start_date" in corrected.column_names and len(corrected):
        days = corrected["start_date"].combine_chunks().cast(pa.int32())
        earlier = pc.subtract(days, pa.array(rng.integers(0, 40, len(corrected)), pa.int32()))
        corrected = _set(corrected, "start_date", earlier.cast(pa.date32()))
    if name != "person" and len(corrected) > 1:
        persons = corrected["person_id"].combine_chunks().to_numpy().copy()
        persons[: len(persons) // 4] = rng.permutation(persons)[: len(persons) // 4]
        corrected = _set(corrected, "person_id", pa.array(persons))
    yield corrected


def _second(rows: pa.Table, status: str) -> pa.Table:
    rows = _set(rows, "version", pa.array(np.full(len(rows), 2), rows.schema.field("version").type))
    return _set(rows, "status", pa.array([status] * len(rows), pa.string()))


def _set(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, rows.schema.field(place), values)


def _written(folder: Path, name: str, part: str, rows: pa.Table) -> Path:
    path = folder / name / f"{part}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path)
    return path


def _manifest(folder: Path, as_of: date, tables: dict[str, TableEntry]) -> str:
    return write_manifest(
        folder,
        as_of=as_of,
        title="grown",
        source="database",
        synthetic=True,
        pseudonymous=True,
        tables=tables,
    ).id


def _goes_on_from(folder: Path, base: str, as_of: date) -> None:
    path = folder / NAME
    path.write_text(
        json.dumps(json.loads(path.read_text()) | {"base": base, "base_as_of": as_of.isoformat()})
    )
