"""``fyrbak rate``, ``curve`` and ``equity`` on a small synthetic snapshot."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fyrbak.cli.main import app
from fyrbak.errors import FyrbakError
from measure_snapshots import synthetic


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("statistics"), persons=90_000, regions=("24", "25")) as path:
        yield path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_rates_are_told_under_every_standard_and_of_the_threshold(folder: Path) -> None:
    rows = json.loads(run("rate", folder, "--format", "json").stdout)
    standards = ["", "world_segi", "esp1976", "nordic2000", "esp2013", "who2000_2025"]
    assert [row["standard"] for row in rows][:6] == standards
    assert all("below" in row and "verdict" in row for row in rows)
    one = list(
        csv.DictReader(io.StringIO(run("rate", folder, "--standard", "esp2013", "--format", "csv").stdout))
    )
    assert {row["standard"] for row in one} == {"", "esp2013"}


def test_a_curve_rises_by_steps_that_hide_single_persons(folder: Path) -> None:
    rows = json.loads(run("curve", folder, "--period", "2024", "--format", "json").stdout)
    assert len(rows) > 5
    assert [row["value"] for row in rows] == sorted(row["value"] for row in rows)
    assert [row["day"] for row in rows] == sorted({row["day"] for row in rows})


def test_groups_are_compared_with_gap_and_slope(folder: Path) -> None:
    words = ("equity", folder, "--measure", "hpv_coverage", "--along", "education", "--period", "2024")
    rows = json.loads(run(*words, "--format", "json").stdout)
    assert [row["what"] for row in rows] == [
        "group", "group", "group", "missing", "gap", "ratio", "slope_index", "relative_index",
    ]  # fmt: skip
    alike = json.loads(run(*words, "--same-ages", "--format", "json").stdout)
    assert all(row["value"] == round(row["value"], 4) for row in alike if "same_ages" in row["what"])
    table = run(*words).stdout
    assert "Kvot" in table and "HPV-vaccinerade" in table
    both = run(*words, "--by", "region", "--format", "json")
    assert {row["unit"] for row in json.loads(both.stdout)} >= {"24", "25"}


def test_tables_speak_to_readers(folder: Path) -> None:
    groups = run("equity", folder, "--measure", "hpv_coverage", "--along", "education").stdout
    assert all(word in groups for word in ("Riket, 2024", "Eftergymnasial", "95 %", "procentenheter"))
    assert "post_secondary" not in groups
    curve = run("curve", folder, "--period", "2024", "--by", "sex").stdout
    assert all(word in curve for word in ("Riket, Kvinnor: ", "Väntar, 2024", " %"))
    rate = run("rate", folder).stdout
    assert "Riket: " in rate and "esp2013" not in rate


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("rate", "--measure", "svf_lead_time"), "cannot be standardised"),
        (("rate", "--standard", "esp213"), "unknown standard population 'esp213': did you mean 'esp2013'"),
        (("curve", "--measure", "svf_lead_time"), "has no curve"),
        (("curve", "--period", "1999"), "unknown period '1999'"),
        (("equity", "--measure", "svf_lead_time", "--along", "wealth"), "unknown divider 'wealth'"),
        (("equity", "--measure", "svf_lead_time", "--along", "income", "--by", "sex"), "Write --by region"),
    ],
)
def test_what_cannot_be_asked_is_one_line(folder: Path, words: tuple[str, ...], message: str) -> None:
    failed = run(words[0], folder, *words[1:])
    assert isinstance(failed.exception, FyrbakError)
    assert message in str(failed.exception) and "\n" not in str(failed.exception)
