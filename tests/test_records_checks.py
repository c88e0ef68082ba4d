"""Each check refuses the row it is meant for, says why in both languages, and lets the right row through."""

from __future__ import annotations

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from stdnum import luhn

from deliveries import Rows, ask, csv_folder, event, layout_folder, person, take
from fyrbak.definitions import CONTENT, read_yaml
from fyrbak.errors import BadInputError
from fyrbak.records.intake import export_refused
from fyrbak.records.intake.mapping import load_mapping

NUMBER = "811218987"
NUMBER += luhn.calc_check_digit(NUMBER)


def _identity(**other: Any) -> Rows:
    return {
        "identity": [{"record_key": "i1", "person_id": 1, "kind": "pnr", "number": f"19{NUMBER}"} | other]
    }


def _residence(**other: Any) -> Rows:
    return {"residence": [{"record_key": "r1", "person_id": 1, "start_date": date(2000, 1, 1)} | other]}


def _event(**other: Any) -> Rows:
    return {"pathway_event": [event("e1", 1, **other)]}


def _tumour(**other: Any) -> Rows:
    return {
        "tumour": [
            {"record_key": "t1", "person_id": 1, "code": "C50.4", "start_date": date(2020, 1, 1)} | other
        ]
    }


def _stage(**other: Any) -> Rows:
    row = {"record_key": "s1", "person_id": 1, "system": "tnm", "edition": "uicc8", "basis": "c"} | other
    return {"stage": [row]}


def _background(**other: Any) -> Rows:
    return {"background": [{"record_key": "b1", "person_id": 1, "year": 2023} | other]}


def _finding(**other: Any) -> Rows:
    return {"finding": [{"record_key": "f1", "person_id": 1, "kind": "laboratory", "code": "718-7"} | other]}


def _drug(**other: Any) -> Rows:
    return {"drug_administration": [{"record_key": "d1", "person_id": 1, "code": "L01AA01"} | other]}


