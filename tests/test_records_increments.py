"""Snapshots that go on from an earlier one: what they hold, what they share, and when they are refused."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from commands import Command, refused
from deliveries import AS_OF, ask, event, layout_folder, person, take
from fyrbak.errors import BadInputError
from fyrbak.records import increments, snapshots_out
from fyrbak.records.manifest import NAME, read_manifest
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import write_snapshot

LATER = datetime(2025, 8, 1, tzinfo=UTC)
DAY = date(2025, 7, 31)


def _first(tmp_path: Path) -> Path:
    events = [event(f"e{number}", 1 + number % 3) for number in range(9)]
    people = [person(number) for number in (1, 2, 3)]
    take(layout_folder(tmp_path / "in-1", {"person": people, "pathway_event": events}))
    write_snapshot(out=tmp_path / "one", as_of=AS_OF, title="One")
    return tmp_path / "one"


def _second(tmp_path: Path) -> None:
    events = [
        event("e0", 2, version=2, status="corrected"),  # another person's
        event("e1", 2, version=2, status="retracted"),
        event("late", 1),
        event("new", 1, start_date=date(2025, 7, 20)),
    ]
    folder = layout_folder(tmp_path / "in-2", {"person": [person(4)], "pathway_event": events}, as_of=DAY)
    take(folder, landed_at=LATER)


@pytest.mark.parametrize("alter", ["base", "base_as_of", "since"])
def test_what_a_snapshot_goes_on_from_is_part_of_its_id(records: str, tmp_path: Path, alter: str) -> None:
    first = _first(tmp_path)
    _second(tmp_path)
    write_snapshot(out=tmp_path / "two", as_of=DAY, title="Two", since=first)
    manifest = json.loads((tmp_path / "two" / NAME).read_text(encoding="utf-8"))
    if alter == "since":
        manifest["tables"]["pathway_event"]["files"][-1]["since"] = 0
    else:
        manifest[alter] = {"base": "0" * 16, "base_as_of": "2025-01-01"}[alter]
    (tmp_path / "two" / NAME).write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BadInputError, match="id does not fit"):
        Snapshot.open(tmp_path / "two")


def test_only_what_has_landed_since_is_written_and_the_rest_is_shared(records: str, tmp_path: Path) -> None:
    first = _first(tmp_path)
    _second(tmp_path)
    write_snapshot(out=tmp_path / "two", as_of=DAY, title="Two", since=first)
    before, now = read_manifest(first), read_manifest(tmp_path / "two")
    assert (now.base, now.base_as_of, now.known_at) == (before.id, AS_OF, LATER)
    assert Snapshot.open(tmp_path / "two").before().id == before.id  # type: ignore[union-attr]
    for entry in before.tables.values():
        for file in entry.files:
            assert (tmp_path / "two" / file.path).samefile(first / file.path)
    assert {name: entry.rows for name, entry in now.since().items()} == {"person": 1, "pathway_event": 6}
    (file,) = now.since()["pathway_event"].files
    rows = pq.read_table(tmp_path / "two" / file.path).to_pylist()
    told = [(row["record_key"], row["version"], row["status"]) for row in rows]
    assert told == [
        ("a|e0", 1, "active"),
        ("a|e1", 1, "active"),
        ("a|e0", 2, "corrected"),
        ("a|e1", 2, "retracted"),
        ("a|late", 1, "active"),
        ("a|new", 1, "active"),
    ]


def test_the_rows_since_say_whom_they_touch_and_how(records: str, tmp_path: Path) -> None:
    first = _first(tmp_path)
    _second(tmp_path)
    write_snapshot(out=tmp_path / "two", as_of=DAY, title="Two", since=first)
    touched = Snapshot.open(tmp_path / "two").touched()
    assert touched is not None
    sources = {p: int(k[2:]) for p, k in ask(records, "SELECT pseudonym, source_key FROM records_person")}
    found = {
        (sources[row["person_id"]], row["source"], row["kind"])
        for row in touched.to_pyarrow().to_pylist()
        if row["table"] == "pathway_event"
    }
    assert found == {
        (1, "a", "corrected"),
        (2, "a", "corrected"),
        (2, "a", "retracted"),
        (1, "a", "late"),
        (1, "a", "new"),
    }
    assert Snapshot.open(first).touched() is None


def test_a_current_row_keeps_its_version_in_a_whole_snapshot(records: str, tmp_path: Path) -> None:
    _first(tmp_path)
    _second(tmp_path)
    manifest = write_snapshot(out=tmp_path / "whole", as_of=DAY, title="")
    entry = manifest.tables["pathway_event"]
    rows = pq.read_table(tmp_path / "whole" / entry.files[0].path).to_pylist()
    assert {row["record_key"]: (row["version"], row["status"]) for row in rows}["a|e0"] == (2, "corrected")
    assert not entry.versions, "no key stands in two rows"


def test_files_are_copied_where_they_cannot_be_linked(
    records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _first(tmp_path)
    _second(tmp_path)

    def refuse(_old: Path, _new: Path) -> None:
        raise OSError

    monkeypatch.setattr(increments.os, "link", refuse)
    write_snapshot(out=tmp_path / "two", as_of=DAY, title="Two", since=first)
    file = read_manifest(first).tables["person"].files[0].path
    assert not (tmp_path / "two" / file).samefile(first / file)
    assert Snapshot.open(tmp_path / "two").table("person").count().to_pyarrow().as_py() == 4


def test_large_increments_are_divided(records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = _first(tmp_path)
    _second(tmp_path)
    monkeypatch.setattr(snapshots_out, "ROWS_PER_FILE", 2)
    write_snapshot(out=tmp_path / "two", as_of=DAY, title="Two", since=first)
    now = Snapshot.open(tmp_path / "two")
    assert len(now.manifest.since()["pathway_event"].files) == 2
    assert now.table("pathway_event").count().to_pyarrow().as_py() == 10


def test_a_snapshot_of_other_deliveries_is_refused(records: str, tmp_path: Path) -> None:
    first = _first(tmp_path)
    _second(tmp_path)
    manifest = json.loads((first / NAME).read_text())
    manifest["landed"]["batches"] = "0" * 16
    (first / NAME).write_text(json.dumps(manifest))
    with pytest.raises(BadInputError, match="other deliveries than this database holds"):
        write_snapshot(out=tmp_path / "two", as_of=DAY, title="", since=first)
    assert not (tmp_path / "two").exists()


def test_a_database_put_back_to_an_earlier_state_is_refused(records: str, tmp_path: Path) -> None:
    _first(tmp_path)
    _second(tmp_path)
    write_snapshot(out=tmp_path / "two", as_of=DAY, title="")
    manifest = json.loads((tmp_path / "two" / NAME).read_text())
    manifest["landed"]["batch"] += 1  # a delivery that this database has not seen, or no longer has
    manifest["landed"]["batches"] = "1" * 16
    (tmp_path / "two" / NAME).write_text(json.dumps(manifest))
    with pytest.raises(BadInputError, match="other deliveries"):
        write_snapshot(out=tmp_path / "three", as_of=DAY, title="", since=tmp_path / "two")


@pytest.mark.parametrize(
    ("as_of", "known_at", "words"),
    [
        (AS_OF, None, "no row has landed since"),
        (date(2025, 6, 1), None, "describes days until 2025-06-30"),
        (AS_OF, LATER, "Leave --since or --as-of-time out"),
    ],
)
def test_one_cannot_go_on_to_the_same_or_back(
    records: str, tmp_path: Path, as_of: date, known_at: datetime | None, words: str
) -> None:
    first = _first(tmp_path)
    with pytest.raises(BadInputError, match=words):
        write_snapshot(out=tmp_path / "two", as_of=as_of, title="", since=first, known_at=known_at)
    assert not list(tmp_path.glob("*two*"))


def test_a_folder_that_no_database_wrote_cannot_be_gone_on_from(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "in", {"person": [person(1)]}))
    with pytest.raises(BadInputError, match="does not say how far a database had come"):
        write_snapshot(out=tmp_path / "two", as_of=AS_OF, title="", since=tmp_path / "in")


def test_the_command_goes_on_from_an_earlier_snapshot(fyrbak: Command, records: str, tmp_path: Path) -> None:
    first = _first(tmp_path)
    refused(fyrbak("snapshot", "--out", tmp_path / "two", "--since", first), "no row has landed since")
    _second(tmp_path)
    assert fyrbak("snapshot", "--out", tmp_path / "two", "--since", first)[0] == 0
    assert read_manifest(tmp_path / "two").base == read_manifest(first).id
