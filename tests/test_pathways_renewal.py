"""A snapshot that goes on from an earlier one: episodes of those who changed alone, equal to a full run."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from fyrbak.pathways.run import run
from fyrbak.records import layout
from fyrbak.records.changes import changes
from fyrbak.records.snapshot import Snapshot
from growing import forget_answers, grow, hand_made
from measure_snapshots import synthetic


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("renewal"), persons=2000) as folder:
        yield folder


def _run(folder: Path) -> tuple[list[str], list[list[str]]]:
    """The renewals of the kept answer, and the rows of episodes and findings."""
    snapshot = Snapshot.open(folder)
    found = run(snapshot)
    tables = (snapshot.engine.answer(table) for table in (found.episodes, found.findings))
    rows = [sorted(str(sorted(row.items())) for row in table.to_pylist()) for table in tables]
    return sorted(part.name for part in found.folder.glob("since-*")), [*rows, [found.hash]]


@pytest.mark.parametrize("seed", range(4))
def test_a_renewed_answer_equals_a_full_one(people: Path, tmp_path: Path, seed: int) -> None:
    before, now = grow(people, tmp_path, seed=seed, days=(0, 1, 40, 400)[seed])
    _run(before)
    renewals, renewed = _run(now)
    forget_answers()
    none, full = _run(now)
    assert (renewals, none) == (["since-01"], [])
    assert renewed == full


def test_what_has_landed_says_whom_it_touches_and_how(people: Path, tmp_path: Path) -> None:
    before, now = grow(people, tmp_path, seed=7)
    assert Snapshot.open(before).touched() is None
    snapshot = Snapshot.open(now)
    touched = snapshot.touched()
    assert touched is not None
    rows = snapshot.engine.answer(touched).to_pylist()
    assert {row["kind"] for row in rows} >= {"late", "corrected", "retracted"}
    assert {row["table"] for row in rows} >= {"pathway_event", "tumour", "person"}


def test_changes_are_the_same_whether_read_or_compared(people: Path, tmp_path: Path) -> None:
    before, now = grow(people, tmp_path, seed=8)
    snapshot = Snapshot.open(now)
    other = Snapshot.open(before, engine=snapshot.engine)
    alone = Snapshot(now, snapshot.manifest.model_copy(update={"base": None}), snapshot.engine)
    read, compared = (
        {tuple(row.values()) for row in snapshot.engine.answer(changes(other, one)).to_pylist()}
        for one in (snapshot, alone)
    )
    assert compared <= read
    # A row sent again with the same words is a correction that changes nothing.
    assert {kind for _, _, kind, _ in read - compared} <= {"corrected"}
    assert {kind for _, _, kind, _ in compared} >= {"late", "corrected", "retracted"}


def test_what_was_never_known_before_is_neither_corrected_nor_retracted(tmp_path: Path) -> None:
    """A row that came and was corrected since is late, and one that came and went has changed nothing."""
    day = date(2024, 5, 1)

    def rows(*told: tuple[str, int, int, str, date]) -> pa.Table:
        names = ("record_key", "person_id", "version", "status", "death_date")
        schema = layout.tables()["death"].schema
        lines = [dict.fromkeys(schema.names) | dict(zip(names, one, strict=True)) for one in told]
        return pa.Table.from_pylist(lines, schema=schema)

    known = rows(("a|1", 1, 1, "active", day), ("a|2", 2, 1, "active", day))
    landed = rows(
        ("a|1", 1, 1, "active", day), ("a|1", 1, 2, "corrected", day - timedelta(days=9)),
        ("a|2", 2, 1, "active", day), ("a|2", 2, 2, "retracted", day),
        ("a|3", 3, 1, "active", day), ("a|3", 3, 2, "corrected", day - timedelta(days=1)),
        ("a|4", 4, 1, "active", day), ("a|4", 4, 2, "retracted", day),
    )  # fmt: skip
    before, now = hand_made(tmp_path, "death", known, landed, day + timedelta(days=30))
    snapshot = Snapshot.open(now)
    other = Snapshot.open(before, engine=snapshot.engine)
    alone = Snapshot(now, snapshot.manifest.model_copy(update={"base": None}), snapshot.engine)
    for one in (snapshot, alone):
        found = {
            (row["person_id"], row["kind"]) for row in snapshot.engine.answer(changes(other, one)).to_pylist()
        }
        assert found == {(1, "corrected"), (2, "retracted"), (3, "late")}
