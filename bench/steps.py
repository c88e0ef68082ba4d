"""The steps of the loop, each run in a process of its own so that its memory can be taken.

    python -m bench.steps NAME FOLDER PERSONS SEED

FOLDER holds what the steps make: ``extract``, ``snapshot``, ``day`` (a delivery) and ``next`` (the snapshot
that goes on from the other). The last line of the output is the step's own seconds: imports and the start of
the server are not in it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")

import django

django.setup()

import numpy as np
import pyarrow.dataset  # noqa: F401 - with it comes pandas, which libraries load when they first need it

from bench.worklist import worklist
from fyrbak import settings
from fyrbak.measures.definitions import measures
from fyrbak.measures.store import lacking, results_of, tallies_of
from fyrbak.pathways.run import run
from fyrbak.records.intake import take_in
from fyrbak.records.manifest import read_manifest
from fyrbak.records.prepare import prepare_database
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import write_snapshot
from fyrbak.records.synth.generate import checked, generate

AS_OF = date(2025, 6, 30)
BACKGROUND_FROM = 2017  # the country then has more than a hundred million rows


def synth(folder: Path, persons: int, seed: int) -> None:
    request = checked(persons=persons, seed=seed, regions=(), as_of=AS_OF, background_from=BACKGROUND_FROM)
    generate(folder / "extract", request)


def intake(folder: Path, _persons: int, seed: int) -> None:
    _take_in(folder / "extract", seed)


def snapshot(folder: Path, persons: int, _seed: int) -> None:
    write_snapshot(out=folder / "snapshot", as_of=AS_OF, title=f"bench {persons}")


def pathways(folder: Path, _persons: int, _seed: int) -> None:
    print(run(Snapshot.open(folder / "snapshot", verify=False)).hash)  # noqa: T201 - read by the caller


def all_measures(folder: Path, _persons: int, _seed: int) -> None:
    print(_answers(Snapshot.open(folder / "snapshot", verify=False)))  # noqa: T201 - read by the caller


def day_intake(folder: Path, _persons: int, seed: int) -> None:
    _take_in(folder / "day", seed + 1)


def day_snapshot(folder: Path, _persons: int, _seed: int) -> None:
    write_snapshot(
        out=folder / "next", as_of=AS_OF + timedelta(days=1), title="a day later", since=folder / "snapshot"
    )


def day_pathways(folder: Path, _persons: int, _seed: int) -> None:
    run(Snapshot.open(folder / "next", verify=False))


def day_measures(folder: Path, _persons: int, _seed: int) -> None:
    print(_answers(Snapshot.open(folder / "next", verify=False)))  # noqa: T201 - read by the caller


def day_again(folder: Path, persons: int, seed: int) -> None:
    """Pathways and measures of the next day once more: what is asked has been put together the first time."""
    for answer in (settings.HOME / "derived").glob(f"{read_manifest(folder / 'next').id}*"):
        shutil.rmtree(answer)
    day_pathways(folder, persons, seed)
    day_measures(folder, persons, seed)


def day_in_full(folder: Path, persons: int, seed: int) -> None:
    """Pathways and measures of the next day as if nothing had been kept: the answers must be the same."""
    settings.HOME = folder / "home-in-full"
    day_pathways(folder, persons, seed)
    day_measures(folder, persons, seed)


def _take_in(folder: Path, seed: int) -> None:
    take_in(folder=folder, landed_at=datetime.now(UTC), pseudonyms=np.random.default_rng(seed))


def _answers(snapshot: Snapshot) -> str:
    """Every measure by region, as it may be shown; a hash of all tallies, the same for the same rows."""
    hashes = []
    for measure in measures():
        if not lacking(snapshot, measure):
            results_of(snapshot, measure, ("region",))
            hashes.append(tallies_of(snapshot, measure).hash)
    return hashlib.sha256(" ".join(hashes).encode()).hexdigest()[:16]


STEPS: dict[str, Callable[[Path, int, int], None]] = {
    "synth": synth,
    "intake": intake,
    "snapshot": snapshot,
    "pathways": pathways,
    "measures": all_measures,
    "worklist": worklist,
    "day-intake": day_intake,
    "day-snapshot": day_snapshot,
    "day-pathways": day_pathways,
    "day-measures": day_measures,
    "day-again": day_again,
    "day-in-full": day_in_full,
}

if __name__ == "__main__":
    name, where, persons, seed = sys.argv[1:]
    prepare_database()
    began = time.perf_counter()
    STEPS[name](Path(where), int(persons), int(seed))
    print(time.perf_counter() - began)  # noqa: T201 - read by the caller
