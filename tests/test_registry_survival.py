"""``fyrbak survival`` and ``fyrbak life-table`` as their users meet them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer import Context
from typer.main import get_command
from typer.testing import CliRunner

from commands import Command, refused
from fyrbak.cli.main import app
from fyrbak.measures.registry.survival import weight_sets
from fyrbak.measures.statistics.survival import kaplan_meier

Json = Callable[..., Any]
HEADER = "time,cens,age,sex,year,region"


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def invented(n: int, seed: int = 1) -> list[str]:
    chance = np.random.default_rng(seed)
    return [
        f"{int(chance.exponential(1500)) + 1},{int(chance.random() < 0.7)},{chance.uniform(41, 88):.1f},"
        f"{chance.integers(1, 3)},{np.datetime64('2003-01-01') + int(chance.integers(0, 2000))},"
        f"{'24' if chance.random() < 0.5 else '25'}"
        for _ in range(n)
    ]


def table_rows(hazard: Callable[[int], float] = lambda age: 1e-5 * 1.09 ** (age - 30)) -> list[str]:
    return [
        f"{age},{year},{sex},{hazard(age)}"
        for age in range(30, 101)
        for year in range(2003, 2020)
        for sex in ("male", "female")
    ]


@pytest.fixture
def patients(tmp_path: Path) -> Path:
    return write(tmp_path / "patients.csv", HEADER, *invented(200))


@pytest.fixture
def life(tmp_path: Path) -> Path:
    return write(tmp_path / "life.csv", "age,year,sex,haz_per_day", *table_rows())


def test_rows_have_the_keys_that_are_promised(patients: Path, life: Path, fyrbak_json: Json) -> None:
    found = fyrbak_json("survival", patients, "--life-table", life, "--by", "sex", "--times", "5,1")
    assert [(row["group"], row["time_years"]) for row in found] == [("1", 1), ("1", 5), ("2", 1), ("2", 5)]
    for row in found:
        assert list(row) == ["group", "time_years", "survival", "lower", "upper", "at_risk", "n"]
        assert row["lower"] < row["survival"] < row["upper"]
    assert sum(row["n"] for row in found) == 400


def test_observed_survival_is_kaplan_meiers(patients: Path, fyrbak_json: Json) -> None:
    rows = [line.split(",") for line in patients.read_text().splitlines()[1:]]
    days = sorted({int(row[0]) for row in rows})
    died, left = ([sum(int(row[0]) == day and row[1] == end for row in rows) for day in days] for end in "10")
    curve = kaplan_meier(days, died, left)
    (found,) = fyrbak_json("survival", patients, "--method", "km", "--times", "5", "--interval", "log-log")
    value, lower, upper = curve.by(1826)
    assert found["survival"] == pytest.approx(1 - float(value))
    assert found["lower"] == pytest.approx(1 - float(upper))
    assert found["upper"] == pytest.approx(1 - float(lower))


def test_the_chance_to_live_a_year_is_the_same_table(
    patients: Path, life: Path, tmp_path: Path, fyrbak_json: Json
) -> None:
    chances = [
        f"{age},{year},{2 if sex == 'female' else 1},{math.exp(-float(hazard) * 365.241)!r}"
        for age, year, sex, hazard in (line.split(",") for line in life.read_text().splitlines()[1:])
    ]
    other = write(tmp_path / "chance.csv", "age,year,sex,prob_survive_year", *chances)
    one, two = (fyrbak_json("survival", patients, "--life-table", table) for table in (life, other))
    for row, same in zip(one, two, strict=True):
        assert row["survival"] == pytest.approx(same["survival"], abs=1e-12)


def test_a_year_that_the_table_leaves_out_has_the_rates_of_the_year_before(
    patients: Path, life: Path, tmp_path: Path, fyrbak_json: Json
) -> None:
    sparse = write(
        tmp_path / "sparse.csv", *(line for line in life.read_text().splitlines() if ",2007," not in line)
    )
    one, two = (fyrbak_json("survival", patients, "--life-table", table) for table in (life, sparse))
    assert one == two  # the rates of this table are the same every year


def test_a_table_by_region_is_used_by_region(
    patients: Path, life: Path, tmp_path: Path, fyrbak_json: Json
) -> None:
    _, *lines = life.read_text().splitlines()
    parts = [line.rsplit(",", 1) for line in lines]
    double = [
        f"{start},{place},{float(hazard) * times}"
        for start, hazard in parts
        for place, times in (("24", 1), ("25", 2))
    ]
    regional = write(tmp_path / "regional.csv", "age,year,sex,region,haz_per_day", *double)
    asked = ("survival", patients, "--by", "region", "--times", "5", "--life-table")
    same, twice = fyrbak_json(*asked, life), fyrbak_json(*asked, regional)
    assert same[0] == twice[0] and twice[1]["survival"] > same[1]["survival"]


def test_few_are_held_back_unless_asked_for(tmp_path: Path, fyrbak: Command, fyrbak_json: Json) -> None:
    few = write(tmp_path / "few.csv", HEADER, *invented(29))
    asked = ("survival", few, "--method", "km", "--times", "1")
    (held,) = fyrbak_json(*asked)
    (shown,) = fyrbak_json(*asked, "--show-small")
    assert (held["survival"], held["lower"], held["n"]) == (None, None, 29)
    assert shown["survival"] is not None
    assert "färre än 30" in fyrbak(*asked)[1] and "Får inte spridas" in fyrbak(*asked, "--show-small")[1]


def test_a_standard_needs_three_in_every_age_group(tmp_path: Path, life: Path, fyrbak_json: Json) -> None:
    def aged(*ages: int) -> Path:
        lines = [f"{day},{day % 2},{age},1,2004-05-06,24" for age in ages for day in range(400, 412)]
        return write(tmp_path / "aged.csv", HEADER, *lines)

    asked = ("--life-table", life, "--standard", "icss1", "--times", "1")
    (whole,) = fyrbak_json("survival", aged(42, 50, 60, 70, 80), *asked)
    assert whole["survival"] > 0.9 and whole["n"] == 60
    (thin,) = fyrbak_json("survival", aged(42, 50, 60, 70), *asked)
    assert thin["survival"] is None


def test_every_set_of_weights_adds_up_to_a_hundred() -> None:
    for one in weight_sets().values():
        assert sum(one.ages.values()) == 100, one.id


def test_a_mapping_file_gives_own_names_and_words(
    patients: Path, life: Path, tmp_path: Path, fyrbak: Command, fyrbak_json: Json
) -> None:
    _, *lines = patients.read_text().splitlines()
    own = [
        re.sub(r",([12]),(?=\d{4}-)", lambda found: f",{'K' if found[1] == '2' else '1'},", line)
        for line in lines
    ]
    renamed = write(
        tmp_path / "own.csv",
        "uppföljning;död;ålder;kön;dag;region",
        *(line.replace(",", ";") for line in own),
    )
    names = tmp_path / "names.yaml"
    asked = ("survival", renamed, "--life-table", life, "--mapping", names)
    write(names, "columns: {time: uppföljning, cens: död, age: ålder, year: dag}")
    refused(fyrbak(*asked), "no column sex")
    columns = "{time: uppföljning, cens: död, age: ålder, year: dag, sex: kön}"
    write(names, f"columns: {columns}", "values: {sex: {K: female}}")
    assert fyrbak_json(*asked) == fyrbak_json("survival", patients, "--life-table", life)


BAD = {
    "no file": (None, "no such file"),
    "empty": ("", "the file is empty"),
    "no rows": (HEADER, "no rows"),
    "missing column": ("time,age,sex,year\n10,50,1,2004", "no column cens"),
    "negative time": (f"{HEADER}\n-5,1,50,1,2004-01-01,24", "patients.csv:2: time: below 0"),
    "not a number": (f"{HEADER}\nNaN,1,50,1,2004-01-01,24", "time: not a number"),
    "unknown sex": (f"{HEADER}\n5,1,50,x,2004-01-01,24", "sex: write male or female"),
    "no such status": (f"{HEADER}\n5,9,50,1,2004-01-01,24", "cens: write 0 for alive"),
    "one and two": (f"{HEADER}\n5,1,50,1,2004-01-01,24\n5,2,50,1,2004-01-01,24", "never 0"),
    "too old": (f"{HEADER}\n5,1,126,1,2004-01-01,24", "age: above 125"),
    "beyond the table": (f"{HEADER}\n5,1,20,1,2004-01-01,24", "age: beyond the life table life.csv"),
    "year beyond": (f"{HEADER}\n5,1,50,1,1999-01-01,24", "which has 2003 to 2019"),
    "future": (f"{HEADER}\n5,1,50,1,2999-01-01,24", "year: a day after today"),
    "part of a day": (f"{HEADER}\n5,1,50,1,2004-03,24", "year: not a day; write it as 2019-03-31"),
    "unknown day": (f"{HEADER}\n5,1,50,1,2004-03-00,24", "a day that no calendar has"),
    "two columns of deaths": (f"{HEADER},status\n5,1,50,1,2004-03-01,24,1", "in both status and cens"),
    "no day": (f"{HEADER}\n5,1,50,1,2004-02-30,24", "a day that no calendar has"),
    "half a file": (
        f"{HEADER}\n5,1,50,1,2004-01-01,24\n7,0,6",
        "patients.csv:3: 3 fields where the header has 6",
    ),
    "blank": (f"{HEADER}\n5,1,,1,2004-01-01,24", "patients.csv:2: age: empty"),
    "twice": ("time,time\n1,2", "the column time stands twice"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_patients_are_one_line(name: str, life: Path, tmp_path: Path, fyrbak: Command) -> None:
    content, words = BAD[name]
    path = tmp_path / "patients.csv"
    if content is not None:
        path.write_text(content + "\n" if content else "", encoding="utf-8")
    refused(fyrbak("survival", path, "--life-table", life), words)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda rows: [*rows, rows[0]], "stand twice"),
        (lambda rows: rows[:-1], "no rate for female, age 100, year 2019"),
        (lambda rows: [*rows[:-1], rows[-1].rsplit(",", 1)[0] + ",-1"], "haz_per_day: below 0"),
        (lambda rows: [row.replace("female", "1").replace("male", "1") for row in rows[::2]], "a group that"),
    ],
)
def test_bad_life_tables_are_one_line(
    change: Callable[[list[str]], list[str]], words: str, patients: Path, tmp_path: Path, fyrbak: Command
) -> None:
    table = write(tmp_path / "bad.csv", "age,year,sex,haz_per_day", *change(table_rows()))
    refused(fyrbak("survival", patients, "--life-table", table), words)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--times", "1,x"), "write years above 0"),
        (("--times", "-1"), "write years above 0"),
        (("--period", "2012:2010"), "write two years or days"),
        (("--standard", "icss9"), "did you mean"),
        (("--by", "hospital"), "no column hospital"),
        (("--method", "pohar-perme"), "Give --life-table"),
    ],
)
def test_bad_questions_are_one_line(
    options: tuple[str, ...], words: str, patients: Path, fyrbak: Command
) -> None:
    refused(
        fyrbak("survival", patients, *(("--method", "km") if "--method" not in options else ()), *options),
        words,
    )


def test_text_that_is_not_utf_8_is_one_line(tmp_path: Path, fyrbak: Command) -> None:
    path = tmp_path / "latin.csv"
    path.write_bytes("time,cens,ort\n5,1,Umeå\n".encode("latin-1"))
    refused(fyrbak("survival", path, "--method", "km"), "UTF-8")


def test_both_ways_to_weigh_agree_until_somebody_leaves(
    patients: Path, tmp_path: Path, fyrbak_json: Json
) -> None:
    """While all are followed, the weighted share of survivors is the weighted sum of the groups' shares."""
    rows = [line.split(",") for line in patients.read_text().splitlines()[1:]]
    whole = [row for row in rows if int(row[1]) or int(row[0]) > 1826]
    long = write(tmp_path / "long.csv", HEADER, *(",".join(row) for row in whole))
    asked = ("--method", "km", "--times", "5", "--standard", "nordcan_1", "--weighting")
    one, two = (fyrbak_json("survival", long, *asked, how)[0] for how in ("groups", "individuals"))
    assert one["survival"] == pytest.approx(two["survival"], rel=1e-12)
    assert one["n"] == two["n"]


