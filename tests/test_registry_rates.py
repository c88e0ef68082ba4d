"""``fyrbak rates`` and ``fyrbak prevalence`` as their users meet them."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from commands import Command, refused
from fyrbak.cli.main import app
from fyrbak.measures.standards import standard, standards
from fyrbak.measures.statistics.intervals import poisson

Json = Callable[..., Any]


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def country(tmp_path: Path, years: range = range(2010, 2015), fall: float = 1.0) -> tuple[Path, Path]:
    """People of each single year of age and sex; cases grow with age, and by ``fall`` from year to year."""
    cells = [(age, sex, year) for age in range(100) for sex in ("male", "female") for year in years]
    people = write(
        tmp_path / "people.csv", "age,sex,year,n", *(f"{a},{s},{y},{2000 - 15 * a}" for a, s, y in cells)
    )
    cases = write(
        tmp_path / "cases.csv",
        "age,sex,year,n",
        *(f"{a},{s},{y},{round((2000 - 15 * a) * a / 1e3 * fall ** (y - years[0]), 6)}" for a, s, y in cells),
    )
    return cases, people


def test_a_standardised_rate_is_the_sum_over_ages(tmp_path: Path, fyrbak_json: Json) -> None:
    cases, people = country(tmp_path)
    crude, nordic = fyrbak_json("rates", cases, "--population", people, "--standard", "nordic2000")
    ages = np.arange(100)
    living = 2000 - 15 * ages
    assert crude["rate"] == pytest.approx(1e5 * (living * ages / 1e3).sum() / living.sum(), rel=1e-6)
    of = standard("nordic2000")
    group = np.searchsorted(of.ages, ages, side="right") - 1
    own = np.bincount(group, living * ages / 1e3) / np.bincount(group, living)
    assert nordic["rate"] == pytest.approx(1e5 * float(own @ np.array(of.weights)), rel=1e-6)
    assert (nordic["group"], nordic["standard"], nordic["age"]) == ("all", "nordic2000", "")
    low, high = (float(end) for end in poisson(crude["cases"]))
    assert crude["lower"] == pytest.approx(1e5 * low / crude["person_years"])
    assert crude["upper"] == pytest.approx(1e5 * high / crude["person_years"])


def test_groups_of_ages_and_single_years_go_together(tmp_path: Path, fyrbak_json: Json) -> None:
    """Ten-year groups of people meet single years of cases in the finest ages that neither has to split."""
    cases, people = country(tmp_path)
    wide = ["age,sex,year,n"]
    for first in range(0, 100, 10):
        label = "90+" if first == 90 else f"{first}-{first + 9}"
        n = sum(2000 - 15 * age for age in range(first, first + 10))
        wide += [f"{label},{sex},{year},{n}" for sex in ("male", "female") for year in range(2010, 2015)]
    groups = write(tmp_path / "wide.csv", *wide)
    asked = ("rates", cases, "--age-specific", "--population")
    fine, coarse = fyrbak_json(*asked, people), fyrbak_json(*asked, groups)
    assert [row["age"] for row in fine][-2:] == ["80-84", "85+"]
    assert [row["age"] for row in coarse] == ["0-9", *(f"{a}-{a + 9}" for a in range(10, 80, 10)), "80+"]
    assert sum(row["cases"] for row in coarse) == pytest.approx(sum(row["cases"] for row in fine))


def test_one_row_a_case_needs_no_column_n(tmp_path: Path, fyrbak_json: Json) -> None:
    people = write(tmp_path / "people.csv", "age,n", *(f"{age},1000" for age in range(0, 100, 5)))
    cases = write(tmp_path / "cases.csv", "age", "47", "52", "88")
    crude, *_ = fyrbak_json("rates", cases, "--population", people)
    assert (crude["cases"], crude["person_years"]) == (3, 20_000)


def test_the_change_of_a_year_is_found(tmp_path: Path, fyrbak_json: Json) -> None:
    cases, people = country(tmp_path, range(2005, 2015), fall=0.97)
    found = fyrbak_json("rates", cases, "--population", people, "--by", "sex", "--trend")
    for row in found:
        assert row["change"] == pytest.approx(-0.03, abs=1e-6)
        assert row["years"] == 10 and row["lower"] < row["change"] < row["upper"]


def test_runs_of_years_are_their_cases_over_their_person_years(tmp_path: Path, fyrbak_json: Json) -> None:
    cases, people = country(tmp_path, fall=0.5)
    asked = ("rates", cases, "--population", people, "--mean-years")
    threes, ones = ([row for row in fyrbak_json(*asked, n) if not row["standard"]] for n in ("3", "1"))
    assert [row["group"] for row in threes] == ["2010-2012", "2011-2013", "2012-2014"]
    assert [row["group"] for row in ones] == [str(year) for year in range(2010, 2015)]
    for row, first in zip(threes, range(3), strict=True):
        assert row["cases"] == pytest.approx(sum(one["cases"] for one in ones[first : first + 3]))
        assert row["person_years"] == sum(one["person_years"] for one in ones[first : first + 3])


def test_no_verdict_where_standards_disagree(tmp_path: Path, fyrbak: Command, fyrbak_json: Json) -> None:
    people = write(tmp_path / "people.csv", "age,n", *(f"{age},1000000" for age in range(100)))
    old = write(tmp_path / "old.csv", "age,n", "80,400")
    rows = fyrbak_json("rates", old, "--population", people, "--standard", "all", "--threshold", "0.1")
    below = {row["standard"]: row["below"] for row in rows if row["standard"]}
    assert set(below) == set(standards())
    assert below["world_segi"] > 0.99 and below["esp2013"] < 0.01
    assert {row["verdict"] for row in rows if row["standard"]} == {"depends_on_standard"}
    agreed = fyrbak_json("rates", old, "--population", people, "--threshold", "100")
    assert {row["verdict"] for row in agreed if row["standard"]} == {"below"}


def test_the_year_of_crossing_is_told_where_the_standards_agree(tmp_path: Path, fyrbak_json: Json) -> None:
    """A hundred per 100 000 of every age, 10 % fewer each year: 20 after 15.3 years."""
    years = range(2015, 2025)
    people = write(
        tmp_path / "people.csv",
        "age,year,n",
        *(f"{age},{year},1000000" for age in range(100) for year in years),
    )
    cases = write(
        tmp_path / "cases.csv", "age,year,n",
        *(f"{age},{year},{round(1000 * 0.9 ** (year - 2015))}" for age in range(100) for year in years),
    )  # fmt: skip
    asked = ("rates", cases, "--population", people, "--trend", "--threshold", "20")
    rows = fyrbak_json(*asked)
    assert {row["standard"] for row in rows} == set(standards())
    assert {row["verdict"] for row in rows} == {"falls"} and {row["heading"] for row in rows} == {"falls"}
    for row in rows:
        assert row["lower"] <= row["year"] <= row["upper"] and row["year"] == 2031
    said = CliRunner().invoke(app, [str(word) for word in asked]).stdout
    assert "under 20,0 från 2031 om det fortsätter som hittills" in said
    rising = fyrbak_json(*asked[:-1], "200")  # below it from the start on: the line crossed before
    assert all(row["year"] < 2015 for row in rising)


def test_an_own_standard_with_the_populations_ages_gives_the_crude_rate(
    tmp_path: Path, fyrbak_json: Json
) -> None:
    cases, people = country(tmp_path)
    weights = [sum(2000 - 15 * age for age in range(first, first + 20)) for first in range(0, 100, 20)]
    own = write(
        tmp_path / "own.csv", "age,weight", *(f"{20 * at},{weight}" for at, weight in enumerate(weights))
    )
    crude, standardised = fyrbak_json("rates", cases, "--population", people, "--standard", own)
    assert standardised["standard"] == "own"
    assert standardised["rate"] == pytest.approx(crude["rate"])


def test_an_age_without_people_has_no_standardised_rate(tmp_path: Path, fyrbak_json: Json) -> None:
    people = write(tmp_path / "people.csv", "age,n", "50,1000")
    cases = write(tmp_path / "cases.csv", "age,n", "50,3")
    crude, nordic = fyrbak_json("rates", cases, "--population", people)
    assert crude["rate"] == pytest.approx(300) and nordic["rate"] is None


@pytest.mark.parametrize(
    ("cases", "people", "options", "words"),
    [
        ("age\n50", "age\n50", (), "no column n"),
        ("age\nfifty", "age,n\n50,9", (), "write completed years or a group"),
        ("age,n\n50,-1", "age,n\n50,9", (), "n: below 0"),
        ("age,sex\n50,x", "age,sex,n\n50,1,9", ("--by", "sex"), "write male or female"),
        ("age,year\n50,2012", "age,year,n\n50,2011,9", (), "cases of 2012"),
        ("age,region\n50,24", "age,region,n\n50,25,9", ("--by", "region"), "cases of 24"),
        ("age\n50", "age,n\n50,9", ("--by", "region"), "no column region"),
        ("age\n50", "age,n\n50,9", ("--years", "2010:2012"), "needs the column year"),
        ("age\n50", "age,n\n50,9", ("--trend",), "needs the column year"),
        ("age\n50", "age,n\n50,9", ("--standard", "nordic"), "did you mean 'nordic2000'"),
        ("age\n50", "age,n\n50,9", ("--threshold", "0"), "above 0"),
        ("age\n50", "age,n\n50,9", ("--mean-years", "3"), "Take fewer"),
        ("age\n50", "age,n\n50,9", ("--years", "x"), "write two years"),
        ("age\n50", "age,n\n50,9", ("--sex", "x"), "unknown sex"),
    ],
)
def test_bad_input_is_one_line(
    cases: str, people: str, options: tuple[str, ...], words: str, tmp_path: Path, fyrbak: Command
) -> None:
    files = write(tmp_path / "cases.csv", cases), write(tmp_path / "people.csv", people)
    refused(fyrbak("rates", files[0], "--population", files[1], *options), words)


def test_the_table_is_in_swedish(tmp_path: Path) -> None:
    cases, people = country(tmp_path)
    asked = ["rates", str(cases), "--population", str(people)]
    said = CliRunner().invoke(app, [*asked, "--threshold", "4"]).stdout
    assert "Fall per 100 000 personår" in said and "inte under 4,0 med någon standard" in said
    assert (
        "årlig förändring 0,0 % (−0,7 % till +0,7 %)" in CliRunner().invoke(app, [*asked, "--trend"]).stdout
    )


def test_prevalence_counts_persons_alive_that_day(tmp_path: Path, fyrbak_json: Json, fyrbak: Command) -> None:
    cases = write(
        tmp_path / "cases.csv",
        "patient,diag,death,left",
        "a,2010-03-01,,",
        "a,2014-03-01,,",  # the same person, within two years of the day
        "b,2014-06-01,2015-12-31,",  # dies on the day
        "c,2014-06-01,2016-01-01,",  # dies the day after
        "d,2015-06-01,,2015-07-01",  # has moved away
        "e,2016-01-01,,",  # after the day
        "f,1990-01-01,,",
    )
    people = write(tmp_path / "people.csv", "n", "50000", "50000")
    asked = ("prevalence", cases, "--on", "2015-12-31", "--within", "1,2,10")
    found = fyrbak_json(*asked, "--population", people)
    assert [(row["within_years"], row["persons"]) for row in found] == [(1, 0), (2, 2), (10, 2), (None, 3)]
    assert found[1]["per_100000"] == 2
    assert math.isclose(found[1]["upper"], float(poisson(2)[1]))
    assert fyrbak_json(*asked)[1]["per_100000"] is None
    refused(fyrbak("prevalence", cases, "--on", "2015-13-31"), "not a day")
    refused(fyrbak("prevalence", cases, "--on", "2015-12-31", "--within", "0"), "whole years from 1")
    wrong = write(tmp_path / "wrong.csv", "diag,death", "2010-01-01,2009-01-01")
    refused(fyrbak("prevalence", wrong, "--on", "2015-12-31"), "before the diagnosis")
    gone = write(tmp_path / "gone.csv", "diag,left", "2015-01-01,2014-12-31")
    refused(fyrbak("prevalence", gone, "--on", "2015-12-31"), "left: before the diagnosis")
