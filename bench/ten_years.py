"""A country of ten years: how long the night takes over as many pathways and events as ten years bring.

    python -m bench.ten_years FOLDER [--pathways 1600000] [--events 15000000]

FOLDER is what ``python -m bench --keep`` left of one number of persons (it has ``home`` and ``snapshot``).
The events of its snapshot are repeated in earlier periods, each as long as the data, until there are as many
pathways as wanted, in the last of them for some of the persons. What is then lacking in events are visits and
conferences once more, on the days after. Persons and all other tables are the same. The snapshot is written
once, beside the other. The lists of the bench's own database are then those of the longer history.
"""

from __future__ import annotations

import argparse
import math
import os
import resource
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

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
_START, _SEEN = "point = '10'", "point IN ('25', '35')"  # a start; a visit, a conference


def repeated(snapshot: Path, out: Path, *, pathways: int, events: int) -> None:
    """Write a snapshot with the events of another, the same again in earlier periods, and more within them.

    ``pathways`` and ``events`` are about how many are wanted, within a hundredth or two. All files but those
    of added events are links to the other's.
    """
    manifest = read_manifest(snapshot)
    entry = manifest.tables[_EVENTS]
    shutil.rmtree(out, ignore_errors=True)  # one that was broken off
    (out / _EVENTS).mkdir(parents=True)
    tables = {name: one for name, one in manifest.tables.items() if name != _LEFT_OUT}
    for file in (file for one in tables.values() for file in one.files):
        (out / file.path).parent.mkdir(exist_ok=True)
        (out / file.path).symlink_to((snapshot / file.path).resolve())
    given = [str(snapshot / file.path) for file in entry.files]
    made = _more(given, out / _EVENTS, manifest.as_of, pathways, events)
    added = tuple(file_entry(out, path) for path in made)
    rows = entry.rows + sum(file.rows for file in added)
    tables[_EVENTS] = TableEntry(rows=rows, versions=entry.versions, files=(*entry.files, *added))
    known = snapshot_id(manifest.as_of, tables)
    changed = {"id": known, "tables": tables, "title": f"{manifest.title}, repeated"}
    whole = manifest.model_copy(update=changed).model_dump_json(indent=1)
    (out / NAME).write_text(f"{whole}\n", encoding="utf-8")


def _more(given: list[str], folder: Path, as_of: date, pathways: int, events: int) -> list[Path]:
    """Write what the given events lack, and return the files."""
    server = duckdb.connect()
    server.execute("SET threads = 2; SET memory_limit = '3GB'")
    made: list[Path] = []

    def told(what: str, files: list[str]) -> Any:
        (found,) = server.execute(f"SELECT {what} FROM read_parquet($1)", [files]).fetchall()  # noqa: S608
        return found[0]

    def add(name: str, files: list[str], later: str, which: str) -> None:
        """Add events once more, as they would have been another time, with keys of their own."""
        days = ", ".join(f"({column} + {later})::DATE AS {column}" for column in _MOVED)
        made.append(folder / f"part-{name}.parquet")
        server.execute(
            f"COPY (SELECT * REPLACE ({days}, record_key || '-{name}' AS record_key)"  # noqa: S608
            f" FROM read_parquet($1) WHERE {which}) TO '{made[-1]}' (FORMAT parquet, COMPRESSION zstd)",
            [files],
        )

    years = -(-(as_of - told("min(start_date)", given)).days // 365)
    for number, share in _shares(pathways / told(f"count(*) FILTER ({_START})", given) - 1):
        add(
            f"{number * years}-years-before", given,
            f"to_years({-number * years})", f"hash(person_id) % 1000 < {1000 * share}",
        )  # fmt: skip
    files = [*given, *map(str, made)]
    lacking = (events - told("count(*)", files)) / told(f"count(*) FILTER ({_SEEN})", files)
    for number, share in _shares(lacking):
        add(
            f"{number}-days-after", files, f"to_days({number})",
            f"{_SEEN} AND start_date + {number} <= '{as_of}' AND hash(record_key) % 1000 < {1000 * share}",
        )  # fmt: skip
    return made


def _shares(times: float) -> Iterator[tuple[int, float]]:
    """The numbers 1, 2, ... of as many times as it takes, each with its share: all of it but in the last."""
    for number in range(1, math.ceil(times) + 1):
        yield number, min(1.0, times - number + 1)


def main() -> None:
    """Measure the night of ten years and print it."""
    parser = argparse.ArgumentParser(
        prog="bench.ten_years", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, help="what a bench run has kept of one number of persons")
    parser.add_argument("--pathways", type=int, default=1_600_000, help="how many pathways there are to be")
    parser.add_argument("--events", type=int, default=15_000_000, help="how many events there are to be")
    given = parser.parse_args()
    settings.HOME = (given.folder / "home").resolve()
    prepare_database(settings.HOME)
    out = given.folder / f"ten-years-{given.pathways}-{given.events}"
    if not (out / NAME).is_file():
        repeated(given.folder / "snapshot", out, pathways=given.pathways, events=given.events)
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