def test_weighed_patients_pass_the_same_gate(tmp_path: Path, fyrbak_json: Json) -> None:
    """Two in the oldest group are too few, though the whole is large."""
    ages = [40] * 40 + [55] * 40 + [65] * 40 + [75] * 40 + [85] * 2
    rows = (f"{900 + at},{at % 2},{age}" for at, age in enumerate(ages))
    path = write(tmp_path / "few.csv", "time,cens,age", *rows)
    asked = ("--method", "km", "--times", "1", "--standard", "nordcan_1", "--weighting", "individuals")
    (held,) = fyrbak_json("survival", path, *asked)
    assert (held["survival"], held["n"]) == (None, 162)
    (shown,) = fyrbak_json("survival", path, *asked, "--show-small")
    assert shown["survival"] == 1
    fewer = write(tmp_path / "none.csv", "time,cens,age", *(f"900,1,{age}" for age in ages if age < 80))
    (none,) = fyrbak_json("survival", fewer, *asked, "--show-small")
    assert none["survival"] is None


def test_numbers_that_cannot_be_said_are_null(tmp_path: Path, fyrbak_json: Json) -> None:
    path = write(tmp_path / "short.csv", "time,status", *("10,0" for _ in range(40)))
    found = fyrbak_json("survival", path, "--method", "km", "--times", "1,20")
    assert [row["survival"] for row in found] == [None, None]
    assert "NaN" not in json.dumps(found)


