"""``fyrbak svf week``: the gap by blocks, and the tables that are counted in the night."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fyrbak.cli.main import app
from fyrbak.measures.week_tables import week_tables
from measure_snapshots import synthetic


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("week"), persons=20_000, regions=("01",)) as made:
        yield made


def test_the_gap_is_told_with_its_sum(folder: Path) -> None:
    told = run("svf", "week", folder, "--year", 2024, "--region", "01").output
    assert "Summa" in told
    assert "Shapley" in told
    assert "saknar en bekräftad gräns" in " ".join(told.split())


def test_a_place_with_too_few_is_refused_in_one_line(folder: Path) -> None:
    refused = run("svf", "week", folder, "--year", 2024, "--region", "09")
    assert "too few judged pathways" in str(refused.exception)


def test_every_table_of_the_night_can_be_asked_for_once() -> None:
    names = {(measure.key, by, step) for measure, by, step in week_tables()}
    assert len(names) == len(week_tables())
    assert all(set(by) <= set(measure.cuts) for measure, by, _ in week_tables())
