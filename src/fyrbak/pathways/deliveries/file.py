"""The file itself: cases written by a layout, each under a pseudonym that only this delivery's key gives.

A row's number is the keyed hash of the case. The key is drawn for each delivery and stays with the region,
so that numbers of two deliveries, or of two regions, tell nothing about each other. Rows stand in the order
of their numbers, which says nothing of persons either.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from fyrbak.pathways.deliveries.layout import IDENTITY, ROW, Column, Layout

DIGITS = 20  # of a row's number: among a million rows two are alike once in 10^12 files


@dataclass(frozen=True)
class File:
    """A file ready to be sent. ``held_back`` counts, by column, the rows that lack something mandatory."""

    content: bytes
    rows: int
    held_back: Mapping[str, int]

    @property
    def sha256(self) -> str:
        """The hash that the receipt names the file by."""
        return hashlib.sha256(self.content).hexdigest()


def row_number(key: bytes, episode: str) -> str:
    """What a case is called in the delivery that has this key."""
    return hmac.digest(key, episode.encode(), "sha256").hex()[:DIGITS]


def written(cases: pa.Table, layout: Layout, key: bytes, identities: Mapping[int, str] | None = None) -> File:
    """The cases as a file. With ``identities``, by person, it has the layout's identified columns too.

    A row that lacks something mandatory is held back, and counted under each column that it lacks.
    """
    columns = layout.used(identified=identities is not None)
    numbers = [row_number(key, episode) for episode in cases["episode_key"].to_pylist()]
    facts = {name: cases[name] for name in cases.column_names} | {ROW: _text(numbers)}
    if identities is not None:
        facts[IDENTITY] = _text(identities.get(person) for person in cases["person_id"].to_pylist())
    told = {column.name: _coded(facts[column.of], column) for column in columns}
    lacking = {name: pc.equal(told[name], "") for name in (c.name for c in columns if c.mandatory)}
    held_back = {name: count for name, lacks in lacking.items() if (count := pc.sum(lacks).as_py())}
    whole = pa.table(told).filter(pc.invert(reduce(pc.or_, lacking.values())))
    table = whole.sort_by(next(column.name for column in columns if column.of == ROW))
    return File(_csv(table, layout), table.num_rows, held_back)


def _text(values: Iterable[str | None]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(list(values), pa.string())])


def _coded(values: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    """The values as the column writes them: translated, and its blank where nothing is known."""
    if column.codes:
        found = values.combine_chunks().dictionary_encode()
        words = [column.codes.get(word, word) for word in found.dictionary.to_pylist()]
        values = pa.chunked_array([pa.array(words, pa.string()).take(found.indices)])
    return pc.fill_null(values, column.blank)


def _csv(table: pa.Table, layout: Layout) -> bytes:
    """The table with its heading; values hold no delimiter, so that none has to be quoted."""
    out = pa.BufferOutputStream()
    header = layout.delimiter.join(table.column_names) + "\n"
    out.write(header.encode())
    options = csv.WriteOptions(include_header=False, delimiter=layout.delimiter, quoting_style="none")
    csv.write_csv(table, out, options)
    return out.getvalue().to_pybytes()


def lines_of(content: bytes, layout: Layout) -> dict[str, dict[str, str]]:
    """The rows of a file by their number, each as its columns' values."""
    heading, *lines = content.decode().splitlines()
    names = heading.split(layout.delimiter)
    number = next(column.name for column in layout.columns if column.of == ROW)
    rows = (dict(zip(names, line.split(layout.delimiter), strict=True)) for line in lines)
    return {row[number]: row for row in rows}


def differences(before: bytes, now: bytes) -> dict[str, int]:
    """How many rows were added, removed and changed between two files written with the same key."""
    was, is_now = (_by_number(content) for content in (before, now))
    return {
        "added": len(is_now.keys() - was.keys()),
        "removed": len(was.keys() - is_now.keys()),
        "changed": sum(was[number] != is_now[number] for number in was.keys() & is_now.keys()),
    }


def _by_number(content: bytes) -> dict[str, str]:
    return {line[:DIGITS]: line for line in content.decode().splitlines()[1:]}


def facts_of(row: Mapping[str, str], columns: Sequence[Column]) -> dict[str, str]:
    """A row's values by the facts that they hold."""
    return {column.of: row[column.name] for column in columns if column.name in row}
