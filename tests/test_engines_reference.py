"""The reference engine: what only it refuses, and that it works out whole snapshots."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from ibis.expr.types import Table

from fyrbak.engines import engine
from fyrbak.engines.reference import AmbiguousOrderError, Reference
from fyrbak.errors import BadDefinitionError, BadInputError
from fyrbak.measures.definitions import measures
from fyrbak.measures.tallies import tally
from fyrbak.pathways.run import run
from fyrbak.records.snapshot import Snapshot
from measure_snapshots import synthetic

ROWS = pa.table({"key": ["a", "b"], "day": [date(2024, 1, 1)] * 2, "n": pa.array([2**31 - 1, 1], pa.int32())})


@pytest.fixture
def reference() -> Reference:
    found = engine("reference")
    assert isinstance(found, Reference)
    return found


def first_row_of_a_day(rows: Table) -> Table:
    return rows.mutate(place=ibis.row_number().over(order_by="day"))


def running_sum_over_a_day(rows: Table) -> Table:
    return rows.mutate(sum=rows.n.sum().over(ibis.window(order_by="day", preceding=None, following=0)))


@pytest.mark.parametrize("question", [first_row_of_a_day, running_sum_over_a_day])
def test_an_order_that_leaves_open_who_is_first_is_refused(
    reference: Reference, question: Callable[[Table], Table]
) -> None:
    with pytest.raises(AmbiguousOrderError, match="Let it end in a key"):
        reference.answer(question(reference.rows("rows", ROWS)))


def test_rows_that_are_the_same_may_come_in_any_order(reference: Reference) -> None:
    twice = reference.rows("rows", pa.concat_tables([ROWS.slice(0, 1)] * 2))
    assert reference.answer(first_row_of_a_day(twice))["place"].to_pylist() == [0, 1]


def test_a_whole_number_never_wraps_round(reference: Reference) -> None:
    rows = reference.rows("rows", ROWS)
    sums = rows.select(sum=(rows.n.cast("int64") + 1).cast("int32"))
    with pytest.raises(BadInputError, match="too large for int32"):
        reference.answer(sums)


def test_an_operation_without_a_meaning_is_named(reference: Reference) -> None:
    rows = reference.rows("rows", ROWS)
    with pytest.raises(BadDefinitionError, match="Median has no meaning"):
        reference.answer(rows.aggregate(middle=rows.n.median()))


def test_a_table_is_replaced_kept_and_forgotten(reference: Reference) -> None:
    rows = reference.rows("rows", ROWS)
    kept = reference.keep(rows.filter(rows.n == 1))
    assert reference.answer(kept)["key"].to_pylist() == ["b"]
    reference.rows("rows", ROWS.slice(0, 0))
    assert reference.answer(rows).num_rows == 0
    reference.forget(kept)
    with pytest.raises(KeyError):
        reference.answer(kept)


def test_a_whole_snapshot_is_worked_out_as_by_the_default_engine(tmp_path: Path) -> None:
    """Pathways and every measure, from the same folder: the slow way and the fast one."""
    with synthetic(tmp_path, persons=400) as folder:
        fast, slow = (Snapshot.open(folder, engine=name) for name in ("duckdb", "reference"))
        for snapshot in (fast, slow):
            assert snapshot.engine.answer(run(snapshot).episodes).num_rows > 10
        order = [("episode_key", "ascending")]
        answers = [one.engine.answer(run(one).episodes).sort_by(order).to_pylist() for one in (fast, slow)]
        assert answers[0] == answers[1]
        for measure in measures():
            assert tally(fast, measure).table == tally(slow, measure).table, measure.id