COURSE = {"record_key": "c1", "person_id": 1, "modality": "drug"}
CASES: dict[str, tuple[Rows, str, str]] = {
    "sex missing": ({"person": [person(1), person(2, sex=None)]}, "required", "sex"),
    "sex unheard of": ({"person": [person(1), person(2, sex="K")]}, "allowed", "sex"),
    "born tomorrow": (
        {"person": [person(1), person(2, birth_date=date(2025, 7, 1))]},
        "future",
        "birth_date",
    ),
    "a date in the future": (_event(start_date=date(2027, 3, 1)), "future", "start_date"),
    "unknown region": (_event(region="02"), "unknown_code", "region"),
    "unknown unit": (_event(unit="24-xyz"), "unknown_code", "unit"),
    "unknown pathway": (_event(pathway="lungan"), "unknown_code", "pathway"),
    "unknown point": (_event(point="99"), "unknown_code", "point"),
    "unknown person": (_event(person_id=9), "unknown_person", "person_id"),
    "end before start": (_event(end_date=date(2024, 2, 29)), "order", "end_date"),
    "start before original start": (_event(original_start=date(2024, 3, 2)), "order", "start_date"),
    "before birth": (_event(start_date=date(1960, 5, 16)), "before_birth", "start_date"),
    "moved in before birth": (_residence(start_date=date(1960, 5, 16)), "before_birth", "start_date"),
    "death before birth": (
        {"death": [{"record_key": "d1", "person_id": 1, "death_date": date(1950, 1, 1)}]},
        "before_birth",
        "death_date",
    ),
    "text too long": (_event(variant="v" * 25), "too_long", "variant"),
    "key too long": ({"pathway_event": [event("k" * 120, 1)]}, "too_long", "record_key"),
    "version none": (_event(version=0), "negative", "version"),
    "key is a personal number": ({"pathway_event": [event(f"19{NUMBER}", 1)]}, "key_is_number", "record_key"),
    "not an ICD-10 code": (_tumour(code="174"), "icd10", "code"),
    "cause not an ICD-10 code": (
        {
            "death": [
                {"record_key": "d1", "person_id": 1, "death_date": date(2020, 1, 1), "underlying_cause": "X"}
            ]
        },
        "icd10",
        "underlying_cause",
    ),
    "unknown tumour": (_stage(tumour_key="t9"), "unknown_tumour", "tumour_key"),
    "unknown parent": (_tumour(parent_key="t9"), "unknown_tumour", "parent_key"),
    "tumour of another person": (
        {"person": [person(1), person(2)], **_tumour(), **_stage(person_id=2, tumour_key="t1")},
        "tumour_of_another",
        "tumour_key",
    ),
    "link without tumour": (_stage(tumour_link="stated"), "tumour_link", "tumour_link"),
    "wrong check digit": (_identity(number="198112189877"), "identity", "number"),
    "number of another kind": (_identity(kind="coord"), "identity_kind", "kind"),
    "the same key twice": (
        {"pathway_event": [event("e1", 1), event("e1", 1, "25")]},
        "duplicate",
        "record_key",
    ),
    "modality unheard of": (
        {"treatment_course": [{"record_key": "c1", "person_id": 1, "modality": "herbs", "line": 7}]},
        "allowed",
        "modality",
    ),
    "unknown course": (_drug(course_key="c9"), "unknown_course", "course_key"),
    "course of another person": (
        {"person": [person(1), person(2)], "treatment_course": [COURSE]}
        | _drug(person_id=2, course_key="c1"),
        "link_of_another",
        "course_key",
    ),
    "unknown report": (_finding(report_key="r9"), "unknown_report", "report_key"),
    "a dose below nothing": (_drug(dose=Decimal(-1), dose_unit="mg"), "negative", "dose"),
    "a dose of what": (_drug(dose=Decimal(1)), "unit_missing", "dose"),
    "a unit of nothing": (_finding(value_unit="mg/L"), "value_missing", "value_unit"),
    "a code of no system": (_finding(value_code="10828004"), "system_missing", "value_code"),
    "a year to come": (_background(year=2026), "year", "year"),
    "a year before birth": (_background(year=1959), "year_before_birth", "year"),
    "a sixth fifth": (_background(income=6), "allowed", "income"),
    "education unheard of": (_background(education="doctor"), "allowed", "education"),
    "nothing to take back": (_event(version=2, status="retracted"), "nothing_to_retract", "status"),
}


@pytest.mark.parametrize(("rows", "rule", "field"), CASES.values(), ids=CASES)
def test_a_faulty_row_is_refused_with_its_reason(
    records: str, tmp_path: Path, rows: Rows, rule: str, field: str
) -> None:
    take(layout_folder(tmp_path / "in", {"person": [person(1)]} | rows))
    found = ask(records, "SELECT DISTINCT rule, field, text_sv, text_en FROM records_refusal")
    assert max(line for (line,) in ask(records, "SELECT line FROM records_refusal")) == len(
        [*rows.values()][-1]
    )
    assert [(r, f) for r, f, _, _ in found] == [(rule, field)]
    assert all("{" not in text and text.endswith(".") for text in found[0][2:])
    assert NUMBER not in str(found)


def test_the_line_of_treatment_is_not_the_line_of_the_file(records: str, tmp_path: Path) -> None:
    course = {"record_key": "c1", "person_id": 1, "modality": "drug", "line": 7}
    take(layout_folder(tmp_path / "in", {"person": [person(1)], "treatment_course": [course]}))
    assert ask(records, "SELECT line FROM records_treatmentcourse") == [(7,)]


def test_right_rows_pass_every_check(records: str, tmp_path: Path) -> None:
    rows = (
        {"person": [person(1)]} | _identity() | _residence() | _tumour() | _stage(tumour_key="t1") | _event()
        | _background(income=5, education="post_secondary", birth_country="", municipality_group="A1")
    )  # fmt: skip
    result = take(layout_folder(tmp_path / "in", rows))
    assert (result.total("landed"), result.total("refused")) == (7, 0)


