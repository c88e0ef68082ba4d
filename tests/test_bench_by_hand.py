"""The SQL that measures are timed against asks the same: every measure has one, with equal answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bench import by_hand

from fyrbak.measures.definitions import measures
from measure_snapshots import synthetic

OWN = [known.id for known in measures() if not known.rows_of]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    with synthetic(tmp_path_factory.mktemp("hand"), persons=5_000, regions=("24", "25")) as path:
        yield path


def test_every_measure_has_its_sql() -> None:
    written = {path.stem for path in by_hand.FOLDER.glob("*.sql")}
    assert written == {*OWN, "prelude", "current"}


def test_both_ways_give_the_same_answers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(by_hand, "RUNS", 1)
    found = {one.measure: one.same for one in by_hand.compare(folder)}
    assert found == dict.fromkeys(found, True) and list(found) == OWN
