"""Reports, findings, drugs given and radiotherapy: linked, exact, and without names in a snapshot."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from deliveries import Rows, ask, layout_folder, person, take
from fyrbak.records.snapshot import Snapshot
from fyrbak.records.snapshots_out import write_snapshot

DAY = date(2025, 3, 1)
COURSE = {"record_key": "c1", "person_id": 1, "modality": "drug", "start_date": DAY}
REPORT = {
    "record_key": "r1",
    "person_id": 1,
    "kind": "pathology",
    "text": "Anna Ek, vänster bröst",
    "start_date": DAY,
}
FINDING = {
    "record_key": "f1", "person_id": 1, "kind": "laboratory", "code": "718-7", "code_system": "loinc",
    "value": Decimal("0.1"), "comparator": "<", "value_unit": "ug/L", "report_key": "r1", "start_date": DAY,
}  # fmt: skip
DRUG = {
    "record_key": "d1", "person_id": 1, "code": "L01AA01", "course_key": "c1", "dose": Decimal("932.59"),
    "dose_unit": "mg", "start_date": DAY,
}  # fmt: skip
VOLUME = {
    "record_key": "v1",
    "person_id": 1,
    "volume": "bröstkorg",
    "dose_gy": Decimal("50.4"),
    "fractions": 28,
}
ROWS: Rows = {
    "person": [person(1)], "treatment_course": [COURSE], "report": [REPORT], "finding": [FINDING],
    "drug_administration": [DRUG], "radiotherapy": [VOLUME],
}  # fmt: skip


def test_links_and_numbers_come_out_of_a_snapshot_as_they_were_sent(records: str, tmp_path: Path) -> None:
    result = take(layout_folder(tmp_path / "in", ROWS))
    assert (result.total("landed"), result.total("refused")) == (6, 0)
    write_snapshot(out=tmp_path / "out", as_of=date(2025, 6, 30), title="x")
    snapshot = Snapshot.open(tmp_path / "out")
    told = {name: snapshot.engine.answer(snapshot.table(name)).to_pylist()[0] for name in ROWS}
    assert (told["finding"]["value"], told["finding"]["comparator"]) == (Decimal("0.1"), "<")
    assert told["finding"]["report_key"] == told["report"]["record_key"] == "a|r1"
    assert told["drug_administration"]["course_key"] == told["treatment_course"]["record_key"]
    assert told["drug_administration"]["dose"] == Decimal("932.59")
    assert told["radiotherapy"]["dose_gy"] == Decimal("50.4")


def test_what_a_report_says_in_words_stays_in_the_database(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "in", ROWS))
    write_snapshot(out=tmp_path / "out", as_of=date(2025, 6, 30), title="x")
    snapshot = Snapshot.open(tmp_path / "out")
    assert snapshot.engine.answer(snapshot.table("report"))["text"].to_pylist() == [""]
    assert ask(records, "SELECT text FROM records_report") == [("Anna Ek, vänster bröst",)]


def test_the_same_again_changes_nothing_and_a_correction_is_a_version(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "1", ROWS))
    again = {
        "person": [person(1)],
        "finding": [FINDING],
        "drug_administration": [DRUG | {"dose": Decimal("933")}],
    }
    result = take(layout_folder(tmp_path / "2", again), landed_at=datetime(2025, 7, 2, tzinfo=UTC))
    assert {name: (one.corrected, one.unchanged) for name, one in result.tables.items()} == {
        "person": (0, 1), "finding": (0, 1), "drug_administration": (1, 0),
    }  # fmt: skip
    write_snapshot(out=tmp_path / "a", as_of=date(2025, 6, 30), title="x")
    take(
        layout_folder(tmp_path / "3", {"radiotherapy": [VOLUME | {"fractions": 27}]}),
        landed_at=datetime(2025, 7, 3, tzinfo=UTC),
    )
    write_snapshot(out=tmp_path / "b", as_of=date(2025, 6, 30), title="x", since=tmp_path / "a")
    snapshot = Snapshot.open(tmp_path / "b")
    assert snapshot.engine.answer(snapshot.table("radiotherapy"))["fractions"].to_pylist() == [27]
