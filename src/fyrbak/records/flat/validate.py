"""Whether a file's or a folder's rows would be taken in: intake's own checks, asked without a database.

The rows are staged as intake stages them, beside nothing that is known. A person or another row that is named
and whose table is not in the folder is taken as known, so that one file can be checked on its own.
"""
# ruff: noqa: S608 - statements are put together from the layout's own names

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

import duckdb
import numpy as np
import pyarrow as pa

from fyrbak.errors import BadInputError
from fyrbak.records.intake import refusals
from fyrbak.records.intake.batch import room
from fyrbak.records.intake.delivery import Delivery, Part, open_layout, open_mapped
from fyrbak.records.intake.files import delimiter_of
from fyrbak.records.intake.mapping import Mapping, SourceName, TableMapping
from fyrbak.records.intake.staging import Staged, content, discard, prepare, stage
from fyrbak.records.intake.translation import sql_type
from fyrbak.records.layout import Table, tables
from fyrbak.records.manifest import NAME

_HERE = SourceName(code="here", name="a file at hand")
_FORMATS: dict[str, Literal["csv", "parquet"]] = {".csv": "csv", ".parquet": "parquet"}


@dataclass(frozen=True)
class Fault:
    """One thing wrong with one row: where it stands, the rule, and what to do about it in both languages.

    ``value`` is what stood there, masked where it could identify a person.
    """

    table: str
    file: str
    line: int
    column: str
    value: str
    rule: str
    text_sv: str
    text_en: str


@dataclass(frozen=True)
class Validated:
    """The faults, by table and line, and how many rows each table had."""

    faults: tuple[Fault, ...]
    rows: dict[str, int]


def validate(
    path: Path, *, as_of: date, table: str | None = None, mapping: Mapping | None = None
) -> Validated:
    """Check one file of a table, or a folder of files named as their tables, in the layout or by a mapping.

    ``as_of`` is the last day that the rows may describe. Raises BadInputError when a file is cut off, in
    another encoding or lacks columns: then its rows cannot be told apart.
    """
    with room() as database:
        delivery = opened(path, database, as_of=as_of, table=table, mapping=mapping)
        return validated(delivery, [refused for _, refused in staged_parts(database, delivery)])


def validated(delivery: Delivery, refused: Iterable[pa.Table]) -> Validated:
    """What is told of a delivery with these refused rows, table by table (:func:`staged_parts`)."""
    parts = zip(delivery.parts, refused, strict=True)
    faults = tuple(fault for part, rows in parts for fault in _told(part.table.name, rows))
    rows = {part.table.name: part.rows + len(part.malformed) for part in delivery.parts}
    if delivery.aside:
        rows["unplaced"] = sum(aside.rows for aside in delivery.aside)
    return Validated(faults, rows)


def opened(
    path: Path,
    database: duckdb.DuckDBPyConnection,
    *,
    as_of: date,
    table: str | None = None,
    mapping: Mapping | None = None,
) -> Delivery:
    """What lies at ``path`` as a delivery. Raises BadInputError that says what is missing."""
    if mapping is not None:
        return open_mapped(path, mapping, mapping.source or _HERE, as_of, database)
    if path.is_dir() and (path / NAME).is_file():
        return open_layout(path, None, database)
    if path.is_dir():
        found = {name: files[0] for name in tables() if (files := _files(path, name))}
        if not found:
            raise BadInputError(
                f"{path}: no file is named as a table, such as person.csv or tumour.parquet. Known are "
                f"{', '.join(tables())}. Rename the files, or give a mapping."
            )
        given = Mapping(source=_HERE, tables={name: (_as_it_is(file),) for name, file in found.items()})
        return open_mapped(path, given, _HERE, as_of, database)
    if not path.is_file():
        raise BadInputError(f"{path}: there is no such file or folder. Check the path.")
    name = table or path.name.split(".")[0]
    if name not in tables():
        raise BadInputError(f"{path}: say which table its rows are of: --table {'|'.join(tables())}.")
    return open_mapped(
        path.parent, Mapping(source=_HERE, tables={name: (_as_it_is(path),)}), _HERE, as_of, database
    )


def staged_parts(
    database: duckdb.DuckDBPyConnection, delivery: Delivery
) -> Iterator[tuple[Staged, pa.Table]]:
    """Each table staged, with its faults (:func:`refusals.faults`); discarded when the next is asked for."""
    for name in tables():
        _know(database, tables()[name], delivery)
    prepare(database, delivery)
    base = 1
    for part in delivery.parts:
        staged = stage(database, delivery, part, base, np.random.default_rng(0))
        base += part.rows
        yield staged, refusals.faults(database, staged, delivery)
        discard(database, staged)


def _told(table: str, refused: pa.Table) -> Iterator[Fault]:
    for row in refused.sort_by([("file", "ascending"), ("line", "ascending")]).to_pylist():
        yield Fault(
            table, row["file"], row["line"], row["field"], row["value"], row["rule"], row["text_sv"],
            row["text_en"],
        )  # fmt: skip


def _files(folder: Path, name: str) -> list[Path]:
    return [path for ending in _FORMATS if (path := folder / f"{name}{ending}").is_file()]


def _as_it_is(path: Path) -> TableMapping:
    """How to read a file that has the layout's own headings."""
    form = _FORMATS.get(path.suffix.lower())
    if form is None:
        raise BadInputError(f"{path}: neither .csv nor .parquet. Unpack it, or save it as one of these.")
    delimiter = delimiter_of(path) if form == "csv" else ","
    return TableMapping(file=glob.escape(path.name), format=form, delimiter=delimiter)


def _know(database: duckdb.DuckDBPyConnection, table: Table, delivery: Delivery) -> None:
    """Make ``known_<table>``: empty, or with the keys that others name where the table is not delivered."""
    types = {table.model._meta.get_field(c.field).column: sql_type(c.type) for c in table.columns}  # type: ignore[union-attr]
    links = {table.model._meta.get_field(c.field).column: "BIGINT" for c in table.links}  # type: ignore[union-attr]
    said = "".join(f', "{column}" {(types | links).get(column, "BIGINT")}' for column in content(table))
    pseudonym = ", pseudonym BIGINT" if table.name == "person" else ""
    database.execute(
        f"CREATE TABLE known_{table.name} (key VARCHAR, first_id BIGINT, current_id BIGINT,"
        f" current_version SMALLINT, current_status VARCHAR{said}{pseudonym})"
    )
    if table.name in {part.table.name for part in delivery.parts}:
        return
    named = [question for part in delivery.parts for question in _named(part, table)]
    if named:
        database.execute(
            f"INSERT INTO known_{table.name} (key, first_id, current_id, current_version, current_status)"
            f" SELECT CAST(key AS VARCHAR), -row_number() OVER (ORDER BY key), 0, 1, 'active'"
            f" FROM ({' UNION '.join(named)}) WHERE key IS NOT NULL"
        )


def _named(part: Part, table: Table) -> Iterator[str]:
    """Questions for the keys of a table's rows that a part names."""
    columns = [c.name for c in part.table.columns if c.links == table.name]
    if table.name == "person" and part.table.name != "person":
        columns.append("person_id")
    for column in columns:
        yield f"SELECT DISTINCT {column} AS key FROM (SELECT {part.select} FROM {part.origin})"
