"""The two commands as a user meets them."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from fyrbak.cli import measures
from fyrbak.errors import FyrbakError
from fyrbak.measures.definitions import measures as all_measures
from fyrbak.records.organisations import regions
from measure_snapshots import synthetic

app = typer.Typer()
app.command()(measures.measure)
app.command()(measures.explain)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("cli"), persons=10_000) as written:
        yield written


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=True)


def test_json_rows_by_region(folder: Path) -> None:
    found = run(
        "measure",
        folder,
        "--measure",
        "hpv_coverage",
        "--by",
        "region",
        "--period",
        "2024",
        "--format",
        "json",
    )
    rows = json.loads(found.stdout)
    assert [row["unit"] for row in rows] == [region.code for region in regions()]
    names = {
        "measure",
        "version",
        "period",
        "unit",
        "cut",
        "n",
        "numerator",
        "denominator",
        "value",
        "lower",
        "upper",
    }
    assert all(names | {"suppressed"} <= row.keys() for row in rows)
    for row in rows:
        hidden = [row[name] for name in ("n", "numerator", "denominator", "value", "lower", "upper")]
        assert not row["suppressed"] or hidden == [None] * 6


def test_all_measures_of_the_country_as_csv(folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(run("measure", folder, "--format", "csv").stdout)))
    assert {row["measure"] for row in rows} == {known.id for known in all_measures()}
    assert {row["unit"] for row in rows} == {"SE"}


def test_measures_without_a_dimension_are_named_and_left_out(folder: Path) -> None:
    found = run("measure", folder, "--by", "pathway", "--format", "csv")
    assert "Without svf_inclusion, hpv_coverage" in found.stderr and found.exit_code == 0


def test_tables_and_explanations_are_for_people(folder: Path) -> None:
    assert "Start av behandling inom ledtiden" in run("measure", folder, "--period", "2024").stdout
    explained = run("explain", folder, "svf_lead_time", "--unit", "SE", "--period", "2024")
    assert "Avslutat utan start av behandling" in explained.stdout and "SELECT" in explained.stdout
    as_json = json.loads(
        run("explain", folder, "svf_lead_time", "--period", "2024", "--format", "json").stdout
    )
    as_measured = run("measure", folder, "--measure", "svf_lead_time", "--period", "2024", "--format", "json")
    assert [part["result"] for part in as_json["parts"]] == json.loads(as_measured.stdout)
    assert "rows_in" in run("explain", folder, "svf_count", "--format", "csv").stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--measure", "svf_lead"], "unknown measure 'svf_lead': did you mean 'svf_lead_time'"),
        (["--by", "regin"], "unknown dimension 'regin': did you mean 'region'"),
        (["--measure", "hpv_coverage", "--by", "hospital"], "hpv_coverage cannot be cut by 'hospital'"),
        (["--interval", "week"], "unknown interval 'week'"),
        (["--period", "2034"], "unknown period '2034'"),
        (["--by", "band,block"], "no measure can be had by band, block, year"),
    ],
)
def test_mistakes_are_answered_in_one_line(folder: Path, words: list[str], message: str) -> None:
    found = run("measure", folder, *words)
    assert isinstance(found.exception, FyrbakError)
    assert message in str(found.exception) and "\n" not in str(found.exception)


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert isinstance(run("measure", tmp_path / "none").exception, FyrbakError)


def test_the_table_says_in_words_what_the_codes_mean(folder: Path) -> None:
    shown = run(
        "measure", folder, "--measure", "svf_days_per_block", "--period", "2024", "--by", "sex"
    ).stdout
    assert all(word in shown for word in ("Kön", "Block", "misstanke till första besök")), shown
    assert "start_visit" not in shown and "Utfall" not in shown


def test_an_unknown_period_is_answered_with_those_there_are(folder: Path) -> None:
    found = run("measure", folder, "--measure", "svf_count", "--interval", "month", "--period", "2024")
    assert "2020-01 to 2025-06" in str(found.exception)


def test_the_parts_of_a_split_measure_are_told_apart_when_explained(folder: Path) -> None:
    rows = list(
        csv.DictReader(io.StringIO(run("explain", folder, "svf_overshoot", "--format", "csv").stdout))
    )
    assert {row["band"] for row in rows} == {"0-25", "25-50", "50-75", "75+"}
    assert "mer än 75 % över" in run("explain", folder, "svf_overshoot").stdout.replace("\u00a0", " ")


def test_dimensions_can_be_given_together_or_one_by_one(folder: Path) -> None:
    asked = ("measure", folder, "--measure", "svf_count", "--period", "2024", "--format", "csv")
    together = run(*asked, "--by", "region,sex").stdout
    assert run(*asked, "--by", "region", "--by", "sex").stdout == together and "region,sex" not in together
