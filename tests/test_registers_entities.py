"""NORDCAN's entities: every code, what morphology decides, the sums, and a file from tumours to rates."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import Command, refused
from fyrbak.cli.main import run
from fyrbak.registers.codes import BEHAVIOURS, lines
from fyrbak.registers.entities import (
    ALL,
    EDITIONS,
    NOT_COUNTED,
    Edition,
    entities,
    parts,
    placed,
    placed_older,
)
from fyrbak.registers.icd10 import to_icd10
from fyrbak.registers.primaries import Tumour, morphology_groups, primaries

Json = Callable[..., Any]
ALL_BUT_SKIN, ALL_BUT_COMMON = 990, 970
CODES = [row["icd10"] for row in lines("nordcan_icd10.csv")]
# By hand, from the published list of entities: code, morphology, behaviour, entity.
KNOWN = [
    ("C006", None, "", 10), ("C003", None, "", 20), ("C051", None, "", 40), ("C058", None, "", 20),
    ("C101", None, "", 150), ("C14", None, "", 40), ("C384", None, "", 170), ("C383", None, "", 410),
    ("C450", 9050, "3", 170), ("C451", 9050, "3", 410), ("C504", 8500, "3", 180), ("C574", None, "", 220),
    ("C577", None, "", 229), ("C752", None, "", 315), ("D443", None, "1", 315), ("C97", None, "", 420),
    ("C920", None, "", 404), ("C928", None, "", 406), ("C931", None, "", 405), ("C946", None, "", 394),
    ("D45", None, "3", 392), ("D471", None, "3", 392), ("D472", None, "1", 394), ("D46", None, "3", 390),
    ("C445", 8070, "3", 300), ("C445", 8090, "3", 888), ("C510", 8092, "3", 888), ("C445", 8090, "1", 300),
    ("C700", 9530, "0", 316), ("D320", 9530, "0", 316), ("C711", 9440, "3", 317), ("D431", 9380, "0", 319),
    ("C719", None, "", 319), ("D090", 8130, "2", 280), ("D090", 8120, "2", 280), ("D414", 8500, "1", 999),
    ("C670", 8500, "3", 280), ("C679", None, "", 280), ("D300", None, "", 999), ("C64", None, "", 270),
    ("C649", None, "", 270), ("C209", None, "", 100), ("D459", None, "3", 392),
    ("D051", 8500, "2", 999), ("N40", None, "", 999), ("C90", None, "", 380), ("C96", None, "", 360),
]  # fmt: skip


@pytest.mark.parametrize(("code", "morphology", "behaviour", "entity"), KNOWN)
def test_known_codes(code: str, morphology: int | None, behaviour: str, entity: int) -> None:
    assert placed(code, morphology, behaviour).entity == entity


def test_every_code_of_the_table_has_an_entity_that_has_a_name() -> None:
    assert len(CODES) == len(set(CODES)) == 890
    found = [placed(code) for code in CODES]
    assert all(one.entity in entities() for one in found)
    assert all(set(one.counts_in) <= set(entities()) for one in found)
    assert sum(one.entity == 999 for one in found) == 276
    assert len(entities()) == 69


def test_a_code_that_the_table_lacks_is_refused_with_the_reason() -> None:
    found = placed("Q309")
    assert (found.entity, found.counts_in) == (None, ())
    assert "Q309" in found.reason
    assert placed("C507").entity is None  # breast is divided, and not so


@given(
    st.sampled_from(CODES), st.sampled_from([None, *sorted(morphology_groups())]), st.sampled_from(BEHAVIOURS)
)
def test_what_a_tumour_counts_in_hangs_together(code: str, morphology: int | None, behaviour: str) -> None:
    found = placed(code, morphology, behaviour)
    assert bool(found.counts_in) == (found.entity not in NOT_COUNTED) == (not found.reason)
    if not found.counts_in:
        return
    assert found.counts_in[0] == ALL
    assert found.counts_in[-1] == found.entity
    assert (ALL_BUT_SKIN in found.counts_in) == (found.entity != 300)
    assert (ALL_BUT_COMMON in found.counts_in) == (found.entity not in (300, 180, 240))
    groups = [group for group in parts()[ALL] if group in found.counts_in]
    assert len(groups) == 1  # a sum is that of its parts: no tumour in two, none in none
    assert found.entity in parts()[groups[0]]


def test_every_morphology_at_every_site_is_placed_or_refused_with_a_reason() -> None:
    pairs = [(int(row["morphology"]), row["behaviour"]) for row in lines("icd10_morphologies.csv")]
    sites = [row["topography"] for row in lines("topographies.csv")]
    told: Counter[bool] = Counter()
    for at, (morphology, behaviour) in enumerate(pairs):
        for site in sites[at % 11 :: 11]:
            code = to_icd10(site, morphology, behaviour, "female")
            own = placed(code.icd10, morphology, behaviour) if code.icd10 else None
            assert own is None or bool(own.counts_in) != bool(own.reason), (site, morphology, behaviour)
            assert own or code.reason
            told[bool(own and own.counts_in)] += 1
    assert min(told.values()) > 1_000


def test_every_known_morphology_has_a_group_of_primaries_or_is_in_no_table() -> None:
    """No register table knows a morphology that the counting of tumours would pass over in silence."""
    families = {int(row["morphology"]) for row in lines("morphology_families.csv")}
    later = {int(row["morphology"]) for row in lines("other_morphologies.csv")}
    converted = {int(row["morphology"]) for row in lines("icd10_morphologies.csv")}
    assert families | later >= set(morphology_groups())
    without = (families | later | converted) - set(morphology_groups())
    assert all(primaries_refuses(code) for code in without)


def primaries_refuses(morphology: int) -> bool:
    day = date(2020, 1, 1)
    (found,) = primaries([Tumour("1", "a", day, day, "C509", morphology, "3")], "iarc2004")
    return found.primary is None and bool(found.reason)


@pytest.mark.parametrize("edition", EDITIONS)
def test_older_codes_have_the_entity_of_the_codes_they_stand_for(edition: Edition) -> None:
    rows = lines("nordcan_older.csv")
    assert len(rows) == 910
    for row in rows:
        if row[edition]:
            found = placed_older(row[edition], edition)
            assert found.entity == placed(row["icd10"]).entity or "flera" in found.reason
    assert placed_older("nej", edition).entity is None


def test_a_code_of_several_entities_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert placed_older("174", "icd9").entity == 180
    table = {"1": frozenset({"C50", "C61"}), "2": frozenset({"C50", "C504"})}
    monkeypatch.setattr("fyrbak.registers.entities._older", lambda _: table)
    assert "flera entiteter: 180, 240" in placed_older("1", "icd9").reason
    assert placed_older("2", "icd9").entity == 180


HEADER = "patient,tumour,year,month,day,sex,age,topography,morphology,behaviour"
TUMOURS = (
    "1,a,2019,3,1,female,60,C50.4,8500,3",
    "2,b,2019,3,1,male,60,C44.3,8090,3",
    "3,c,2019,3,1,male,60,C67.9,8120,2",
    "4,d,2020,3,1,male,60,C71.1,9440,3",
    "5,e,2020,3,1,male,60,C77.9,9650,3",
    "5,f,2020,4,1,male,60,C77.9,9650,3",
    "6,g,2020,4,1,male,60,C56.9,1234,3",
)


@pytest.fixture
def tumours(tmp_path: Path) -> Path:
    path = tmp_path / "tumours.csv"
    path.write_text("\n".join((HEADER, *TUMOURS)) + "\n", encoding="utf-8")
    return path


def test_each_record_of_a_file_is_placed(tumours: Path, fyrbak_json: Json) -> None:
    found = fyrbak_json("register", "entities", tumours)
    assert [(row["tumour"], row["icd10"], row["entity"]) for row in found] == [
        ("a", "C504", 180), ("b", "C443", 888), ("c", "D090", 280), ("d", "C711", 317), ("e", "C819", 370),
        ("f", "C819", 370), ("g", None, None),
    ]  # fmt: skip
    assert found[3]["counts_in"] == "980 990 970 321 320 317"
    assert all(bool(row["reason"]) != bool(row["counts_in"]) for row in found)


def test_from_tumours_to_rates(
    tumours: Path, tmp_path: Path, fyrbak_json: Json, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    arguments = ["--count-by", "sex,age,year", "--rule", "iarc2004", "--format", "csv"]
    monkeypatch.setattr("sys.argv", ["fyrbak", "register", "entities", str(tumours), *arguments])
    with pytest.raises(SystemExit):
        run()
    out, said = capsys.readouterr()
    assert "1 without an entity, 1 that NORDCAN does not count, 1 the same as another" in said
    (tmp_path / "cases.csv").write_text(out, encoding="utf-8")
    people = [f"{age},{sex},{year},1000" for age in range(100) for sex in (1, 2) for year in (2019, 2020)]
    (tmp_path / "people.csv").write_text("\n".join(("age,sex,year,n", *people)), encoding="utf-8")
    found = fyrbak_json(
        "rates", tmp_path / "cases.csv", "--population", tmp_path / "people.csv", "--each", "entity"
    )
    crude = {row["group"]: row for row in found if not row["standard"]}
    assert {group: row["cases"] for group, row in crude.items()} == {
        "980": 4, "990": 4, "970": 3, "180": 1, "280": 1, "321": 1, "320": 1, "317": 1, "430": 1, "370": 1,
    }  # fmt: skip
    assert crude["180"]["rate"] == pytest.approx(1e5 / 400_000)


def test_deaths_by_icd10_and_by_older_codes(tmp_path: Path, fyrbak_json: Json) -> None:
    for column, code, entity in (("icd10", "C50.4", 180), ("icd9", "174", 180), ("icd10", "I21", None)):
        path = tmp_path / "deaths.csv"
        path.write_text(f"{column},age\n{code},70\n", encoding="utf-8")
        (row,) = fyrbak_json("register", "entities", path)
        assert row["entity"] == entity


@pytest.mark.parametrize(
    ("header", "row", "arguments", "said"),
    [
        ("tumour,age", "a,60", [], "no codes"),
        ("icd10,age", "C50,60", ["--count-by", "region"], "no column region"),
        ("icd10,age", "C50,60", ["--rule", "iarc2004"], "Give --count-by"),
        ("icd10,age", "C50,60", ["--count-by", "age", "--rule", "iarc2004"], "no column patient"),
        ("topography,morphology,behaviour", "C5,8500,3", [], "topography: not an ICD-O-3 site"),
        ("icd10,morphology", "C50,85", [], "morphology: not an ICD-O-3 morphology"),
    ],
)
def test_a_file_that_cannot_be_placed_is_one_line(
    header: str, row: str, arguments: list[str], said: str, tmp_path: Path, fyrbak: Command
) -> None:
    path = tmp_path / "file.csv"
    path.write_text(f"{header}\n{row}\n", encoding="utf-8")
    refused(fyrbak("register", "entities", path, *arguments), said)


def test_no_reason_names_a_person(tumours: Path, fyrbak_json: Json) -> None:
    assert "patient" not in json.dumps(fyrbak_json("register", "entities", tumours))
