"""The snapshot of ten years that a night is measured over: the same persons, with their events once more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.ten_years import repeated
from ibis.expr.types import Scalar

from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic


def test_events_are_repeated_in_earlier_years_until_there_are_enough(tmp_path: Path) -> None:
    with synthetic(tmp_path / "in", persons=1_000, regions=("24",)) as folder:
        before = Snapshot.open(folder)
        rows = before.rows("pathway_event")
        repeated(folder, tmp_path / "out", events=2 * rows + 1)
        made = Snapshot.open(tmp_path / "out")  # with the hash of every file
        assert made.rows("pathway_event") == 3 * rows
        assert made.rows("person") == before.rows("person")
        was, now = (one.table("pathway_event") for one in (before, made))
        assert _answer(now.record_key.nunique()) == 3 * _answer(was.record_key.nunique())
        assert _answer(now.start_date.min()).year < _answer(was.start_date.min()).year - 5


def _answer(question: Scalar) -> Any:
    return question.to_pyarrow().as_py()
