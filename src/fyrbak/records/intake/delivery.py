"""A delivery: a folder opened so that each table's rows can be read, in the layout's columns, by DuckDB.

Two kinds of folder are read alike: one in the layout (Parquet and a manifest), and one of a source's own
files (CSV or Parquet) with a mapping. Here files are only checked to be whole and to have their columns.
"""
# ruff: noqa: S608 - statements are put together from the layout's and the mapping's own names

from __future__ import annotations

import hashlib
from collections import abc
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from pathlib import Path

import duckdb

from fyrbak.engines.quoting import sql_name, sql_text
from fyrbak.errors import BadInputError
from fyrbak.records import layout
from fyrbak.records.intake.files import Malformed, SourceFile, open_file
from fyrbak.records.intake.mapping import (
    Mapping,
    Own,
    Reason,
    SourceName,
    TableMapping,
    Unplaced,
    headings,
    source_name,
)
from fyrbak.records.intake.translation import Translated, one_select, translation, where
from fyrbak.records.manifest import file_hash
from fyrbak.records.snapshot import Snapshot

# Columns that an export of refused rows adds. When such a file comes back, the first says which refused row
# has been corrected; the others are ignored.
REFUSED_ROW = "refused_row"
REASONS = (
    REFUSED_ROW,
    "refused_line",
    "refused_rule",
    "refused_reason_sv",
    "refused_reason_en",
    "refused_text",
)


@dataclass(frozen=True)
class Part:
    """One table of a delivery.

    ``origin`` is a DuckDB relation: the columns as received, ``sent_file`` (index into files), ``sent_line``.
    ``select`` turns them into the layout's columns and ``unreadable`` (a list of column names).
    ``names`` says what the delivery calls each of the layout's columns, ``names_by_file`` what each file does
    where they differ. ``derived`` rows were not sent: they were made from another table's, and are neither
    counted nor told of.
    """

    table: layout.Table
    origin: str
    select: str
    files: tuple[str, ...]
    names: dict[str, str]
    rows: int
    mapped: bool = False
    derived: bool = False
    malformed: tuple[Malformed, ...] = field(default=())
    names_by_file: tuple[dict[str, str], ...] = ()

    @property
    def number(self) -> str:
        """SQL for the number of a row of ``origin``, from 0."""
        return "rowid" if self.mapped else "sent_row"

    @property
    def mixed(self) -> bool:
        """Whether its files have columns of their own."""
        return any(names != self.names for names in self.names_by_file)

    def named(self, column: str) -> Iterator[tuple[str | None, str]]:
        """What files call a column of the layout, and which files: SQL for a condition on ``sent_file``."""
        files: dict[str | None, list[str]] = {}
        for index, names in enumerate(self.names_by_file):
            files.setdefault(names.get(column), []).append(str(index))
        if len(files) < 2:
            yield self.names.get(column), "true"
        else:
            yield from ((name, f"sent_file IN ({', '.join(own)})") for name, own in files.items())


@dataclass(frozen=True)
class Aside:
    """Rows of one file that no table takes: ``origin`` as of a part, and the reason in both languages."""

    file: str
    origin: str
    reason: Reason
    rows: int


@dataclass(frozen=True)
class Delivery:
    """Who sent it, the last day it describes, the SHA-256 of its bytes, and its tables in order of intake.

    ``aside`` are rows that have no place in any table.
    """

    source: SourceName
    as_of: date
    content_hash: str
    parts: tuple[Part, ...]
    aside: tuple[Aside, ...] = ()

    @property
    def rows(self) -> int:
        rows = sum(part.rows + len(part.malformed) for part in self.parts)
        return rows + sum(aside.rows for aside in self.aside)


