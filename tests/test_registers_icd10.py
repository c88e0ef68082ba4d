"""ICD-O-3 to ICD-10 and back: known codes, faults of other tools, every pair converted or refused."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from commands import Command, refused
from fyrbak.cli.main import run
from fyrbak.registers import icdo3
from fyrbak.registers.codes import lines
from fyrbak.registers.icd10 import COLUMNS, sites, to_icd10
from fyrbak.registers.icdo3 import from_icd10

KNOWN = [
    ("C504", 8500, "3", "", "C504"),
    ("C504", 8522, "3", "", "C504"),  # others lose the quadrant of mixed ductal and lobular cancer
    ("C753", 9395, "3", "", "C753"),  # others cannot convert a papillary tumour of the pineal gland
    ("C182", 8140, "3", "", "C182"),
    ("C182", 8140, "2", "", "D010"),
    ("C619", 8140, "3", "male", "C61"),
    ("C445", 8720, "3", "", "C435"),
    ("C421", 9861, "3", "", "C920"),
    ("C421", 9732, "3", "", "C900"),
    ("C779", 9650, "3", "", "C819"),
    ("C384", 9050, "3", "", "C450"),
    ("C349", 8140, "6", "", "C780"),
]


@pytest.mark.parametrize(("site", "morphology", "behaviour", "sex", "code"), KNOWN)
def test_known_codes(site: str, morphology: int, behaviour: str, sex: str, code: str) -> None:
    assert to_icd10(site, morphology, behaviour, sex).icd10 == code


def test_every_pair_is_converted_or_refused_with_a_reason() -> None:
    pairs = [(int(row["morphology"]), row["behaviour"]) for row in lines("icd10_morphologies.csv")]
    assert len(pairs) == len(set(pairs)) == 2_769
    sites = [row["topography"] for row in lines("topographies.csv")]
    without = 0
    for at, (morphology, behaviour) in enumerate(pairs):
        for site in sites[at % 7 :: 7]:
            for sex in ("", "male", "female"):
                found = to_icd10(site, morphology, behaviour, sex)
                assert (found.icd10 is None) == bool(found.reason)
                assert found.icd10 is None or re.fullmatch(r"[CDNOQ]\d{2,3}", found.icd10), (site, morphology)
                without += found.icd10 is None
    assert without


def test_every_list_ends_with_a_line_for_all_other_sites() -> None:
    last = {row["list"]: row["site"] for row in lines("icd10_lists.csv")}
    assert set(last.values()) == {""}
    asked = {
        row["code"].removeprefix("list:") for row in lines("icd10_morphologies.csv") if ":" in row["code"]
    }
    assert asked == set(last)


def test_a_code_that_differs_by_sex_asks_for_it() -> None:
    assert to_icd10("C809", 8630, "1").icd10 is None
    assert "ange kön" in to_icd10("C809", 8630, "1").reason
    assert {to_icd10("C809", 8630, "1", sex).icd10 for sex in ("male", "female")} == {"D401", "D391"}
    assert "andra könet" in to_icd10("C569", 8443, "3", "male").reason


def test_the_command_answers_a_row_for_each_record(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tumours.csv"
    path.write_text("tumour,topography,morphology\na,C50.4,8500/3\nb,C50.4,1234/3\n")
    monkeypatch.setattr("sys.argv", ["fyrbak", "register", "convert", "--to", "icd10", str(path)])
    with pytest.raises(SystemExit) as ended:
        run()
    said = capsys.readouterr()
    assert not ended.value.code
    rows = json.loads(said.out)
    assert [(row["tumour"], row["icd10"]) for row in rows] == [("a", "C504"), ("b", None)]
    assert "1234/3 finns inte" in rows[1]["reason"] and "1 without a code" in said.err


@pytest.mark.parametrize(
    ("code", "sites", "behaviours", "morphologies"),
    [
        ("C504", ("C504",), ("3", "9"), ()),
        ("C619", ("C619",), ("3", "9"), ()),  # a last digit where the tables have none, as in Sweden
        ("C787", ("C220",), ("6",), ()),
    ],
)
def test_where_a_code_comes_from(
    code: str, sites: tuple[str, ...], behaviours: tuple[str, ...], morphologies: tuple[str, ...]
) -> None:
    found = from_icd10(code)
    assert (found.topographies, found.behaviours, found.morphologies) == (sites, behaviours, morphologies)


def test_where_the_morphology_makes_the_code_every_site_can_be_and_the_morphologies_are_told() -> None:
    found = from_icd10("C819")
    assert found.anywhere and "9650/3" in found.morphologies
    skin = from_icd10("C435")
    assert "C445" in skin.topographies and "8720/3" in skin.morphologies
    assert "8070/3" not in skin.morphologies  # squamous cell cancer of the same skin is C44.5


def test_what_nothing_leads_to_is_refused_with_the_reason() -> None:
    assert "är delad" in from_icd10("C50").reason and "ingen kod" in from_icd10("J459").reason
    assert from_icd10("C504", 9650, "3").reason == "9650/3 ger aldrig C504"


def test_the_way_back_is_the_way_there_of_every_pair_at_every_site() -> None:
    """No pair is lost on the way back, and none is told that leads elsewhere."""
    pairs = [(int(row["morphology"]), row["behaviour"]) for row in lines("icd10_morphologies.csv")]
    for at, (morphology, behaviour) in enumerate(pairs):
        for site in list(sites())[at % 11 :: 11]:
            codes = {to_icd10(site, morphology, behaviour, sex).icd10 for sex in ("male", "female")} - {None}
            for code in codes:
                assert site in from_icd10(code or "", morphology, behaviour).topographies, (site, morphology)
    for code in ("C504", "C435", "C819", "D401", "C920", "C700"):
        found = from_icd10(code)
        for pair in found.morphologies:
            morphology, how = int(pair[:4]), pair[5:]
            own = from_icd10(code, morphology, how).topographies
            assert own and all(
                code in {to_icd10(site, morphology, how, sex).icd10 for sex in ("male", "female")}
                for site in own
            )


def test_the_command_goes_back(tmp_path: Path, fyrbak_json: Callable[..., Any]) -> None:
    path = tmp_path / "deaths.csv"
    path.write_text("tumour,icd10\na,C50.4\nb,C81.9\nc,J45.9\n")
    rows = fyrbak_json("register", "convert", "--to", "icdo3", path)
    assert [(row["topography"], row["behaviour"], row["certain"]) for row in rows] == [
        ("C504", "3 9", True), ("any", "3", False), (None, None, False),
    ]  # fmt: skip
    assert rows[2]["reason"] and "9650/3" in rows[1]["morphology"] and rows[0]["morphology"] == "any"


def test_bad_records_are_one_line(tmp_path: Path, fyrbak: Command) -> None:
    path = tmp_path / "tumours.csv"
    path.write_text("tumour,topography,morphology\na,50.4,8500/3\n")
    refused(
        fyrbak("register", "convert", "--to", "icd10", path), "tumours.csv:2: topography: not an ICD-O-3 site"
    )


def test_every_column_is_explained() -> None:
    told = (Path(__file__).parents[1] / "docs" / "counting.md").read_text(encoding="utf-8")
    for name in {**COLUMNS, **icdo3.COLUMNS}:
        assert f"`{name}`" in told
