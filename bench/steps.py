"""The steps of the loop, each run in a process of its own so that its memory can be taken.

    python -m bench.steps NAME EXTRACT SNAPSHOT PERSONS SEED

The last line of the output is the step's own seconds: imports and the start of the server are not in it.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")

import django

django.setup()

import numpy as np

from fyrbak.measures.definitions import measures
from fyrbak.measures.store import results_of
from fyrbak.pathways.run import run
from fyrbak.records.intake import take_in
from fyrbak.records.prepare import prepare_database
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import write_snapshot
from fyrbak.records.synth.generate import checked, generate

AS_OF = date(2025, 6, 30)


def synth(extract: Path, _snapshot: Path, persons: int, seed: int) -> None:
    generate(extract, checked(persons=persons, seed=seed, regions=(), as_of=AS_OF))


def intake(extract: Path, _snapshot: Path, _persons: int, seed: int) -> None:
    take_in(folder=extract, landed_at=datetime.now(UTC), pseudonyms=np.random.default_rng(seed))


def snapshot(_extract: Path, folder: Path, persons: int, _seed: int) -> None:
    write_snapshot(out=folder, as_of=AS_OF, title=f"bench {persons}")


def pathways(_extract: Path, folder: Path, _persons: int, _seed: int) -> None:
    run(Snapshot.open(folder))


def all_measures(_extract: Path, folder: Path, _persons: int, _seed: int) -> None:
    """Every measure by region, with a hash of the answers that is the same on every run of the same rows."""
    opened = Snapshot.open(folder)
    rows = [
        {**result.row(), "snapshot": ""}
        for measure in measures()
        for result in results_of(opened, measure, ("region",) if "region" in measure.cuts else ())
    ]
    print(hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16])  # noqa: T201 - read by the caller


STEPS: dict[str, Callable[[Path, Path, int, int], None]] = {
    "synth": synth,
    "intake": intake,
    "snapshot": snapshot,
    "pathways": pathways,
    "measures": all_measures,
}

if __name__ == "__main__":
    name, extract, folder, persons, seed = sys.argv[1:]
    prepare_database()
    began = time.perf_counter()
    STEPS[name](Path(extract), Path(folder), int(persons), int(seed))
    print(time.perf_counter() - began)  # noqa: T201 - read by the caller
