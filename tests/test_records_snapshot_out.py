"""Snapshots of the database: consistent, pseudonymous, repeatable, and able to look back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from deliveries import AS_OF, LANDED, ask, event, layout_folder, person, take
from fyrbak.errors import BadInputError
from fyrbak.records import snapshots_out
from fyrbak.records.layout import tables
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import last_day, write_snapshot

LATER = datetime(2025, 8, 1, tzinfo=UTC)


def _two_deliveries(tmp_path: Path) -> None:
    number = {"record_key": "i1", "person_id": 19, "kind": "pnr", "number": "198112189876"}
    events = [event("e1", 19), event("e2", 23, visibility="blocked")]
    people = [person(19), person(23, visibility="protected")]
    take(layout_folder(tmp_path / "1", {"person": people, "identity": [number], "pathway_event": events}))
    changed = [event("e1", 19, start_date=date(2024, 4, 1)), event("e2", 23, version=2, status="retracted")]
    take(layout_folder(tmp_path / "2", {"pathway_event": changed}, as_of=date(2025, 7, 31)), landed_at=LATER)


def test_the_current_truth_and_the_truth_of_an_earlier_moment(records: str, tmp_path: Path) -> None:
    _two_deliveries(tmp_path)
    write_snapshot(out=tmp_path / "now", as_of=last_day(), title="Now")
    before = LATER - timedelta(seconds=1)
    write_snapshot(out=tmp_path / "then", as_of=last_day(before), title="Then", known_at=before)
    now, then = Snapshot.open(tmp_path / "now"), Snapshot.open(tmp_path / "then")
    assert (now.as_of, then.as_of) == (date(2025, 7, 31), AS_OF)
    starts = [sorted(s.table("pathway_event").start_date.to_pyarrow().to_pylist()) for s in (now, then)]
    assert starts == [[date(2024, 4, 1)], [date(2024, 3, 1), date(2024, 3, 1)]]
    assert now.synthetic


def test_nobody_can_be_recognised_and_links_hold(records: str, tmp_path: Path) -> None:
    _two_deliveries(tmp_path)
    write_snapshot(out=tmp_path / "out", as_of=AS_OF, title="", known_at=LANDED)
    assert not (tmp_path / "out" / "identity").exists()
    snapshot = Snapshot.open(tmp_path / "out")
    people = {row["person_id"]: row for row in snapshot.table("person").to_pyarrow().to_pylist()}
    assert not {19, 23} & set(people)
    assert all(row["record_key"] == str(number) for number, row in people.items())
    events = snapshot.table("pathway_event").to_pyarrow().to_pylist()
    assert {row["person_id"] for row in events} == set(people)
    assert {row["record_key"] for row in events} == {"a|e1", "a|e2"}
    assert {people[row["person_id"]]["visibility"] for row in events if row["visibility"] == "blocked"} == {
        "protected"
    }


def test_the_same_rows_give_the_same_id(records: str, tmp_path: Path) -> None:
    _two_deliveries(tmp_path)
    first = write_snapshot(out=tmp_path / "one", as_of=AS_OF, title="One")
    second = write_snapshot(out=tmp_path / "two", as_of=AS_OF, title="Two")
    assert first.id == second.id
    assert (tmp_path / "one" / "manifest.json").is_file()


def test_large_tables_are_divided(records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take(layout_folder(tmp_path / "in", {"person": [person(number) for number in range(1, 6)]}))
    monkeypatch.setattr(snapshots_out, "ROWS_PER_FILE", 2)
    manifest = write_snapshot(out=tmp_path / "out", as_of=AS_OF, title="")
    assert sum(file.rows for file in manifest.tables["person"].files) == 5
    assert pq.read_schema(tmp_path / "out" / manifest.tables["person"].files[0].path).equals(
        tables()["person"].schema
    )


def test_a_failure_leaves_no_folder(records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    take(layout_folder(tmp_path / "in", {"person": [person(1)]}))

    def fail(*_arguments: object) -> None:
        raise BadInputError("the disk is full. Make room and try again.")

    monkeypatch.setattr(snapshots_out, "_write", fail)
    with pytest.raises(BadInputError):
        write_snapshot(out=tmp_path / "out", as_of=AS_OF, title="")
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_snapshot_waits_for_an_intake_without_holding_what_it_will_need(
    records: str, tmp_path: Path
) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1)]}))
    with ThreadPoolExecutor(1) as aside, psycopg.connect(records) as intake:
        intake.execute("LOCK TABLE records_person IN ACCESS EXCLUSIVE MODE")
        writing = aside.submit(write_snapshot, out=tmp_path / "s", as_of=AS_OF, title="Test")
        while not ask(records, "SELECT FROM pg_locks WHERE NOT granted"):
            assert not writing.done()
        intake.execute("LOCK TABLE records_tumour IN ACCESS EXCLUSIVE MODE")
        intake.commit()
        assert writing.result().tables["person"].rows == 1


def test_a_snapshot_is_read_alone_where_an_intake_stands_in_line(
    records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(layout_folder(tmp_path / "1", {"person": [person(1)]}))
    calls: list[str] = []

    def intake() -> None:
        with psycopg.connect(records) as connection:
            connection.execute("LOCK TABLE records_person IN ACCESS EXCLUSIVE MODE")

    with ThreadPoolExecutor(1) as aside:

        def address() -> str:
            calls.append(records)
            if len(calls) == 2:  # the first connection has its locks, the second has not
                aside.submit(intake)
                while not ask(records, "SELECT FROM pg_locks WHERE NOT granted"):
                    pass
            return records

        monkeypatch.setattr(snapshots_out, "address", address)
        manifest = write_snapshot(out=tmp_path / "s", as_of=AS_OF, title="Test")
    assert (len(calls), manifest.tables["person"].rows) == (2, 1)
