"""Small deliveries for the tests of intake: folders in the layout, and CSV files."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq

from fyrbak.records.intake import IntakeResult, take_in
from fyrbak.records.layout import tables
from fyrbak.records.manifest import table_entry, write_manifest

AS_OF = date(2025, 6, 30)
LANDED = datetime(2025, 7, 1, 8, tzinfo=UTC)
Rows = dict[str, list[dict[str, Any]]]


def person(number: int, **other: Any) -> dict[str, Any]:
    return {
        "person_id": number,
        "record_key": str(number),
        "sex": "F",
        "birth_date": date(1960, 5, 17),
    } | other


def event(key: str, number: int, point: str = "10", **other: Any) -> dict[str, Any]:
    row = {"record_key": key, "person_id": number, "pathway": "lunga", "point": point, "region": "24"}
    return row | {"start_date": date(2024, 3, 1)} | other


def layout_folder(path: Path, rows: Rows, *, source: str = "a", as_of: date = AS_OF) -> Path:
    """Write a folder in the layout; columns that a row leaves out are empty."""
    entries = {}
    for name in tables():
        if name in rows:
            schema = tables()[name].schema
            file = path / name / "part-00000.parquet"
            file.parent.mkdir(parents=True)
            full = [{column: row.get(column) for column in schema.names} for row in rows[name]]
            nullable = pa.schema([field.with_nullable(True) for field in schema])
            pq.write_table(pa.Table.from_pylist(full, schema=nullable), file)
            versions = any((row.get("version") or 1) > 1 for row in rows[name])
            entries[name] = table_entry(path, [file], versions=versions)
    write_manifest(
        path, as_of=as_of, title="Test", source=source, synthetic=True, pseudonymous=False, tables=entries
    )
    return path


def csv_folder(path: Path, rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write one CSV file per table with the columns of its first row."""
    path.mkdir(parents=True)
    for name, table in rows.items():
        with (path / f"{name}.csv").open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, list(table[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(table)
    return path


def take(folder: Path, *, landed_at: datetime = LANDED, seed: int = 1, **other: Any) -> IntakeResult:
    return take_in(folder=folder, landed_at=landed_at, pseudonyms=np.random.default_rng(seed), **other)


def ask(address: str, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(address) as connection:
        return connection.execute(question).fetchall()
