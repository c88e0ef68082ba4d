"""``fyrbak svf`` as its user meets it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fyrbak.cli.main import app
from fyrbak.pathways.definitions import FOLDER
from measure_snapshots import synthetic

LIMITS = FOLDER / "svf" / "brost.yaml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("svf"), persons=20_000) as path:
        yield path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_lost_days_and_risks_are_told_with_a_warning_of_small_counts(folder: Path) -> None:
    lost, risk = (run("svf", name, folder, "--year", 2024) for name in ("lost-days", "risk"))
    assert "misstanke–" in lost.stdout
    assert "Förutsagt" in risk.stdout
    for answer in (lost, risk):
        assert answer.exit_code == 0
        assert "Får inte spridas" in answer.stdout
        assert "Påhittade personer" in answer.stderr


def test_a_proposed_limit_is_tried_before_it_holds(folder: Path, tmp_path: Path) -> None:
    proposed = tmp_path / LIMITS.name
    proposed.write_text(LIMITS.read_text(encoding="utf-8").replace("days: 35", "days: 1"), encoding="utf-8")
    unchanged, changed = (run("svf", "limit-change", file, folder) for file in (LIMITS, proposed))
    assert unchanged.exit_code == changed.exit_code == 0
    assert unchanged.stdout != changed.stdout


def test_a_year_without_data_is_refused_in_one_line(folder: Path) -> None:
    assert "Give a year with months before that" in str(run("svf", "risk", folder, "--year", 2031).exception)
    lost = run("svf", "lost-days", folder, "--year", 2035)
    assert lost.stdout == ""
    assert re.search(
        r"--year 2035: no judged pathway ended then. Give one of (\d{4}, )+2025\.", str(lost.exception)
    )


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--add", "operation"), "write a station and slots a week"),
        (("--add", "operation=2", "--from", "2024-13-01"), "not a day"),
        (("--add", "operation=2"), "too few to simulate"),
        (("--add", "operation=2", "--region", "99"), "unknown region"),
    ],
)
def test_what_if_refuses_in_one_line(folder: Path, words: tuple[str, ...], told: str) -> None:
    usual = {"--region": "24", "--from": "2023-01-01", "--to": "2024-06-30"}
    asked = [part for option, value in usual.items() if option not in words for part in (option, value)]
    assert told in str(run("svf", "what-if", folder, *asked, *words).exception)


def test_the_simulation_is_tried_region_by_region(folder: Path) -> None:
    told = run("svf", "back-test", folder).output
    assert "Stockholm" in told
    assert "prövas" in told  # the smallest have too few
    assert "Gotland" not in run("svf", "back-test", folder, "--region", "01").output
