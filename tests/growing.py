"""A snapshot that goes on from an earlier one, made by splitting and altering a synthetic one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fyrbak import settings
from fyrbak.records.manifest import NAME, Manifest, TableEntry, read_manifest, table_entry, write_manifest

_LATE, _CORRECTED, _RETRACTED, _NEWCOMERS = 0.01, 0.01, 0.005, 0.005


def grow(synthetic: Path, folder: Path, *, seed: int, days: int = 1, share: float = 1.0) -> tuple[Path, Path]:
    """Split a synthetic snapshot into (before, now): now holds all files of before and what has landed since.

    Some rows are late, some are corrected (a day moved, or the whole row to another person), some retracted;
    some persons are new, with all their rows. The last day described moves on by ``days``. ``share`` scales
    how many rows change.
    """
    before, now = chain(synthetic, folder, seed=seed, days=[days], share=share)
    return before, now


def chain(
    synthetic: Path,
    folder: Path,
    *,
    seed: int,
    days: Sequence[int],
    share: float = 1.0,
    new: Sequence[str] = (),
) -> list[Path]:
    """As :func:`grow`, again and again: each snapshot goes on from the one before it, by its own ``days``.

    Of the tables ``new`` nothing has come before the first snapshot that goes on from another.
    """
    manifest = read_manifest(synthetic)
    rng = np.random.default_rng(seed)
    names = [name for name in manifest.tables if name != "identity"]
    rows = {name: _whole(synthetic, manifest.tables[name]) for name in names}
    persons = rows["person"]["person_id"].to_numpy()
    newcomers = rng.choice(persons, round(len(persons) * _NEWCOMERS * share), replace=False)
    lands = {
        name: _lands(
            rng, table, newcomers, steps=len(days), share=share, late=name != "person", new=name in new
        )
        for name, table in rows.items()
    }
    as_of = manifest.as_of - timedelta(days=sum(days))
    truth = {name: table.filter(pa.array(lands[name] == 0)) for name, table in rows.items()}
    folders = [folder / "snapshot-0"]
    files = {
        name: [_written(folders[0], name, "part-00000", truth[name])] for name in names if name not in new
    }
    entries = {name: _entry(folders[0], paths) for name, paths in files.items()}
    base = _manifest(folders[0], as_of, entries, None)
    for step, moved in enumerate(days, start=1):
        folders.append(folder / f"snapshot-{step}")
        shutil.copytree(folders[-2], folders[-1], ignore=shutil.ignore_patterns(NAME))
        entries = {}
        for name in names:
            come = rows[name].filter(pa.array(lands[name] == step))
            landed = pa.concat_tables([come, *_altered(rng, name, truth[name], share)])
            truth[name] = _only_newest(pa.concat_tables([truth[name], landed]))
            _written(folders[-1], name, f"since-{step:05}", landed)
            entries[name] = _entry(folders[-1], sorted((folders[-1] / name).iterdir()))
        as_of += timedelta(days=moved)
        base = _manifest(folders[-1], as_of, entries, base)
    return folders


def hand_made(folder: Path, name: str, known: pa.Table, landed: pa.Table, as_of: date) -> tuple[Path, Path]:
    """(before, now) with one table: the rows known before, and those that have landed since."""
    before, now = folder / "before", folder / "now"
    base = _manifest(
        before, as_of, {name: _entry(before, [_written(before, name, "part-00000", known)])}, None
    )
    shutil.copytree(before, now, ignore=shutil.ignore_patterns(NAME))
    _written(now, name, "since-00001", landed)
    _manifest(now, as_of, {name: _entry(now, sorted((now / name).iterdir()))}, base)
    return before, now


def forget_answers() -> None:
    """Remove what has been counted, so that it is counted anew, but no question put into words.

    Those do not depend on the rows, and putting them together takes most of the time of a few persons.
    """
    for kept in (settings.HOME / "derived").glob("*"):
        if kept.name != "questions":
            shutil.rmtree(kept)


def _whole(synthetic: Path, entry: TableEntry) -> pa.Table:
    """The current truth alone, each row as its first version: as a snapshot from the database begins."""
    rows = _only_newest(pa.concat_tables([pq.read_table(synthetic / file.path) for file in entry.files]))
    rows = _set(rows, "version", pa.array(np.ones(len(rows)), rows.schema.field("version").type))
    return _set(rows, "status", pa.array(["active"] * len(rows), pa.string()))


def _lands(
    rng: np.random.Generator,
    rows: pa.Table,
    newcomers: np.ndarray,
    *,
    steps: int,
    share: float,
    late: bool,
    new: bool,
) -> np.ndarray:
    """In which snapshot each row comes first. A person comes before the rows about the person."""
    lands = np.where(rng.random(len(rows)) < _LATE * share * late, rng.integers(1, steps + 1, len(rows)), 0)
    persons = rows["person_id"].to_numpy()
    lands[np.isin(persons, newcomers)] = persons[np.isin(persons, newcomers)] % steps + 1
    return np.maximum(lands, 1) if new else lands


def _entry(folder: Path, paths: Sequence[Path]) -> TableEntry:
    """A table of some files, each with the number of the snapshot that it came with."""
    entry = table_entry(folder, list(paths), versions=False)
    since = [int(path.stem.removeprefix("since-")) if path.stem.startswith("since-") else 0 for path in paths]
    files = tuple(file.model_copy(update={"since": n}) for file, n in zip(entry.files, since, strict=True))
    return entry.model_copy(update={"files": files})


def _only_newest(rows: pa.Table) -> pa.Table:
    """Of each key the highest version, unless it is retracted."""
    newest = rows.group_by("record_key").aggregate([("version", "max")])
    newest = newest.rename_columns(["record_key", "version"]).cast(
        pa.schema([rows.schema.field("record_key"), rows.schema.field("version")])
    )
    rows = rows.join(newest, ["record_key", "version"], join_type="left semi").sort_by("record_key")
    return rows.filter(pc.not_equal(pc.fill_null(rows["status"], "active"), "retracted"))


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
    yield _next(retracted, "retracted")
    corrected = _next(corrected, "corrected")
    if "start_date" in corrected.column_names and len(corrected):
        days = corrected["start_date"].combine_chunks().cast(pa.int32())
        earlier = pc.subtract(days, pa.array(rng.integers(0, 40, len(corrected)), pa.int32()))
        corrected = _set(corrected, "start_date", earlier.cast(pa.date32()))
    if name != "person" and len(corrected) > 1:
        persons = corrected["person_id"].combine_chunks().to_numpy().copy()
        persons[: len(persons) // 4] = rng.permutation(persons)[: len(persons) // 4]
        corrected = _set(corrected, "person_id", pa.array(persons))
    yield corrected


def _next(rows: pa.Table, status: str) -> pa.Table:
    """The next version of rows."""
    rows = _set(rows, "version", pc.add(rows["version"], 1).cast(rows.schema.field("version").type))
    return _set(rows, "status", pa.array([status] * len(rows), pa.string()))


def _set(rows: pa.Table, name: str, values: pa.Array) -> pa.Table:
    place = rows.schema.get_field_index(name)
    return rows.set_column(place, rows.schema.field(place), values)


def _written(folder: Path, name: str, part: str, rows: pa.Table) -> Path:
    path = folder / name / f"{part}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(rows, path)
    return path


def _manifest(folder: Path, as_of: date, tables: dict[str, TableEntry], base: Manifest | None) -> Manifest:
    return write_manifest(
        folder,
        as_of=as_of,
        title="grown",
        source="database",
        synthetic=True,
        pseudonymous=True,
        tables=tables,
        base=base,
    )
