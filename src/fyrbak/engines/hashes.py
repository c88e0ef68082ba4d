"""A hash of rows that is the same on every engine, every run and every version of the libraries.

What is hashed is text that anybody can write again: a heading, a line with the names of the columns, and one
line per row, in UTF-8. Values stand between tabs and lines end with a line feed, as in the text form of
PostgreSQL's COPY: a null is ``\\N``, and a backslash, tab, line feed or carriage return within a text is
``\\\\``, ``\\t``, ``\\n`` or ``\\r``. Days are ``2024-05-31``, truth is ``true`` or ``false``, whole numbers
are their digits, and a float is the whole number that its 64 bits (IEEE 754) make.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import pyarrow as pa
import pyarrow.compute as pc

_ESCAPED = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_LINES = 50_000  # per piece of text, so that its offsets fit and memory stays bounded


def hash_of(heading: str, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> str:
    """Sixteen hex digits for rows in a given order."""
    digest = hashlib.sha256(f"{heading}\n{chr(9).join(schema.names)}\n".encode())
    for batch in batches:
        for first in range(0, batch.num_rows, _LINES):
            digest.update(_lines(batch.slice(first, _LINES)))
    return digest.hexdigest()[:16]


def _lines(batch: pa.RecordBatch) -> pa.Buffer:
    lines = pc.binary_join_element_wise(*map(_text, batch.columns), "\t")
    ended = pc.binary_join_element_wise(lines, "", "\n")
    return pc.binary_join(pa.ListArray.from_arrays([0, len(ended)], ended), "")[0].as_buffer()


def _text(column: pa.Array) -> pa.Array:
    """Each value as it stands on its line: written once, however often it stands there."""
    if pa.types.is_float64(column.type):
        column = column.view(pa.int64())
    coded = column.dictionary_encode()
    return pc.fill_null(_written(coded.dictionary).take(coded.indices), "\\N")


def _written(column: pa.Array) -> pa.Array:
    text = column.cast(pa.string())
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        for plain, escaped in _ESCAPED.items():
            text = pc.replace_substring(text, plain, escaped)
    return text
