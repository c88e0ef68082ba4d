"""The snapshot of ten years that a night is measured over: the same persons, with more events."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bench.ten_years import repeated
from ibis.expr.types import Scalar, Table

from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic


def test_pathways_and_events_are_added_until_there_are_as_many_as_wanted(tmp_path: Path) -> None:
    with synthetic(tmp_path / "in", persons=3_000, regions=("24",)) as folder:
        before = Snapshot.open(folder)
        was = before.table("pathway_event")
        rows, starts = before.rows("pathway_event"), _starts(was)
        repeated(folder, tmp_path / "out", pathways=5 * starts // 2, events=4 * rows)
        made = Snapshot.open(tmp_path / "out")  # with the hash of every file
        now = made.table("pathway_event")
        assert made.rows("person") == before.rows("person")
        assert _answer(now.count()) == _answer(now.record_key.nunique())
        assert abs(_starts(now) / starts - 2.5) < 0.25
        assert abs(made.rows("pathway_event") / rows - 4) < 0.25
        assert _answer(now.start_date.min()).year < _answer(was.start_date.min()).year - 10
        assert _answer(now.start_date.max()) <= made.as_of


def _starts(events: Table) -> int:
    return int(_answer((events.point == "10").sum()))


def _answer(question: Scalar) -> Any:
    return question.to_pyarrow().as_py()
