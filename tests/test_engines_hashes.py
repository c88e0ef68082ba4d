"""Hashes of rows: of text that anybody can write again, whatever the rows came in."""

from __future__ import annotations

import hashlib
import struct
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fyrbak.engines import hashes
from fyrbak.engines.hashes import hash_of

SCHEMA = pa.schema(
    {"key": pa.int64(), "day": pa.date32(), "text": pa.string(), "share": pa.float64(), "late": pa.bool_()}
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "day": st.none() | st.dates(date(1900, 1, 1), date(2100, 1, 1)),
            "text": st.none() | st.text(st.sampled_from("aÅ\\\t\n\rNt"), max_size=4),
            "share": st.none() | st.floats(allow_nan=False),
            "late": st.none() | st.booleans(),
        }
    ),
    max_size=8,
).map(lambda rows: [{"key": number, **row} for number, row in enumerate(rows)])


def table(rows: list[dict[str, Any]]) -> pa.Table:
    return pa.Table.from_pylist(rows, SCHEMA)


def hashed(rows: pa.Table) -> str:
    return hash_of("heading", rows.schema, rows.to_batches(max_chunksize=3))


def written(value: Any) -> str:
    """A value as the module's text says."""
    if value is None:
        return "\\N"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(struct.unpack("<q", struct.pack("<d", value))[0])
    escapes = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
    return "".join(escapes.get(letter, letter) for letter in str(value))


@given(ROWS)
def test_what_is_hashed_can_be_written_by_hand(rows: list[dict[str, Any]]) -> None:
    values = ("\t".join(written(row[name]) for name in SCHEMA.names) for row in rows)
    lines = ["heading", "\t".join(SCHEMA.names), *values]
    by_hand = hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()[:16]
    assert hashed(table(rows)) == by_hand


@given(ROWS, st.data())
def test_any_change_of_a_value_or_row_changes_the_hash(
    rows: list[dict[str, Any]], data: st.DataObject
) -> None:
    before = hashed(table(rows))
    assert hashed(table([*rows, {"key": 99}])) != before
    if rows:
        row = data.draw(st.sampled_from(rows))
        assert hashed(table([one | {"text": "another"} if one is row else one for one in rows])) != before


def test_batches_and_ways_of_storing_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = table([{"key": number, "text": f"rad {number}", "share": number / 7} for number in range(20)])
    whole = hash_of("heading", rows.schema, rows.to_batches())
    assert hashed(rows) == whole
    stored = rows.cast(
        rows.schema.set(0, pa.field("key", pa.int32())).set(2, pa.field("text", pa.large_string()))
    )
    assert hashed(stored) == whole
    monkeypatch.setattr(hashes, "_LINES", 3)
    assert hashed(rows) == whole


def test_the_heading_and_the_names_count() -> None:
    rows = table([{"key": 1}])
    renamed = rows.rename_columns(["id", *SCHEMA.names[1:]])
    assert len({hashed(rows), hashed(renamed), hash_of("another", SCHEMA, rows.to_batches())}) == 3