def test_a_life_table_is_made_of_people_and_deaths(tmp_path: Path, fyrbak: Command) -> None:
    cells = [
        (age, sex, year) for age in (50, 51) for sex in ("male", "female") for year in (2003, 2004, 2005)
    ]
    living = write(
        tmp_path / "living.csv",
        "age,sex,year,n",
        *(f"{a},{s},{y},{1000 + 100 * (y - 2003)}" for a, s, y in cells),
    )
    dead = write(tmp_path / "dead.csv", "age,sex,year,n", *(f"{a},{s},{y},{a - 40}" for a, s, y in cells))
    plain, smooth = (
        CliRunner()
        .invoke(app, ["life-table", str(living), "--deaths", str(dead), "--years", years])
        .stdout.splitlines()
        for years in ("1", "3")
    )
    assert plain[0] == "sex,age,year,haz_per_day,prob_survive_year"
    hazard = float(next(line for line in plain if line.startswith("male,51,2004")).split(",")[3])
    assert hazard == pytest.approx(11 / 1050 / 365.241)
    hazard = float(next(line for line in smooth if line.startswith("male,51,2004")).split(",")[3])
    assert hazard == pytest.approx(33 / (1000 + 1050 + 1150) / 365.241)
    more = write(tmp_path / "more.csv", "age,sex,year,n", "52,male,2004,1")
    refused(fyrbak("life-table", living, "--deaths", more), "deaths of male, age 52, year 2004")
    refused(fyrbak("life-table", living, "--deaths", dead, "--years", "2"), "an odd number")


@pytest.mark.parametrize("name", ["survival", "life-table", "rates", "prevalence"])
def test_every_option_is_explained_and_documented(name: str) -> None:
    group = get_command(app)
    command = group.get_command(Context(group), name)  # type: ignore[attr-defined]
    told = (Path(__file__).parents[1] / "docs" / "survival.md").read_text(encoding="utf-8")
    for parameter in command.params:
        if parameter.name != "help":
            assert parameter.help, parameter.name
            assert parameter.param_type_name == "argument" or parameter.opts[0] in told, parameter.opts
