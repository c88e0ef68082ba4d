"""A delivery: a folder opened so that each table's rows can be read, in the layout's columns, by DuckDB.

Two kinds of folder are read alike: one in the layout (Parquet and a manifest), and one of a source's own
files (CSV or Parquet) with a mapping. Here files are only checked to be whole and to have their columns.
"""
# ruff: noqa: S608 - statements are put together from the layout's and the mapping's own names

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from fyrbak.errors import BadInputError
from fyrbak.records import layout
from fyrbak.records.intake.files import Malformed, SourceFile, open_file
from fyrbak.records.intake.mapping import Mapping, SourceName, TableMapping, source_name
from fyrbak.records.manifest import file_hash
from fyrbak.records.snapshot import Snapshot

_SQL_TYPE = {
    pa.string(): "VARCHAR",
    pa.int64(): "BIGINT",
    pa.int16(): "SMALLINT",
    pa.date32(): "DATE",
    pa.bool_(): "BOOLEAN",
}


def sql_type(type_: pa.DataType) -> str:
    """What DuckDB calls an Arrow type of the layout."""
    if pa.types.is_decimal(type_):
        return f"DECIMAL({type_.precision}, {type_.scale})"
    return _SQL_TYPE[type_]


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
    ``names`` says what the delivery calls each of the layout's columns. ``derived`` rows were not sent: they
    were made from another table's, and are neither counted nor told of.
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


@dataclass(frozen=True)
class Delivery:
    """Who sent it, the last day it describes, the SHA-256 of its bytes, and its tables in order of intake."""

    source: SourceName
    as_of: date
    content_hash: str
    parts: tuple[Part, ...]

    @property
    def rows(self) -> int:
        return sum(part.rows + len(part.malformed) for part in self.parts)


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
        database.execute(
            f"CREATE VIEW origin_{name} AS"
            " SELECT *, file_index AS sent_file, file_row_number + 1 AS sent_line"
            f" FROM read_parquet([{paths}])"
        )
        select = ", ".join(f'"{column.name}"' for column in table.columns) + ", NULL::VARCHAR[] AS unreadable"
        names = {column.name: column.name for column in table.columns}
        files = tuple(file.path for file in entry.files)
        parts.append(Part(table, f"origin_{name}", select, files, names, entry.rows))
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
    for name, table in layout.tables().items():
        mapped = mapping.tables.get(name)
        if mapped is None:
            continue
        paths = sorted(folder.glob(mapped.file))
        if not paths and mapped.optional:
            continue
        if not paths:
            raise BadInputError(f"{folder / mapped.file}: the file is missing. Add it, or mark it optional.")
        for path in paths:
            digest.update(f"{path.name} {file_hash(path)}".encode())
        parts.append(_mapped_part(table, mapped, paths, database, by_number=by_number))
    if not parts:
        wanted = ", ".join(mapped.file for mapped in mapping.tables.values())
        raise BadInputError(f"{folder}: none of the mapping's files is there ({wanted}). Check the folder.")
    return Delivery(source, as_of, digest.hexdigest(), tuple(parts))


def _mapped_part(
    table: layout.Table,
    mapped: TableMapping,
    paths: list[Path],
    database: duckdb.DuckDBPyConnection,
    *,
    by_number: bool,
) -> Part:
    sent = [open_file(path, mapped, index) for index, path in enumerate(paths)]
    heading = sent[0].columns
    names = mapped.columns or {c.name: c.name for c in table.columns if c.name in heading}
    for file in sent:
        for name in {*names.values()} - {*file.columns}:
            mend = " Check the delimiter in the mapping." if len(heading) == 1 else ""
            raise BadInputError(
                f"{file.path}: the column '{name}' is missing; there are {', '.join(heading)}.{mend}"
            )
    missing = [c.name for c in table.columns if not c.nullable and c.name not in {*names, *mapped.constants}]
    if missing:
        raise BadInputError(f"{paths[0]}: the columns {', '.join(missing)} are missing. Add them.")
    stray = {*heading} - {*names.values(), *REASONS}
    if mapped.columns is None and stray:
        raise BadInputError(f"{paths[0]}: the columns {', '.join(sorted(stray))} are unknown. Remove them.")
    rows = _fill(database, f"origin_{table.name}", sent, by_number=by_number)
    return Part(
        table,
        f"origin_{table.name}",
        _translation(table, mapped, names, _keys(table) if by_number else set()),
        tuple(path.name for path in paths),
        names,
        rows,
        mapped=True,
        malformed=tuple(line for file in sent for line in file.malformed),
    )


def _fill(
    database: duckdb.DuckDBPyConnection, origin: str, sent: list[SourceFile], *, by_number: bool
) -> int:
    """Copy files into one table of texts, with every column that any of them has; return its rows."""
    columns = dict.fromkeys(sql_name(name) for file in sent for name in file.columns)
    types = [f"{name} VARCHAR" for name in columns] + ["sent_file BIGINT", "sent_line BIGINT"]
    if by_number:  # filled in when the numbers have been exchanged for keys
        types.append("sent_person VARCHAR")
    database.execute(f"CREATE TABLE {origin} ({', '.join(types)})")
    rows = 0
    for file in sent:
        for piece in file.pieces():
            database.register("arrived", piece)
            database.execute(f"INSERT INTO {origin} BY NAME SELECT * FROM arrived")
            database.unregister("arrived")
            rows += piece.num_rows
    return rows


def _keys(table: layout.Table) -> set[str]:
    """The columns that hold a person's key."""
    return {"person_id", "record_key"} if table.name == "person" else {"person_id"}


def _translation(
    table: layout.Table, mapped: TableMapping, names: dict[str, str], exchanged: set[str]
) -> str:
    """The select list from a source's columns to the layout's; ``exchanged`` are taken from sent_person."""
    items, unreadable = [], []
    for column in table.columns:
        # A source's own number for a person is whatever it calls it; it need not be a number.
        type_ = "VARCHAR" if column.name == "person_id" else sql_type(column.type)
        if column.name in names:
            text = f"nullif(trim(CAST({sql_name(names[column.name])} AS VARCHAR)), '')"
        else:
            value = mapped.constants.get(column.name)
            text = "NULL::VARCHAR" if value is None else sql_text(value)
        if codes := mapped.codes.get(column.name):
            cases = " ".join(
                f"WHEN {sql_text(theirs)} THEN {sql_text(ours)}" for theirs, ours in codes.items()
            )
            text = f"CASE {text} {cases} ELSE {text} END"
        if column.name in exchanged:
            items.append(f"sent_person AS {sql_name(column.name)}")
            unreadable.append(
                f"CASE WHEN {text} IS NOT NULL AND sent_person IS NULL THEN '{column.name}' END"
            )
            continue
        value_sql = f"TRY_CAST({text} AS {type_})"
        if type_ == "DATE":
            value_sql = f"CAST(try_strptime({text}, {sql_text(mapped.date_format(column.name))}) AS DATE)"
        if type_ != "VARCHAR" and column.name in names:
            unreadable.append(
                f"CASE WHEN {text} IS NOT NULL AND {value_sql} IS NULL THEN '{column.name}' END"
            )
        items.append(f"{value_sql} AS {sql_name(column.name)}")
    found = f"list_filter([{', '.join(unreadable)}], lambda x: x IS NOT NULL)" if unreadable else "NULL"
    return ", ".join(items) + f", CAST({found} AS VARCHAR[]) AS unreadable"


def sql_text(value: str) -> str:
    """A text as a SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def sql_name(value: str) -> str:
    """A column name as SQL, whatever a source has called it."""
    return '"' + value.replace('"', '""') + '"'
