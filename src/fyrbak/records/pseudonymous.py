"""Rows of the database in the layout of snapshots: persons are pseudonyms, and links are keys.

Keys lead with their source, since keys of different sources may be alike; a person's key is its pseudonym.
"""
# ruff: noqa: S608 - statements are put together from the models' own names

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from adbc_driver_postgresql.dbapi import Cursor

from fyrbak.records.layout import Table, tables


@dataclass(frozen=True)
class Ids:
    """The rows of a table with ids above ``after``, until ``until``; as text a condition in SQL."""

    after: int
    until: int

    def __str__(self) -> str:
        return f"id > {self.after} AND id <= {self.until}"


@dataclass(frozen=True)
class Names:
    """What a table's rows are called in a snapshot: the names, and where each id's is among them.

    ``places`` (ids,) begins with the id ``first``. Ids come from a sequence, so there are hardly any gaps.
    """

    first: int
    places: npt.NDArray[np.int32]
    names: pa.Array

    @classmethod
    def by(cls, ids: npt.NDArray[np.int64], names: pa.Array) -> Names:
        """The names of ids in order."""
        first = int(ids[0]) if len(ids) else 0
        places = np.zeros(int(ids[-1]) - first + 1 if len(ids) else 0, np.int32)
        places[ids - first] = np.arange(len(ids), dtype=np.int32)
        return cls(first, places, names)

    def of(self, links: pa.Array) -> pa.Array:
        """The names behind a column of links; null stays null."""
        missing = links.is_null().to_numpy(zero_copy_only=False) if links.null_count else None
        if missing is not None and missing.all():
            return pa.nulls(len(links), self.names.type)
        places = self.places[links.fill_null(self.first).to_numpy() - self.first]
        return self.names.take(pa.array(places, mask=missing))


@cache
def _links() -> dict[str, tuple[str, str]]:
    """Columns that point to other rows: the table of those rows, and what they are called in a snapshot."""
    found = {"person_id": ("records_person", "pseudonym")}
    for table in tables().values():
        for column in table.links:
            there = tables()[column.links].model._meta.db_table
            found[f"{column.field}_id"] = (there, "source_key")
    return found


def names(cursor: Cursor, rows_of: Iterable[Table]) -> dict[str, Names]:
    """The names behind every column of some tables that points to another row, for many rows at once."""
    wanted = {database for table in rows_of for _, database in _columns(table)}
    links = {column: link for column, link in _links().items() if column in wanted}
    known = {link: _names(cursor, *link) for link in dict.fromkeys(links.values())}
    return {column: known[link] for column, link in links.items()}


def _names(cursor: Cursor, relation: str, name: str) -> Names:
    cursor.execute(f"SELECT id, {name} FROM {relation} ORDER BY id")
    rows = cursor.fetch_arrow_table().combine_chunks()
    return Names.by(
        rows["id"].to_numpy(), rows[name].combine_chunks() if rows.num_rows else pa.array([], pa.int64())
    )


def held(table: Table, ids: Ids, unread: Container[str], known_at: datetime | None) -> str:
    """SQL for the rows of these ids that are known, or were known at a moment, in the order they landed.

    The columns ``unread`` are left out. So is the status: of rows that hold, the first versions are active
    and the others corrected.
    """
    known = "known_to IS NULL"
    if known_at is not None:
        moment = f"TIMESTAMPTZ '{known_at.isoformat()}'"
        known = f"known_from <= {moment} AND (known_to IS NULL OR known_to > {moment})"
    columns = ", ".join(
        f'{_kept(table, name, column)} AS "{name}"'
        for name, column in _columns(table)
        if name != "status" and column not in unread
    )
    return (
        f"SELECT {columns} FROM {table.model._meta.db_table} r"
        f" WHERE {ids} AND {known} AND status <> 'retracted' ORDER BY id"
    )


def landed(table: Table, ids: Ids) -> str:
    """SQL for all versions of these ids, and the earlier ones that they replace, in the order they landed.

    The replaced ones tell whose row it was, if a correction moves it to another person. Links have names
    already.
    """
    relation = table.model._meta.db_table
    columns = ", ".join(
        f'{_named(column) or _kept(table, name, column)} AS "{name}"' for name, column in _columns(table)
    )
    replaced = f"SELECT replaces_id FROM {relation} WHERE {ids} AND replaces_id <= {ids.after}"
    return (
        f"SELECT {columns} FROM (SELECT * FROM {relation} WHERE {ids} UNION ALL"
        f" SELECT * FROM {relation} WHERE id IN ({replaced})) r ORDER BY id"
    )


def _columns(table: Table) -> list[tuple[str, str]]:
    """The columns to fetch, with their names in the database."""
    return [
        (column.name, str(table.model._meta.get_field(column.field).column))  # type: ignore[union-attr]
        for column in table.columns
        if (table.name, column.name) != ("person", "record_key")
    ]


def _kept(table: Table, name: str, column: str) -> str:
    """SQL for a column's value; blank where it must not be in a snapshot. Exact numbers travel as text."""
    if not table.column(name).in_snapshot:
        return "''"
    exact = pa.types.is_decimal(table.column(name).type)
    return f'r."{column}"{"::text" if exact else ""}'


def _named(column: str) -> str:
    """SQL for the name behind a column that points to another row; blank for other columns."""
    if column not in _links():
        return ""
    relation, text = _links()[column]
    return f'(SELECT n.{text} FROM {relation} n WHERE n.id = r."{column}")'


def in_layout(
    table: Table, rows: pa.RecordBatch, names: Mapping[str, Names], unread: Mapping[str, str | None]
) -> pa.RecordBatch:
    """The rows that :func:`held` or :func:`landed` found, in the layout's columns.

    ``names`` are those of links that have none yet, ``unread`` the values, as text, of columns left out.
    """
    database = dict(_columns(table))

    def read(name: str) -> pa.Array:
        column = database[name]
        if column not in unread:
            return rows.column(name)
        type_ = pa.int64() if column in names else table.column(name).type
        return pa.repeat(pa.scalar(unread[column]).cast(type_), rows.num_rows)

    columns = []
    for column in table.columns:
        if column.name == "status" and "status" not in rows.schema.names:
            values = pc.if_else(pc.equal(read("version"), 1), "active", "corrected")
        elif column.name not in database:
            values = read("person_id")
        elif database[column.name] in names:
            values = names[database[column.name]].of(read(column.name))
        else:
            values = read(column.name)
        columns.append(values.cast(column.type))
    return pa.record_batch(columns, schema=table.schema)