def test_numbers_are_stored_in_one_form(records: str, tmp_path: Path) -> None:
    take(
        layout_folder(
            tmp_path / "in", {"person": [person(1)]} | _identity(number=f"{NUMBER[:6]}-{NUMBER[6:]}")
        )
    )
    assert ask(records, "SELECT number FROM records_identity") == [(f"19{NUMBER}",)]


def test_every_text_is_used_and_every_rule_has_one() -> None:
    texts = set(read_yaml(CONTENT / "codes" / "checks.yaml")["texts"])
    elsewhere = {"unreadable", "columns", "older"}  # these need a mapping, a CSV file or an earlier delivery
    assert texts == {rule for _, rule, _ in CASES.values()} | elsewhere


def test_the_text_says_what_where_and_what_to_do(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "in", {"person": [person(1)]} | _event(start_date=date(2027, 3, 1))))
    assert ask(records, "SELECT file, line, value, text_sv FROM records_refusal") == [
        (
            "pathway_event/part-00000.parquet",
            1,
            "2027-03-01",
            (
                "Datumet 2027-03-01 ligger efter leveransens sista dag 2025-06-30. "
                "Rätta datumet i källan och skicka raden igen."
            ),
        )
    ]


def test_a_refused_row_is_exported_corrected_and_sent_again(records: str, tmp_path: Path) -> None:
    faulty = [event("e1", 1), event("e2", 1, "99", region="02"), event("e3", 1, start_date=date(2026, 1, 1))]
    first = take(layout_folder(tmp_path / "1", {"person": [person(1)], "pathway_event": faulty}))
    assert (first.total("landed"), first.total("refused")) == (2, 2)
    assert export_refused(out=tmp_path / "out", batch=first.batch) == {
        tmp_path / "out" / "pathway_event.csv": 2
    }
    path = tmp_path / "out" / "pathway_event.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["record_key"] for row in rows] == ["e2", "e3"]
    assert rows[0]["refused_rule"] == "unknown_code"
    assert "99" in rows[0]["refused_reason_sv"]
    assert "02" in rows[0]["refused_reason_sv"]
    text = path.read_text(encoding="utf-8").replace("lunga,99", "lunga,50").replace(",02,", ",24,")
    path.write_text(text, encoding="utf-8")
    second = take(tmp_path / "out", mapping=load_mapping(Path("layout")), source="a", as_of=date(2025, 6, 30))
    assert (second.total("landed"), second.total("refused"), second.resolved) == (1, 1, 2)
    assert export_refused(out=tmp_path / "left.csv") == {tmp_path / "left.csv": 1}
    open_rows = ask(records, "SELECT DISTINCT record_key FROM records_refusal WHERE resolved_by_id IS NULL")
    assert open_rows == [("e3",)]


def test_text_that_is_no_date_and_lines_that_are_no_rows_are_kept(records: str, tmp_path: Path) -> None:
    folder = csv_folder(tmp_path / "in", {"person": [person(1), person(2, birth_date="17 maj 1960")]})
    with (folder / "person.csv").open("a", encoding="utf-8") as file:
        file.write("3,3,F\n")
    result = take(folder, mapping=load_mapping(Path("layout")), source="a")
    assert (result.total("read"), result.total("landed"), result.total("refused")) == (3, 1, 2)
    assert ask(records, "SELECT file, line, rule, value FROM records_refusal ORDER BY line") == [
        ("person.csv", 3, "unreadable", "17 maj 1960"),
        ("person.csv", 4, "columns", ""),
    ]


def test_refused_rows_of_several_files_need_a_folder(records: str, tmp_path: Path) -> None:
    take(layout_folder(tmp_path / "in", {"person": [person(1), person(2, sex="K")]} | _event(point="99")))
    with pytest.raises(BadInputError, match="2 files"):
        export_refused(out=tmp_path / "one.csv")
    with pytest.raises(BadInputError, match="no batch 77"):
        export_refused(out=tmp_path / "one.csv", batch=77)
