"""Lines of a cube added up by whole numbers, as they would be by hand."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.engines import lines
from fyrbak.engines.lines import WORDS, added

SCHEMA = pa.schema({"period": pa.int64(), "word": WORDS, "plain": pa.string(), "n": pa.int64()})
BY = ["period", "word", "plain"]
_words = st.none() | st.sampled_from(["", "a", "B", "ä", "aa", "okänd"])
_lines = st.fixed_dictionaries(
    {"period": st.integers(-3, 3), "word": _words, "plain": _words, "n": st.integers(-2, 2)}
)
Line = dict[str, Any]


def _by_hand(rows: list[Line]) -> list[tuple[Any, ...]]:
    sums: Counter[tuple[Any, ...]] = Counter()
    for row in rows:
        sums[tuple(row[name] for name in BY)] += row["n"]
    missing_last = sorted(sums, key=lambda key: [(value is None, value) for value in key])
    return [(*key, sums[key]) for key in missing_last]


@given(st.lists(_lines, max_size=30))
def test_lines_are_added_and_ordered_as_by_hand(rows: list[Line]) -> None:
    table = pa.Table.from_pylist(rows, SCHEMA)
    expected = _by_hand(rows)
    assert [tuple(row.values()) for row in added(table, BY, ["n"]).to_pylist()] == expected
    without = added(table, BY, ["n"], zeros=False)
    assert [tuple(row.values()) for row in without.to_pylist()] == [row for row in expected if row[-1]]
    assert without.schema == SCHEMA


def test_the_same_lines_give_the_same_table_however_their_words_are_kept() -> None:
    rows = [{"period": 1, "word": word, "plain": "", "n": 1} for word in "cab"]
    one = added(pa.Table.from_pylist(rows, SCHEMA), BY, ["n"])
    more = pa.Table.from_pylist([*reversed(rows), {**rows[0], "word": "d", "n": 0}], SCHEMA)
    assert added(more, BY, ["n"], zeros=False) == one


def test_more_combinations_than_there_are_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"period": p, "word": w, "plain": v, "n": 1} for p in range(4) for w in "abc" for v in "cba"]
    table = pa.Table.from_pylist([*rows, *rows], SCHEMA)
    expected = added(table, BY, ["n"])
    monkeypatch.setattr(lines, "_MOST", 6)
    assert added(table, BY, ["n"]) == expected
