"""Mappings of files that are cut otherwise than our tables: every row lands or is kept with a reason."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from deliveries import AS_OF, ask, take
from fyrbak.errors import BadDefinitionError
from fyrbak.records.flat.validate import validate
from fyrbak.records.intake import IntakeResult, export_refused
from fyrbak.records.intake.mapping import Mapping, load_mapping

MAPPING = """
source: {code: own, name: A source with files of its own}
tables:
  person:
    file: people.csv
    columns: {record_key: id, person_id: id, sex: sex, birth_date: born}
    codes: {sex: {w: F, "*": U}}
  finding:
    - file: answers.csv
      where: {system: [""]}
      columns: {record_key: nr, person_id: id, start_date: day, code: what, kind: what,
                value: {column: answer, pattern: "^([0-9.]+)(?: |$)"},
                value_unit: {column: answer, pattern: "^[0-9.]+ +(.+)$"}}
      constants: {code_system: loinc}
      codes: {kind: {"29463-7": vital, "*": laboratory}}
    - file: answers.csv
      where: {system: [sct]}
      columns: {record_key: nr, person_id: id, start_date: day, code: what, value_code: answer,
                value_system: system}
      constants: {kind: laboratory}
    - file: events_*.csv
      prefix: e
      delimiter: ";"
      dates: "%d.%m.%Y"
      columns: {record_key: [id, when], person_id: id, start_date: when, verbatim: words}
      constants: {kind: adverse_event}
unplaced:
  - {file: answers.csv, reason: {sv: "Okänt kodverk.", en: "Unknown code system."}}
  - {file: visits.csv, reason: {sv: "Besök har ingen tabell.", en: "Visits have no table."}}
"""
FILES = {
    "people.csv": "id,sex,born\n1,w,1960-05-17\n2,x,\n",
    "answers.csv": "nr,id,day,what,answer,system\n"
    "1,1,2024-01-10,29463-7,66.9 kg,\n"
    "2,1,2024-01-10,718-7,high,\n"
    "3,2,2024-01-11,718-7,260385009,sct\n"
    "4,9,2024-01-11,718-7,260385009,sct\n"
    "5,1,2024-01-11,718-7,neg,own\n"
    "6,1\n",
    "events_1.csv": "id;when;words\n1;31.01.2024;illamående\n1;32.01.2024;trötthet\n",
    "visits.csv": "id,day\n1,2024-01-10\n2,2024-01-10\n",
}


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    folder = tmp_path / "sent"
    folder.mkdir()
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (tmp_path / "own.yaml").write_text(MAPPING, encoding="utf-8")
    return folder


def _mapping(sent: Path) -> Mapping:
    return load_mapping(sent.parent / "own.yaml")


def _lines(folder: Path) -> int:
    """The rows of all files: their lines without the headings."""
    return sum(len(path.read_text().splitlines()) - 1 for path in folder.glob("*.csv"))


def _balance(result: IntakeResult) -> tuple[int, int]:
    read = result.total("read")
    return read, result.total("landed") + result.total("unchanged") + result.total("refused")


def test_every_row_lands_or_is_refused(records: str, sent: Path, tmp_path: Path) -> None:
    result = take(sent, mapping=_mapping(sent), as_of=AS_OF)
    assert _balance(result) == (_lines(sent), _lines(sent)) == (12, 12)
    assert {name: (counts.landed, counts.refused) for name, counts in result.tables.items()} == {
        "person": (2, 0), "finding": (3, 4), "unplaced": (0, 3)
    }  # fmt: skip
    said = "SELECT source_key, kind, value::float, value_unit, value_code, verbatim"
    assert ask(records, said + " FROM records_finding ORDER BY 1") == [
        ("own|1", "vital", 66.9, "kg", "", ""),
        ("own|3", "laboratory", None, "", "260385009", ""),
        ("own|e-1-31.01.2024", "adverse_event", None, "", "", "illamående"),
    ]
    kept = "SELECT file, line, field, rule, text_sv FROM records_refusal ORDER BY file, line, rule"
    told = [row[:4] for row in ask(records, kept)]
    assert told == [
        ("answers.csv", 3, "answer", "unreadable"),
        ("answers.csv", 5, "id", "unknown_person"),
        ("answers.csv", 6, "", "unplaced"),
        ("answers.csv", 7, "", "columns"),
        ("events_1.csv", 3, "when", "unreadable"),
        ("visits.csv", 2, "", "unplaced"),
        ("visits.csv", 3, "", "unplaced"),
    ]
    again = export_refused(out=tmp_path / "again", mapping=_mapping(sent))
    assert {path.name: rows for path, rows in again.items()} == {"answers.csv": 3, "events_1.csv": 1}
    assert (tmp_path / "again" / "events_1.csv").read_text().startswith("id;when;words;")
    assert take(sent, mapping=_mapping(sent), as_of=AS_OF).known


def test_a_validator_needs_no_database_for_it(sent: Path) -> None:
    found = validate(sent, as_of=AS_OF, mapping=_mapping(sent))
    assert found.rows == {"person": 2, "finding": 7, "unplaced": 3}
    assert [(one.file, one.line, one.column, one.value, one.rule) for one in found.faults] == [
        ("answers.csv", 3, "answer", "high", "unreadable"),
        ("answers.csv", 5, "id", "•", "unknown_person"),
        ("answers.csv", 7, "", "", "columns"),
        ("events_1.csv", 3, "when", "32.01.2024", "unreadable"),
    ]


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ("  - {file: answers.csv, reason", "  - {file: other.csv, reason", "answers.csv: is read in part"),
        ('"^[0-9.]+ +(.+)$"', '"^[0-9.]+ +.+$"', "has 0 groups in brackets"),
        ('"^[0-9.]+ +(.+)$"', '"^([0-9.]+ +(.+)$"', "is no pattern"),
        ("prefix: e", "prefix: E/", "tables.finding.2.prefix"),
        (
            "source: {",
            "persons: personal\nsource: {",
            "finding: name the column of the personal number|one file",
        ),
    ],
)
def test_a_mapping_with_a_fault(sent: Path, was: str, now: str, told: str) -> None:
    path = sent.parent / "own.yaml"
    path.write_text(MAPPING.replace(was, now, 1), encoding="utf-8")
    with pytest.raises(BadDefinitionError, match=told):
        load_mapping(path)


def test_the_flat_files_of_mcode(records: str) -> None:
    folder = Path(os.environ.get("FYRBAK_MCODE_FLAT", _FLAT))
    if not folder.is_dir():
        pytest.skip(f"no flat files in {folder}: set FYRBAK_MCODE_FLAT to their folder")
    result = take(folder, mapping=load_mapping(Path("mcode_flat")), as_of=date(2025, 6, 30))
    assert _balance(result) == (_lines(folder), _lines(folder))
    assert result.tables["person"].landed == result.tables["drug_administration"].landed == 3
    assert result.tables["tumour"].landed == 3


_FLAT = Path(__file__).parents[2] / "shared" / "data" / "mcode-flat-csv"
