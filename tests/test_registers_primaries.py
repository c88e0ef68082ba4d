"""Counting of primaries: pairs decided by hand, and what must hold whatever the records are."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands import Command, refused
from fyrbak.cli.main import run
from fyrbak.records.columns import Names
from fyrbak.registers.primaries import (
    COLUMNS,
    Judged,
    Rule,
    Tumour,
    morphology_groups,
    primaries,
    read_tumours,
    site_group,
)

HEADER = "patient,tumour,year,month,day,topography,morphology,behaviour"


def on(year: int, month: int = 0) -> tuple[date, date]:
    return (date(year, month, 1), date(year, month, 28)) if month else (date(year, 1, 1), date(year, 12, 31))


def judged(*tumours: tuple[str, int, str], rule: Rule = "iarc2004", sides: str = "") -> list[Judged]:
    """Tumours a, b, c ... of one person, a year apart."""
    rows = [
        Tumour("p", "abcdefgh"[at], *on(2010 + at), site, morphology, behaviour, sides[at : at + 1])
        for at, (site, morphology, behaviour) in enumerate(tumours)
    ]
    return primaries(rows, rule)


PAIRS = [
    (("C504", 8500), ("C501", 8520), False, "same_group"),  # two adenocarcinomas of one breast or both
    (("C504", 8010), ("C504", 8500), False, "unspecified"),  # unspecified until the second
    (("C504", 8000), ("C504", 8010), False, "unspecified"),
    (("C504", 8070), ("C504", 8500), True, "other_morphology"),
    (("C504", 8500), ("C182", 8140), True, "other_site"),
    (("C199", 8140), ("C209", 8140), False, "same_group"),  # rectosigmoid and rectum are one
    (("C180", 8140), ("C199", 8140), True, "other_site"),
    (("C340", 8070), ("C339", 8070), False, "same_group"),
    (("C421", 9591), ("C770", 9680), False, "anywhere"),
    (("C421", 9861), ("C770", 9680), True, "other_morphology"),
    (("C770", 9650), ("C770", 9680), True, "other_morphology"),
    (("C440", 9140), ("C180", 9140), False, "anywhere"),  # Kaposi
    (("C440", 9140), ("C440", 8000), False, "unspecified"),
    (("C440", 9140), ("C180", 8000), True, "other_site"),
    (("C099", 8085), ("C109", 8085), False, "same_group"),  # codes of ICD-O-3.2
    (("C541", 8380), ("C541", 8980), True, "other_morphology"),
]  # fmt: skip


@pytest.mark.parametrize(("first", "second", "primary", "rule"), PAIRS)
def test_pairs_are_decided_as_the_rules_of_2004_say(
    first: tuple[str, int], second: tuple[str, int], primary: bool, rule: str
) -> None:
    one, two = judged((*first, "3"), (*second, "3"))
    assert (one.primary, one.rule) == (True, "first")
    assert (two.primary, two.rule) == (primary, rule)
    assert "tumör a" in two.reason


def test_a_tumour_that_was_unspecified_learns_from_the_next() -> None:
    """Once the carcinoma is known to be an adenocarcinoma, a squamous one is another tumour."""
    assert [one.primary for one in judged(("C504", 8010, "3"), ("C504", 8500, "3"), ("C504", 8070, "3"))] == [
        True, False, True,
    ]  # fmt: skip


def test_only_invasive_tumours_count_and_any_of_the_bladder() -> None:
    assert [one.rule for one in judged(("C504", 8500, "2"), ("C504", 8500, "3"))] == ["not_invasive", "first"]
    assert [one.rule for one in judged(("C672", 8130, "2"), ("C679", 8120, "3"))] == ["first", "same_group"]


def test_the_swedish_register_counts_more() -> None:
    tumours = (("C501", 8500, "3"), ("C504", 8500, "3"), ("C504", 8500, "2"), ("C504", 8520, "3"))
    assert [one.primary for one in judged(*tumours)] == [True, False, False, False]
    swedish = judged(*tumours, rule="se")
    assert [one.rule for one in swedish] == ["first", "other_site", "other_behaviour", "same_group"]
    sides = judged(("C504", 8500, "3"), ("C504", 8500, "3"), rule="se", sides="RL")
    assert sides[1].rule == "other_side"


def test_every_morphology_has_a_group_and_others_are_refused() -> None:
    groups = morphology_groups()
    assert set(groups.values()) == set(range(1, 18)) and len(groups) > 890
    (one,) = judged(("C504", 8999, "3"))
    assert one.primary is None and one.rule == "refused" and "8999" in one.reason


def test_sites_of_one_group() -> None:
    assert {site_group(site) for site in ("C659", "C669", "C679", "C689")} == {"C68"}
    assert site_group("C501") == "C50"


SITES = ("C504", "C509", "C182", "C199", "C209", "C421", "C770")
MORPHOLOGIES = (8000, 8010, 8070, 8140, 8500, 9591, 9680, 9140, 8999)
record = st.tuples(
    st.sampled_from("pq"), st.integers(2010, 2012), st.integers(0, 12), st.sampled_from(SITES),
    st.sampled_from(MORPHOLOGIES), st.sampled_from("233"),
)  # fmt: skip


@settings(max_examples=80)
@given(st.lists(record, max_size=9), st.randoms(use_true_random=False), st.sampled_from(["iarc2004", "se"]))
def test_the_order_of_records_never_matters(rows: list[Any], chance: Any, rule: Rule) -> None:
    tumours = [
        Tumour(patient, str(at), *on(year, month), site, morphology, behaviour)
        for at, (patient, year, month, site, morphology, behaviour) in enumerate(rows)
    ]
    mixed = list(tumours)
    chance.shuffle(mixed)
    one, two = (
        {(found.patient, found.tumour): found for found in primaries(some, rule)} for some in (tumours, mixed)
    )
    assert one == two


@given(st.lists(record, max_size=9))
def test_whoever_has_a_tumour_that_counts_has_a_first(rows: list[Any]) -> None:
    tumours = [
        Tumour(patient, str(at), *on(year, month), site, morphology, "3")
        for at, (patient, year, month, site, morphology, _) in enumerate(rows)
    ]
    found = primaries(tumours, "iarc2004")
    for patient in {one.patient for one in found if one.primary is not None}:
        assert [one.rule for one in found if one.patient == patient].count("first") == 1
    assert all((one.primary is None) == (one.rule == "refused") for one in found)


def test_days_that_are_unknown_are_intervals_and_the_reason_says_so(tmp_path: Path) -> None:
    path = tmp_path / "tumours.csv"
    path.write_text(
        f"{HEADER}\np,a,2010,,,C50.4,8500/3,3\np,b,2010,05,99,C50.4,8500,3\np,c,2012,2,29,C504,8500,3\n"
    )
    rows = read_tumours(path, Names())
    assert [(row.first.isoformat(), row.last.isoformat()) for row in rows] == [
        ("2010-01-01", "2010-12-31"), ("2010-05-01", "2010-05-31"), ("2012-02-29", "2012-02-29"),
    ]  # fmt: skip
    first, second, third = primaries(rows, "iarc2004")
    assert first.primary and "inte känt" in second.reason and "inte känt" not in third.reason


def test_the_command_answers_a_row_for_each_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tumours.csv"
    path.write_text(f"{HEADER}\np,b,2012,1,1,C50.4,8500,3\np,a,2010,1,1,C50.4,8500,3\n")
    monkeypatch.setattr("sys.argv", ["fyrbak", "register", "primaries", str(path), "--rule", "iarc2004"])
    with pytest.raises(SystemExit) as ended:
        run()
    said = capsys.readouterr()
    assert not ended.value.code
    rows = json.loads(said.out)
    assert [list(row) for row in rows] == [["patient", "tumour", "primary", "rule", "reason"]] * 2
    assert [(row["tumour"], row["primary"]) for row in rows] == [("b", False), ("a", True)]
    assert "2 records, 1 primaries" in said.err


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("p,a,2010,1,1,50,8500,3", "topography: not an ICD-O-3 site"),
        ("p,a,2010,1,1,C50.4,85,3", "morphology: not an ICD-O-3 morphology"),
        ("p,a,2010,1,1,C50.4,8500,", "behaviour: no behaviour"),
        ("p,a,2010,13,1,C50.4,8500,3", "month: not a number from 1 to 12"),
        ("p,a,2010,2,30,C50.4,8500,3", "day: a day that the month does not have"),
        ("p,a,,2,3,C50.4,8500,3", "year: empty"),
        ("p,a,10,2,3,C50.4,8500,3", "year: not a year"),
        ("p,a,2010,1,1,C50.4,8500,3\np,a,2011,1,1,C50.4,8500,3", "tumour: stands twice"),
        ("p,a,2010", "3 fields where the header has 8"),
    ],
)
def test_bad_records_are_one_line(row: str, words: str, tmp_path: Path, fyrbak: Command) -> None:
    path = tmp_path / "tumours.csv"
    path.write_text(f"{HEADER}\n{row}\n")
    refused(fyrbak("register", "primaries", path), words)


def test_a_rule_that_is_not_known_is_refused(tmp_path: Path, fyrbak: Command) -> None:
    path = tmp_path / "tumours.csv"
    path.write_text(f"{HEADER}\np,a,2010,1,1,C50.4,8500,3\n")
    refused(fyrbak("register", "primaries", path, "--rule", "iarc"), "did you mean 'iarc2004'")


def test_every_column_is_explained() -> None:
    told = (Path(__file__).parents[1] / "docs" / "counting.md").read_text(encoding="utf-8")
    for name in COLUMNS:
        assert f"`{name}`" in told