def open_layout(folder: Path, source: str | None, database: duckdb.DuckDBPyConnection) -> Delivery:
    """Open a folder in the layout. Raises BadInputError if a file is missing, cut off or changed."""
    if folder.is_dir() and not (folder / "manifest.json").is_file():
        raise BadInputError(
            f"{folder}: manifest.json is missing, so this is no folder in the layout. Say how its files are "
            "read: --mapping FILE, or --mapping layout for CSV files in the layout."
        )
    snapshot = Snapshot.open(folder)
    manifest = snapshot.manifest
    parts = []
    for name, table in layout.tables().items():
        entry = manifest.tables.get(name)
        if entry is None or not entry.files:
            continue
        paths = ", ".join(sql_text(str(folder.resolve() / file.path)) for file in entry.files)
        *before, rows = accumulate((file.rows for file in entry.files), initial=0)
        database.execute(
            f"CREATE VIEW origin_{name} AS"
            " SELECT *, file_index AS sent_file, file_row_number + 1 AS sent_line,"
            f" {before}[CAST(file_index AS BIGINT) + 1] + file_row_number AS sent_row"
            f" FROM read_parquet([{paths}])"
        )
        select = ", ".join(f'"{column.name}"' for column in table.columns) + ", NULL::VARCHAR[] AS unreadable"
        names = {column.name: column.name for column in table.columns}
        files = tuple(file.path for file in entry.files)
        parts.append(Part(table, f"origin_{name}", select, files, names, rows))
    digest = hashlib.sha256(f"{manifest.id}".encode())
    code = source or manifest.source
    named = source_name(code, manifest.title or code, synthetic=manifest.synthetic)
    return Delivery(named, snapshot.as_of, digest.hexdigest(), tuple(parts))


def open_mapped(
    folder: Path, mapping: Mapping, source: SourceName, as_of: date, database: duckdb.DuckDBPyConnection
) -> Delivery:
    """Open a folder of a source's own files. Raises BadInputError that names the file and the mend."""
    if not folder.is_dir():
        raise BadInputError(f"{folder}: there is no such folder. Check the path.")
    by_number = mapping.persons == "personal"
    digest = hashlib.sha256(f"{as_of} {mapping.model_dump_json()}".encode())
    parts = []
    read: set[Path] = set()
    for name, table in layout.tables().items():
        groups = [_Group(mapped, _paths(folder, mapped)) for mapped in mapping.tables.get(name, ())]
        groups = [group for group in groups if group.paths]
        if groups:
            parts.append(_mapped_part(table, groups, database, read, by_number=by_number))
    aside = tuple(
        one
        for number, entry in enumerate(mapping.unplaced)
        for one in _set_aside(folder, entry, f"aside_{number}", mapping, database, read)
    )
    if not parts and not aside:
        wanted = ", ".join(mapped.file for mappings in mapping.tables.values() for mapped in mappings)
        raise BadInputError(f"{folder}: none of the mapping's files is there ({wanted}). Check the folder.")
    for path in sorted(read):
        digest.update(f"{path.name} {file_hash(path)}".encode())
    return Delivery(source, as_of, digest.hexdigest(), tuple(parts), aside)


@dataclass(frozen=True)
class _Group:
    """Files of a table that are read alike."""

    mapped: TableMapping
    paths: list[Path]


def _paths(folder: Path, mapped: TableMapping) -> list[Path]:
    paths = sorted(folder.glob(mapped.file))
    if not paths and not mapped.optional:
        raise BadInputError(f"{folder / mapped.file}: the file is missing. Add it, or mark it optional.")
    return paths


def _mapped_part(
    table: layout.Table,
    groups: list[_Group],
    database: duckdb.DuckDBPyConnection,
    read: set[Path],
    *,
    by_number: bool,
) -> Part:
    sent: list[SourceFile] = []
    names: list[dict[str, str]] = []
    translated: list[tuple[range, dict[str, Translated]]] = []
    malformed: list[Malformed] = []
    for group in groups:
        first = len(sent)
        files = [open_file(path, group.mapped, first + index) for index, path in enumerate(group.paths)]
        own = _own_columns(table, group.mapped, files)
        columns = translation(table, group.mapped, own, _keys(table) if by_number else set())
        translated.append((range(first, first + len(files)), columns))
        names += [{column: headings(one)[0] for column, one in own.items()}] * len(files)
        sent += files
    rows = _fill(database, f"origin_{table.name}", sent, by_number=by_number)
    for file in sent:
        malformed += file.malformed if file.path not in read else []  # of a file read twice, told once
        read.add(file.path)
    return Part(
        table,
        f"origin_{table.name}",
        one_select(translated),
        tuple(file.path.name for file in sent),
        names[0],
        rows,
        mapped=True,
        malformed=tuple(malformed),
        names_by_file=tuple(names),
    )


