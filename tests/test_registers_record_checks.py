"""Checks of a tumour's record: every rule on its own examples, and files as they come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import Command, refused
from fyrbak.errors import BadInputError
from fyrbak.records.columns import Names, names_in
from fyrbak.registers.record_checks import (
    SCHEMA,
    UNREADABLE,
    Example,
    Rule,
    check,
    check_one,
    records_in,
    rules,
)
from fyrbak.registers.tumour_files import COLUMNS, read_tumours, tumours_of

TODAY = date(2026, 1, 1)
Case = Example | tuple[Example, ...]


def broken(record: Example) -> set[str]:
    return {finding["rule"] for finding in check_one(record, today=TODAY)}


def broken_in(example: Case) -> set[str]:
    """The rules that the last record of an example breaks."""
    records = [{name: str(value) for name, value in one.items()} for one in records_in(example)]
    found = check(tumours_of(pa.Table.from_pylist(records)), today=TODAY).findings.to_pylist()
    return {finding["rule"] for finding in found if finding["record"] == str(len(records))}


def examples(kind: Callable[[Rule], tuple[Case, ...]]) -> list[Any]:
    return [
        pytest.param(rule.id, one, id=f"{rule.id}-{place}")
        for rule in rules().rules
        for place, one in enumerate(kind(rule))
    ]


@pytest.mark.parametrize(("rule", "record"), examples(lambda rule: rule.passes))
def test_what_a_rule_lets_pass(rule: str, record: Case) -> None:
    assert rule not in broken_in(record)


@pytest.mark.parametrize(("rule", "record"), examples(lambda rule: rule.fails))
def test_what_a_rule_finds(rule: str, record: Case) -> None:
    assert rule in broken_in(record)


def test_every_rule_has_examples_of_both_kinds_and_words_in_both_languages() -> None:
    for rule in rules().rules:
        assert rule.passes and rule.fails, rule.id
        if isinstance(rule.fails[0], tuple):
            continue
        swedish, english = (check_one(rule.fails[0], today=TODAY, lang=lang) for lang in ("sv", "en"))
        for said, other in zip(swedish, english, strict=True):
            assert said["rule"] == other["rule"] and said["reason"] != other["reason"]
            assert "{" not in said["reason"] + said["mend"] + other["reason"] + other["mend"]


def test_a_sound_record_has_no_findings() -> None:
    sound = {
        "sex": "2", "age": "61", "topography": "C50.4", "morphology": "8500/3", "grade": "2", "basis": "7",
        "laterality": "L", "birth": "1958-03-04", "incidence": "2020-02-29", "last_contact": "2024-01-31",
        "t": "T2", "n": "N0", "m": "M0", "edition": "uicc8", "stage": "IIA",
    }  # fmt: skip
    assert not broken(sound)


def test_a_finding_says_what_where_why_and_what_to_do() -> None:
    [finding] = check_one({"record": "A7", "sex": "man", "topography": "539"}, today=TODAY)
    assert finding == {
        "record": "A7", "field": "topography", "value": "539", "rule": "SEX_TOPO", "severity": "invalid",
        "reason": "Platsen 539 hör till det andra könets organ (kön man).",
        "mend": "Jämför kön och plats med svaret. Efter ändrat juridiskt kön: låt stå och bekräfta.",
    }  # fmt: skip


@pytest.mark.parametrize(
    "record",
    [
        {"age": "sextio"}, {"sex": "X"}, {"topography": "bröst"}, {"morphology": "85"}, {"behaviour": "33"},
        {"birth": "1950-13-01"}, {"incidence": "2021-02-29"}, {"last_contact": "i går"}, {"grade": "II"},
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_and_not_passed_over(record: Example) -> None:
    [finding] = check_one(record, today=TODAY)
    [(field, value)] = record.items()
    assert (finding["rule"], finding["field"], finding["value"]) == (UNREADABLE, field, value)


def test_what_cannot_be_read_is_named_in_the_order_of_the_columns_before_all_rules() -> None:
    found = check_one({"last_contact": "i går", "grade": "II", "sex": "man", "topography": "539", "age": "x"},
                      today=TODAY)  # fmt: skip
    assert [finding["field"] for finding in found] == ["age", "grade", "last_contact", "topography"]


def test_codes_that_other_tools_misjudge() -> None:
    """Faults that were found in other tools, each with the case that shows it."""
    assert "SEX_MORPH" in broken({"sex": 1, "morphology": "9084/3"})  # the behaviour is not read there
    assert not broken({"morphology": 9714, "behaviour": 3, "grade": 4})  # a wider rule refuses it there
    assert not broken({"topography": "C10.9", "morphology": 8085, "behaviour": 3})  # a code of edition 3.2


@given(
    st.fixed_dictionaries({}, optional={name: st.text(max_size=12) for name in COLUMNS if name != "record"})
)
def test_nothing_that_stands_in_a_record_stops_the_check(record: Example) -> None:
    if record:
        for finding in check_one(record, today=TODAY):
            assert finding["reason"] and finding["mend"]


def test_many_are_judged_as_one_by_one() -> None:
    cases = [one for rule in rules().rules for one in (rule.passes[0], rule.fails[-1])][::2]
    every = [one for one in cases if not isinstance(one, tuple)]
    whole = [{name: str(one.get(name, "")) for name in COLUMNS if name != "record"} for one in every]
    together = check(tumours_of(pa.Table.from_pylist(whole)), today=TODAY).findings.to_pylist()
    apart = [
        {**finding, "record": str(place)}
        for place, one in enumerate(whole, 1)
        for finding in check_one(one, today=TODAY)
    ]
    assert together == apart


def test_no_finding_shows_an_identity_number_whole() -> None:
    [finding] = check_one({"identity": "19811218-9877"}, today=TODAY)
    assert (finding["rule"], finding["value"]) == ("IDENTITY_VALID", "198112…")
    assert "9877" not in "".join(finding.values())


def write(folder: Path, text: str, name: str = "tumours.csv") -> Path:
    path = folder / name
    path.write_bytes(text.encode())
    return path


def test_files_of_all_kinds_say_the_same(tmp_path: Path) -> None:
    rows = {"sex": ["1", "2"], "topography": ["C53.9", "C50.4"], "morphology": ["8070", "8500"]}
    pq.write_table(pa.table(rows), tmp_path / "tumours.parquet")
    other = write(tmp_path, "KON;PLATS;MORF\n1;C53.9;8070\n2;C50.4;8500\n", "other.csv")
    named = write(tmp_path, "columns: {sex: KON, topography: PLATS, morphology: MORF}\n", "mapping.yaml")
    found = [
        check(read, today=TODAY).findings
        for read in (
            read_tumours(tmp_path / "tumours.parquet", Names()),
            read_tumours(write(tmp_path, "sex,topography,morphology\n1,C53.9,8070\n2,C50.4,8500\n"), Names()),
            read_tumours(other, names_in(named)),
        )
    ]
    assert found[0].schema == SCHEMA and found[0].num_rows == 1
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the file is empty"),
        ("sex,topography\n", "no rows"),
        ("kön,plats\n1,C50\n", "none of the columns"),
        ("sex,topography\n1,C50.4\n2\n", ":3: 1 fields where the header has 2"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_line(tmp_path: Path, text: str, said: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(BadInputError, match=said) as stopped:
        read_tumours(path, Names())
    assert "\n" not in str(stopped.value) and "C50.4" not in str(stopped.value)


def test_the_command_answers_in_json_and_names_what_it_did_not_ask(
    tmp_path: Path, fyrbak: Command, fyrbak_json: Callable[..., Any]
) -> None:
    path = write(tmp_path, "sex,age,topography,morphology,behaviour,grade,basis\n1,40,C539,8070,3,2,7\n")
    assert [row["rule"] for row in fyrbak_json("register", "check", path)] == ["SEX_TOPO"]
    code, said = fyrbak("register", "check", path, "--format", "csv")
    assert code == 0 and "1 records, 1 findings" in said and "DATE_ORDER" in said
    refused(fyrbak("register", "check", tmp_path / "gone.csv"), "no such file")
