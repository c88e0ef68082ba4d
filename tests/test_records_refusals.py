"""What becomes of refused rows: nothing of them is lost on the way out, and nothing old comes back in."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from deliveries import ask, event, layout_folder, person, take
from fyrbak.records.intake import export_refused, files
from fyrbak.records.intake.mapping import load_mapping

LAYOUT = Path("layout")


def _sent(folder: Path, text: str) -> None:
    folder.mkdir()
    (folder / "person.csv").write_text(text, encoding="utf-8")
    take(folder, mapping=load_mapping(LAYOUT), source="a")


def test_an_export_holds_every_column_of_every_row(records: str, tmp_path: Path) -> None:
    _sent(tmp_path / "1", "person_id,record_key,sex,birth_date\n1,1,F\n2,2,X,1960-01-01\n")
    _sent(tmp_path / "2", "person_id,record_key,sex\n3,3,X\n")
    _sent(tmp_path / "3", "person_id,record_key,sex,visibility\n4,4,X,blocked\n")
    out = tmp_path / "out.csv"
    assert export_refused(out=out) == {out: 4}
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    told = [(row["person_id"], row["birth_date"], row["visibility"], row["refused_text"]) for row in rows]
    assert told == [
        ("", "", "", "1,1,F"),
        ("2", "1960-01-01", "", ""),
        ("3", "", "", ""),
        ("4", "", "blocked", ""),
    ]


def test_a_refused_version_is_not_asked_for_when_a_later_one_was_accepted(
    records: str, tmp_path: Path
) -> None:
    corrected = event("e1", 1, version=2, status="corrected", start_date=date(2024, 3, 8))
    events = [event("e1", 1, region="99"), corrected]
    events += [event("e2", 1), event("e2", 1, region="99", version=2, status="corrected")]
    first = take(layout_folder(tmp_path / "1", {"person": [person(1)], "pathway_event": events}))
    assert (first.total("landed"), first.total("refused")) == (3, 2)
    waiting = ask(records, "SELECT record_key FROM records_refusal WHERE resolved_by_id IS NULL")
    assert waiting == [("e2",)]


def test_a_refused_line_is_told_by_its_place_in_the_file_however_long_the_file_is(
    records: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_PIECE", 64)  # bytes, so that the file is read in many pieces
    lines = [f"{number},{number},F" for number in range(1, 60)]
    lines[9], lines[10], lines[39], lines[49] = "10,10", "11,11,F,F", "40,40,X", "50"
    _sent(tmp_path / "1", "\n".join(["person_id,record_key,sex", *lines]))
    told = ask(records, "SELECT line, rule FROM records_refusal ORDER BY line")
    assert told == [(11, "columns"), (12, "columns"), (41, "allowed"), (51, "columns")]
    assert ask(records, "SELECT count(*) FROM records_person") == [(55,)]
