"""A file's rows are judged by intake's own checks, without a database."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from deliveries import AS_OF, Rows, csv_folder, event, layout_folder, person, take
from fyrbak.cli.main import app
from fyrbak.errors import BadInputError
from fyrbak.records.flat.validate import Validated, validate
from fyrbak.records.intake import files


def _rules(found: Validated) -> list[tuple[str, int, str, str]]:
    return [(one.table, one.line, one.column, one.rule) for one in found.faults]


FAULTY: Rows = {
    "person": [person(1), person(2, sex="X"), person(3, birth_date="1960-02-30"), person(1)],
    "pathway_event": [
        event("e1", 1, start_date="2025-07-01"),
        event("e2", 9),
        event("e3", 1, start_date="1950-01-01"),
        event("e4", 1),
    ],
}
EXPECTED = [
    ("person", 2, "record_key", "duplicate"),
    ("person", 3, "sex", "allowed"),
    ("person", 4, "birth_date", "unreadable"),
    ("person", 5, "record_key", "duplicate"),
    ("pathway_event", 2, "start_date", "future"),
    ("pathway_event", 3, "person_id", "unknown_person"),
]


def test_a_folder_is_judged_as_intake_would(records: str, tmp_path: Path) -> None:
    folder = csv_folder(tmp_path / "sent", FAULTY)
    found = validate(folder, as_of=AS_OF)
    told = _rules(found)
    assert set(EXPECTED) <= set(told)
    # Whoever is refused takes the rows along, so the person of the other events is unknown too.
    assert {one for one in told if one not in EXPECTED} == {
        ("pathway_event", line, "person_id", "unknown_person") for line in (2, 4, 5)
    }
    from fyrbak.records.intake.mapping import load_mapping

    take(folder, mapping=load_mapping(Path("layout")), source="a", as_of=AS_OF)
    from fyrbak.records.models import Refusal

    kept = Refusal.objects.values_list("table", "line", "field", "rule", "text_sv")
    assert set(kept) == {(one.table, one.line, one.column, one.rule, one.text_sv) for one in found.faults}


def test_one_file_needs_neither_its_persons_nor_a_database(tmp_path: Path) -> None:
    file = csv_folder(tmp_path / "a", {"pathway_event": FAULTY["pathway_event"]}) / "pathway_event.csv"
    assert _rules(validate(file, as_of=AS_OF)) == [("pathway_event", 2, "start_date", "future")]
    semicolons = csv_folder(tmp_path / "b", {"pathway_event": FAULTY["pathway_event"]}, delimiter=";")
    assert len(validate(semicolons / "pathway_event.csv", as_of=AS_OF).faults) == 1


def test_a_parquet_file_and_a_folder_in_the_layout(tmp_path: Path) -> None:
    folder = layout_folder(tmp_path / "layout", {"person": [person(1), person(2, sex="X")]})
    (one,) = validate(folder, as_of=AS_OF).faults
    assert (one.file, one.line, one.column, one.rule) == ("person/part-00000.parquet", 2, "sex", "allowed")
    (alone,) = validate(folder / "person" / "part-00000.parquet", as_of=AS_OF, table="person").faults
    assert (alone.line, alone.rule, alone.value) == (2, "allowed", "X")


def test_links_between_the_tables_of_a_folder(tmp_path: Path) -> None:
    stage = {"record_key": "s", "person_id": 1, "system": "tnm", "edition": "uicc8", "basis": "c"}
    rows: Rows = {
        "person": [person(1), person(2)],
        "tumour": [{"record_key": "t1", "person_id": 2, "code": "C504"}],
        "stage": [stage | {"tumour_key": "t1"}, stage | {"record_key": "u", "tumour_key": "t9"}],
    }
    found = validate(csv_folder(tmp_path / "all", rows), as_of=AS_OF)
    assert [(one.line, one.rule) for one in found.faults] == [(2, "tumour_of_another"), (3, "unknown_tumour")]
    assert found.rows == {"person": 2, "tumour": 1, "stage": 2}
    del rows["tumour"]
    assert not validate(csv_folder(tmp_path / "few", rows), as_of=AS_OF).faults


def test_numbers_of_persons_are_masked(tmp_path: Path) -> None:
    rows = [person(1, record_key="19600517-1234", sex="19600517-1234")]
    found = validate(csv_folder(tmp_path / "sent", {"person": rows}), as_of=AS_OF).faults
    assert {one.rule for one in found} == {"key_is_number", "allowed"}
    assert "1234" not in json.dumps([asdict(one) for one in found])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "the file is empty"),
        (b"record_key,person_id,sex\n1,1,F\n2,2,\xe5\n", "person.csv:3: the text is not utf-8"),
        (b"record_key,person_id\n1,1\n", "the columns sex are missing"),
        (b"record_key,person_id,sex,colour\n1,1,F,red\n", "the columns colour are unknown"),
        (b"record_key,sex,sex\n", "stands twice"),
        (b"record_key," * 9000, "the heading has no end"),
        (b"record_key,person_id,sex\n1,1," + b"F" * (3 << 20) + b"\n", "the row is longer than 1 MB"),
        (b'record_key,person_id,sex\n1,1,"F\n' + b"2,2,F\n" * (1 << 19), "not a CSV file"),
    ],
    ids=["empty", "encoding", "lacks", "unknown", "twice", "no end", "huge field", "open quote"],
)
def test_a_file_that_cannot_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes, told: str
) -> None:
    monkeypatch.setattr(files, "_PIECE", 1 << 20)
    file = tmp_path / "person.csv"
    file.write_bytes(content)
    with pytest.raises(BadInputError, match=told) as error:
        validate(file, as_of=AS_OF)
    assert "\n" not in str(error.value)


def test_a_long_value_is_not_repeated_whole(tmp_path: Path) -> None:
    (tmp_path / "person.csv").write_text(f"record_key,person_id,sex\n1,1,{'F' * 100_000}\n")
    (one,) = validate(tmp_path / "person.csv", as_of=AS_OF).faults
    assert (one.rule, len(one.value)) == ("allowed", 200)


def test_half_a_file(tmp_path: Path) -> None:
    folder = layout_folder(tmp_path / "layout", {"person": [person(number) for number in range(500)]})
    whole = (folder / "person" / "part-00000.parquet").read_bytes()
    half = tmp_path / "person.parquet"
    half.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(BadInputError, match="not a whole Parquet file"):
        validate(half, as_of=AS_OF)
    torn = tmp_path / "person.csv"
    torn.write_text("record_key,person_id,sex\n1,1,F\n2,2")
    assert _rules(validate(torn, as_of=AS_OF)) == [("person", 3, "", "columns")]


def test_mixed_types_in_parquet(tmp_path: Path) -> None:
    rows = {
        "record_key": ["1", "2"],
        "person_id": [1, 2],
        "sex": ["F", "M"],
        "birth_date": ["1950-01-01", "12"],
    }
    pq.write_table(pa.table(rows), tmp_path / "person.parquet")
    assert _rules(validate(tmp_path / "person.parquet", as_of=AS_OF)) == [
        ("person", 2, "birth_date", "unreadable")
    ]


def test_a_small_file_that_would_fill_the_memory(tmp_path: Path) -> None:
    rows, long = 100_000, "F" * (1 << 20)  # 100 GB when each row has its own
    sex = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int8()), [long])
    table = pa.table({"record_key": map(str, range(rows)), "person_id": range(rows), "sex": sex})
    pq.write_table(table, tmp_path / "person.parquet")
    assert (tmp_path / "person.parquet").stat().st_size < 4 << 20
    with pytest.raises(BadInputError, match="a text in it is 1,048,576 bytes long"):
        validate(tmp_path / "person.parquet", as_of=AS_OF)


def test_what_is_not_there_or_of_another_kind(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("x")
    (tmp_path / "person.csv.gz").write_bytes(b"\x1f\x8b")
    for path, told in (
        (tmp_path / "none", "no such file or folder"),
        (tmp_path, "no file is named as a table"),
        (tmp_path / "other.txt", "--table"),
        (tmp_path / "person.csv.gz", "neither .csv nor .parquet"),
    ):
        with pytest.raises(BadInputError, match=told):
            validate(path, as_of=AS_OF)


def test_the_command_tells_the_lint_as_well(tmp_path: Path) -> None:
    given = {"record_key": "d1", "person_id": 1, "start_date": "2024-04-22", "code": "L01AA01"}
    given |= {"dose": "932.59", "dose_unit": "mg/m2", "verbatim": "cyclophosphamide 533 mg/m² IV"}
    rows: Rows = {
        "person": [person(1)],
        "finding": [
            {"record_key": "w", "person_id": 1, "kind": "vital", "start_date": "2024-04-22", "code": "8277-6",
             "value": "1.75", "value_unit": "m2"}
        ],
        "drug_administration": [given],
    }  # fmt: skip
    folder = csv_folder(tmp_path / "sent", rows)
    arguments = [str(folder), "--as-of", "2025-06-30", "--format", "json"]
    right = CliRunner().invoke(app, ["validate", *arguments])
    (one,) = json.loads(right.stdout)
    assert right.exit_code == 0
    assert (one["file"], one["line"], one["rule"]) == ("drug_administration.csv", 2, "DOSE_LOOKS_TOTAL")
    assert one["reason"] == "932,6 mg/m2 ser ut att vara hela dosen, alltså 932,6 mg."
    assert CliRunner().invoke(app, ["lint", *arguments]).exit_code == 1
    rows["person"] = [person(1, sex="X")]
    wrong = CliRunner().invoke(app, ["validate", str(csv_folder(tmp_path / "b", rows)), "--language", "en"])
    assert wrong.exit_code == 1
    assert "person.csv:2: sex: refused allowed: X is not an allowed value of sex." in wrong.stdout
