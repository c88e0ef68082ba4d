"""How often the reader of reports is right on invented ones, and what it never does."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import Command
from fyrbak.registers.codes import lines
from fyrbak.registers.pathology.accuracy import FieldAccuracy, accuracy
from fyrbak.registers.pathology.fields import FIELDS, WrongValueError, checked
from fyrbak.registers.pathology.invented import InventedReport, invented_reports
from fyrbak.registers.pathology.invented_words import subjects, writers
from fyrbak.registers.pathology.reading import read_report
from fyrbak.registers.pathology.words import pathology_words

SEED = 1
# What docs/pathology-text.md documents for the writers that are held out, on fewer reports.
PRECISION, RECALL = 0.98, 0.85


@cache
def reports(count: int, *, held_out: bool, seed: int = SEED) -> tuple[InventedReport, ...]:
    return tuple(invented_reports(count, np.random.default_rng(seed), held_out=held_out))


@pytest.fixture(scope="module")
def held_out() -> dict[str, FieldAccuracy]:
    return {row.field: row for row in accuracy(reports(700, held_out=True))}


@pytest.mark.parametrize("field", FIELDS)
def test_figures_of_writers_that_are_held_out_do_not_fall(
    held_out: dict[str, FieldAccuracy], field: str
) -> None:
    row = held_out[field]
    assert row.said >= 10, "too few reports speak of it to tell"
    assert row.precision is not None and row.precision >= PRECISION
    assert row.recall is not None and row.recall >= RECALL


def test_a_reader_that_says_nothing_has_no_recall_and_one_that_errs_less_precision() -> None:
    some = reports(60, held_out=False)
    silent = {row.field: row for row in accuracy(some, lambda _: read_report(""))}
    assert silent["morphology"].recall == 0 and silent["morphology"].precision is None
    same = {row.field: row for row in accuracy(some, lambda _: read_report("Diagnos: Seminom i testikel."))}
    assert (same["morphology"].precision or 0) < 0.5


def test_the_same_seed_invents_the_same_reports_and_another_one_others() -> None:
    again = tuple(invented_reports(20, np.random.default_rng(SEED)))
    assert again == reports(20, held_out=False)
    assert again != reports(20, held_out=False, seed=SEED + 1)


def test_labels_are_values_of_their_fields_and_codes_of_the_register() -> None:
    sites = {row["topography"] for row in lines("topographies.csv")}
    for report in (*reports(150, held_out=True), *reports(150, held_out=False)):
        assert report.text.strip()
        for field, accepted in report.labels.items():
            for value in filter(None, accepted):
                assert checked(field, value) == value
        assert {one for one in report.labels.get("topography", ()) if one} <= sites


def test_a_third_of_the_writers_is_held_out_and_two_thirds_write_swedish() -> None:
    assert sum(one.held_out for one in writers()) * 3 == len(writers())
    assert sum(one.language == "sv" for one in writers()) * 3 == len(writers()) * 2
    assert len(subjects().sites) >= 12


def test_what_reports_of_no_tumour_say_is_not_proposed() -> None:
    of_none = [
        one for one in reports(700, held_out=True) if one.kind in ("benign", "uncertain", "no_residual")
    ]
    wrong = [one for one in of_none if read_report(one.text).value("morphology")]
    assert len(of_none) > 100 and not wrong


@pytest.mark.parametrize("report", reports(40, held_out=True), ids=lambda one: f"{one.writer}-{one.kind}")
def test_every_proposal_points_at_its_words(report: InventedReport) -> None:
    for one in read_report(report.text).proposals:
        words = report.text[one.start : one.end]
        assert words and words == words.strip()
        if one.field in ("t", "n", "m", "tnm_prefix"):
            assert words == one.value


TERMS = sorted(term for one in pathology_words().morphologies for term in one.terms)
CUES = pathology_words().cues
AHEAD = sorted(cue for cues in (CUES.negated, CUES.history, CUES.uncertain) for cue in cues.before)
WORDS = st.sampled_from(TERMS)


@given(WORDS, st.sampled_from([cue.rstrip("*") for cue in AHEAD]))
def test_no_term_behind_a_cue_is_proposed(term: str, cue: str) -> None:
    assert read_report(f"Utlåtande: Vi ser {cue} {term}.").value("morphology") is None


@given(WORDS, st.sampled_from(pathology_words().headings["history"]))
def test_nothing_under_a_heading_of_history_is_proposed(term: str, heading: str) -> None:
    report = f"{heading}: {term}, ER 90 %, HER2 3+, Ki-67 30 %, grad 2, pT2 pN1 M0. Lymfkörtlar 2/10.\n"
    assert read_report(report).proposals == ()


@given(WORDS)
def test_what_is_asked_is_not_proposed(term: str) -> None:
    assert read_report(f"Utlåtande: {term}?").value("morphology") is None
    assert read_report(f"Utlåtande: ?{term}").value("morphology") is None


@given(st.text(max_size=300))
def test_any_text_is_read_alike_each_time_and_gives_values_of_the_fields(text: str) -> None:
    reading = read_report(text)
    assert reading == read_report(text)
    for one in reading.proposals:
        assert checked(one.field, one.value) == one.value
        assert text[one.start : one.end]


def test_a_pair_of_site_and_morphology_that_hardly_occurs_is_demoted() -> None:
    reading = read_report("Diagnos: Seminom i bröst.")
    pair = ("topography", "morphology", "behaviour")
    assert not {one.field for one in reading.proposals} & set(pair)
    assert {(one.field, one.why) for one in reading.abstained} == {(field, "pair") for field in pair}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Diagnos: Levermetastas av adenocarcinom, primärtumör i kolon.", "C189"),
        ("Diagnos: Levermetastas av adenocarcinom. Primärtumören är okänd.", "C809"),
        ("Diagnos: Levermetastas av adenocarcinom.", None),
        ("Diagnosis: Brain metastasis from lung adenocarcinoma.", "C349"),
        ("Diagnos: Kronisk kolit i kolon.", None),
    ],
)
def test_a_site_is_where_the_tumour_began(text: str, value: str | None) -> None:
    assert read_report(text).value("topography") == value


@pytest.mark.parametrize(
    ("field", "typed"), [("topography", "bröst"), ("ki67", "101"), ("t", ""), ("m", "2")]
)
def test_a_value_that_a_field_cannot_have_is_refused(field: str, typed: str) -> None:
    with pytest.raises(WrongValueError, match=field):
        checked(field, typed)


def test_the_command_reads_a_report(tmp_path: Path, fyrbak_json: Callable[..., Any]) -> None:
    file = tmp_path / "report.txt"
    file.write_text("Diagnos: Seminom i höger testikel, 23 mm stor tumör. pT1.", encoding="utf-8")
    answer = fyrbak_json("register", "read", file)
    told = {one["field"]: (one["value"], one["words"]) for one in answer["proposals"]}
    assert told["morphology"] == ("9061", "Seminom")
    assert told["topography"] == ("C629", "testikel")


def test_the_command_prints_the_figures_of_both_groups(fyrbak_json: Callable[..., Any]) -> None:
    rows = fyrbak_json("register", "accuracy", "--reports", 5, "--seed", 3)
    assert [(row["held_out"], row["field"]) for row in rows] == [
        (held_out, field) for held_out in (False, True) for field in FIELDS
    ]


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_is_no_text_is_told_in_one_line(
    tmp_path: Path, fyrbak: Command, content: bytes | None
) -> None:
    file = tmp_path / "report.txt"
    if content:
        file.write_bytes(content)
    code, said = fyrbak("register", "read", file)
    assert code == 2 and len(said.splitlines()) == 1
