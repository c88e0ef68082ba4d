"""The loop: what goes in through the database comes out with the same numbers as the folder it came from."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fyrbak import settings
from fyrbak.measures.definitions import Measure, measures
from fyrbak.measures.store import results_of
from fyrbak.pathways.run import run
from fyrbak.records.intake import take_in
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import write_snapshot
from fyrbak.records.synth.generate import checked, generate

AS_OF = date(2025, 6, 30)
LANDED = datetime(2025, 7, 1, 8, 0, tzinfo=UTC)
WANTED = checked(persons=15_000, seed=4, regions=("24", "25"), as_of=AS_OF)


@pytest.fixture
def extract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of invented persons in two regions, with wrong, late, corrected and retracted rows."""
    monkeypatch.setattr(settings, "HOME", tmp_path / "home")
    folder = tmp_path / "extract"
    generate(folder, WANTED)
    return folder


def numbers(snapshot: Snapshot, measure: Measure) -> list[dict[str, Any]]:
    """All rows of a measure by region and as a whole, without the snapshot's own name."""
    ways = [(), ("region",)] if "region" in measure.cuts else [()]
    rows = [result.row() for by in ways for result in results_of(snapshot, measure, by)]
    return [{key: value for key, value in row.items() if key != "snapshot"} for row in rows]


def test_the_database_gives_the_same_numbers_as_the_folder_it_was_filled_from(
    extract: Path, records: str, tmp_path: Path
) -> None:
    took = take_in(folder=extract, landed_at=LANDED, pseudonyms=np.random.default_rng(1))
    assert took.total("landed") > 50_000
    assert took.total("refused") > 0, "the folder holds rows that intake must refuse"
    out = tmp_path / "snapshot"
    write_snapshot(out=out, as_of=AS_OF, title="loop")

    before, after = Snapshot.open(extract), Snapshot.open(out)
    assert after.synthetic
    assert "identity" not in after.manifest.tables
    for measure in measures():
        assert numbers(after, measure) == numbers(before, measure), measure.id
    assert run(after).episodes.count().execute() == run(before).episodes.count().execute()


def test_a_second_time_changes_nothing(extract: Path, records: str, tmp_path: Path) -> None:
    first = take_in(folder=extract, landed_at=LANDED, pseudonyms=np.random.default_rng(1))
    one = write_snapshot(out=tmp_path / "one", as_of=AS_OF, title="loop")
    again = take_in(folder=extract, landed_at=LANDED, pseudonyms=np.random.default_rng(2))
    two = write_snapshot(out=tmp_path / "two", as_of=AS_OF, title="loop")
    assert again.known and again.batch == first.batch
    assert one.id == two.id
    assert generate(tmp_path / "twin", WANTED).id == Snapshot.open(extract).id
