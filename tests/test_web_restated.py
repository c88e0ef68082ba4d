"""The page of a definition says what moved since the snapshot before, and nothing where there was none."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from fyrbak.measures.definitions import measure
from fyrbak.measures.restatement import restatement
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.current import set_current
from fyrbak.reports.restated import reason_text
from fyrbak.reports.words import Words
from growing import grow
from pages import house


def test_what_moved_is_told_with_its_reasons(
    filled_house: tuple[str, Path], tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> None:
    name, folder = filled_house
    _, now = grow(folder / "snapshot", tmp_path, seed=3, days=30)
    chosen, words = measure("svf_count"), Words("sv")
    with house(name, tmp_path / "home", django_db_blocker):
        set_current(now)
        opened = Snapshot.open(now)
        before = opened.before()
        assert before is not None
        moves = [move for move in restatement(before, opened, chosen) if move.period == "2024"]
        assert moves
        html = Client().get("/measures/svf_count/definition/?period=2024&lang=sv").content.decode()
        assert words("restatement.caption") in html
        assert all(reason_text(move.reason, words) in html for move in moves)


@pytest.mark.usefixtures("filled")
def test_without_a_snapshot_before_nothing_is_said_of_it() -> None:
    html = Client().get("/measures/svf_count/definition/?lang=sv").content.decode()
    assert Words("sv")("restatement.caption") not in html