def _own_columns(table: layout.Table, mapped: TableMapping, files: list[SourceFile]) -> abc.Mapping[str, Own]:
    """What the files call the layout's columns. Raises BadInputError where they lack one, or have others."""
    heading = files[0].columns
    own: abc.Mapping[str, Own] = mapped.columns or {
        c.name: c.name for c in table.columns if c.name in heading
    }
    asked = {name for one in own.values() for name in headings(one)}
    for file in files:
        for name in sorted({*asked, *mapped.where} - {*file.columns}):
            mend = " Check the delimiter in the mapping." if len(heading) == 1 else ""
            raise BadInputError(
                f"{file.path}: the column '{name}' is missing; there are {', '.join(heading)}.{mend}"
            )
    missing = [c.name for c in table.columns if not c.nullable and c.name not in {*own, *mapped.constants}]
    if missing:
        raise BadInputError(f"{files[0].path}: the columns {', '.join(missing)} are missing. Add them.")
    stray = {*heading} - {*asked, *REASONS}
    if mapped.columns is None and stray:
        raise BadInputError(
            f"{files[0].path}: the columns {', '.join(sorted(stray))} are unknown. Remove them."
        )
    return own


def _set_aside(
    folder: Path,
    entry: Unplaced,
    name: str,
    mapping: Mapping,
    database: duckdb.DuckDBPyConnection,
    read: set[Path],
) -> Iterator[Aside]:
    """The rows of an unplaced file that no table takes."""
    takers = [
        mapped for mappings in mapping.tables.values() for mapped in mappings if mapped.file == entry.file
    ]
    taken = " OR ".join(f"({where(mapped)})" for mapped in takers)
    for index, path in enumerate(sorted(folder.glob(entry.file))):
        read.add(path)
        mapped = TableMapping(file=entry.file, encoding=entry.encoding, delimiter=entry.delimiter)
        file = open_file(path, mapped, 0)
        origin = f"{name}_{index}"
        _fill(database, origin, [file], by_number=False)
        if taken:
            database.execute(f"DELETE FROM {origin} WHERE {taken}")
        ((rows,),) = database.execute(f"SELECT count(*) FROM {origin}").fetchall()
        yield Aside(path.name, origin, entry.reason, int(rows))


def _fill(
    database: duckdb.DuckDBPyConnection, origin: str, sent: list[SourceFile], *, by_number: bool
) -> int:
    """Copy files into one table of texts, with every column that any of them has; return its rows."""
    columns = dict.fromkeys(sql_name(name) for file in sent for name in file.columns)
    types = [f"{name} VARCHAR" for name in columns] + ["sent_file BIGINT", "sent_line BIGINT"]
    if by_number:  # filled in when the numbers have been exchanged for keys
        types.append("sent_person VARCHAR")
    database.execute(f"CREATE TABLE {origin} ({', '.join(types)})")
    for file in sent:
        for piece in file.pieces():
            database.register("arrived", piece)
            database.execute(f"INSERT INTO {origin} BY NAME SELECT * FROM arrived WHERE {where(file.mapped)}")
            database.unregister("arrived")
    ((rows,),) = database.execute(f"SELECT count(*) FROM {origin}").fetchall()
    return int(rows)


def _keys(table: layout.Table) -> set[str]:
    """The columns that hold a person's key."""
    return {"person_id", "record_key"} if table.name == "person" else {"person_id"}
