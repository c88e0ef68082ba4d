"""A country of ten years: how long the night's work takes over as many events as ten years bring.

    python -m bench.ten_years FOLDER [--events 15000000]

FOLDER is what ``python -m bench --keep`` left of one number of persons (it has ``home`` and ``snapshot``).
The events of its snapshot are repeated in earlier periods, each as long as the data, until there are as many
as wanted; persons and all other tables are the same. The snapshot is written once, beside the other. The
lists of the bench's own database are then those of the longer history.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
from datetime import date
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")

import django

django.setup()

import duckdb

from bench.machine import describe
from bench.worklist import told, whole_night
from fyrbak import settings
from fyrbak.pathways.run import run
from fyrbak.records.manifest import (
    NAME,
    Manifest,
    TableEntry,
    file_entry,
    read_manifest,
    snapshot_id,
)
from fyrbak.records.prepare import prepare_database
from fyrbak.records.snapshot import Snapshot

_EVENTS = "pathway_event"
_LEFT_OUT = "background"  # large, and nothing of the night reads it
_MOVED = ("start_date", "end_date", "recorded_at", "original_start")


def repeated(snapshot: Path, out: Path, events: int) -> Manifest:
    """Write a snapshot whose events are those of another, and the same again in earlier periods.

    ``events`` is the least number wanted. All files but those of earlier events are links to the other's.
    """
    manifest = read_manifest(snapshot)
    entry = manifest.tables[_EVENTS]
    times = max(1, -(-events // entry.rows))
    shutil.rmtree(out, ignore_errors=True)  # one that was broken off
    (out / _EVENTS).mkdir(parents=True)
    tables = {name: one for name, one in manifest.tables.items() if name != _LEFT_OUT}
    for file in (file for one in tables.values() for file in one.files):
        (out / file.path).parent.mkdir(exist_ok=True)
        (out / file.path).symlink_to((snapshot / file.path).resolve())
    files = [str(snapshot / file.path) for file in entry.files]
    years = _years(files, manifest.as_of)
    earlier = [_earlier(files, out, number * years) for number in range(1, times)]
    moved = tuple(file_entry(out, path) for path in earlier)
    tables[_EVENTS] = TableEntry(
        rows=entry.rows * times, versions=entry.versions, files=(*entry.files, *moved)
    )
    known = snapshot_id(manifest.as_of, tables)
    made = manifest.model_copy(update={"id": known, "tables": tables, "title": f"{manifest.title}, repeated"})
    (out / NAME).write_text(made.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return made


def _years(files: list[str], as_of: date) -> int:
    """How many whole years the events span."""
    rows = duckdb.connect().execute("SELECT min(start_date) FROM read_parquet($1)", [files]).fetchone()
    first: date = rows[0] if rows else as_of
    return as_of.year - first.year + (as_of.replace(year=first.year) > first)


def _earlier(files: list[str], out: Path, years: int) -> Path:
    """Write the events as they would have been some years before, as rows with keys of their own."""
    path = out / _EVENTS / f"part-{years:03}-years-before.parquet"
    server = duckdb.connect()
    names = [
        name for name, *_ in server.execute("DESCRIBE SELECT * FROM read_parquet($1)", [files]).fetchall()
    ]
    days = ", ".join(f"({name} - to_years({years}))::DATE AS {name}" for name in names if name in _MOVED)
    server.execute("SET threads = 2; SET memory_limit = '3GB'")
    server.execute(
        f"COPY (SELECT * REPLACE ({days}, record_key || '-{years}' AS record_key)"  # noqa: S608
        f" FROM read_parquet($1)) TO '{path}' (FORMAT parquet, COMPRESSION zstd)",
        [files],
    )
    return path


def main() -> None:
    """Measure the night of ten years and print it."""
    parser = argparse.ArgumentParser(prog="bench.ten_years", description=__doc__)
    parser.add_argument("folder", type=Path, help="what a bench run has kept of one number of persons")
    parser.add_argument("--events", type=int, default=15_000_000, help="how many events there are to be")
    given = parser.parse_args()
    settings.HOME = (given.folder / "home").resolve()
    prepare_database(settings.HOME)
    out = given.folder / f"ten-years-{given.events}"
    if not (out / NAME).is_file():
        repeated(given.folder / "snapshot", out, given.events)
    snapshot = Snapshot.open(out, verify=False)
    laps, _ = whole_night(snapshot)
    pathways = run(snapshot).episodes.count().to_pyarrow().as_py()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**10
    print(f"machine: {describe()}")  # noqa: T201 - the benchmark's output
    print(  # noqa: T201
        f"{snapshot.rows(_EVENTS):,} events, {pathways:,} pathways: {told(laps)};"
        f" {peak:,.0f} MiB without the server"
    )


if __name__ == "__main__":
    main()
