"""Snapshots from the database: what is known, now or at an earlier moment, as a folder in the layout.

Persons are pseudonyms and personal numbers stay behind. Keys lead with their source, since keys of different
sources may be alike; a person's key is its pseudonym. Rows that a patient has blocked, and those of persons
with protected identity, are kept and say so in ``visibility``: they count, and lists leave them out.
"""
# ruff: noqa: S608 - statements are put together from the models' own names

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from django.db import models

from fyrbak.database import address
from fyrbak.errors import BadInputError
from fyrbak.records.layout import Table, tables
from fyrbak.records.manifest import Manifest, TableEntry, table_entry, write_manifest
from fyrbak.records.models import Batch

Progress = Callable[[str, float], None]
ROWS_PER_FILE = 2_000_000
# A snapshot holds the truth of one moment: every row is the only version of itself.
_FIXED = {"status": "active", "version": 1}


def write_snapshot(
    *,
    out: Path,
    as_of: date,
    title: str,
    known_at: datetime | None = None,
    progress: Progress = lambda _what, _share: None,
) -> Manifest:
    """Write what is known (or was known at ``known_at``) as a snapshot folder, whole or not at all.

    ``as_of`` is the last day that the data describe. All tables come from one moment of the database. Rows
    stand in the order they landed, so the same rows give the same id. Raises BadInputError if ``out`` exists.
    """
    if out.exists():
        raise BadInputError(f"{out}: the folder exists already, and snapshots never change. Give a new one.")
    chosen = [table for table in tables().values() if table.in_snapshot]
    work = out.with_name(f".{out.name}.unfinished")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        with adbc.connect(address()) as connection, connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL enable_sort = off")  # the primary key has the order already
            # In the order in which a delivery takes them, or the two could wait for each other for ever.
            relations = (table.model._meta.db_table for table in tables().values())
            cursor.execute(f"LOCK TABLE {', '.join(relations)} IN ACCESS SHARE MODE")
            tumours = _names(cursor, "records_tumour", "source_key")
            links = {
                "person_id": _names(cursor, "records_person", "pseudonym"),
                "tumour_key": tumours,
                "parent_key": tumours,
            }
            written: dict[str, TableEntry] = {}
            for done, table in enumerate(chosen):
                progress(table.name, done / len(chosen))
                if files := _write_table(cursor, table, work, known_at, links):
                    written[table.name] = table_entry(work, files, versions=False)
            cursor.execute("SELECT count(*) > 0 AND bool_and(synthetic) FROM records_source")
            synthetic = bool(cursor.fetchone()[0])
        manifest = write_manifest(
            work,
            as_of=as_of,
            title=title,
            source="database",
            synthetic=synthetic,
            pseudonymous=True,
            tables=written,
        )
        work.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    progress("manifest", 1.0)
    return manifest


def last_day(known_at: datetime | None = None) -> date:
    """The latest day that any delivery known at the time describes. Raises BadInputError if there is none."""
    batches = Batch.objects.filter(landed_at__lte=known_at) if known_at else Batch.objects.all()
    latest = batches.aggregate(latest=models.Max("as_of"))["latest"]
    if latest is None:
        raise BadInputError(
            "nothing had been taken in at that time. Take in a delivery first: fyrbak intake FOLDER."
        )
    return latest


@dataclass(frozen=True)
class _Names:
    """What links are called in a snapshot: ids of the database in order, and the name of each."""

    ids: npt.NDArray[np.int64]
    names: pa.Array

    def of(self, links: pa.Array) -> pa.Array:
        """The names behind a column of links; null stays null."""
        places = np.searchsorted(self.ids, links.fill_null(0).to_numpy())
        return self.names.take(pa.array(places, mask=links.is_null().to_numpy(zero_copy_only=False)))


def _names(cursor: adbc.Cursor, relation: str, name: str) -> _Names:
    cursor.execute(f"SELECT id, {name} FROM {relation} ORDER BY id")
    rows = cursor.fetch_arrow_table().combine_chunks()
    return _Names(
        rows["id"].to_numpy(), rows[name].combine_chunks() if rows.num_rows else pa.array([], pa.int64())
    )


def _write_table(
    cursor: adbc.Cursor, table: Table, work: Path, known_at: datetime | None, links: dict[str, _Names]
) -> list[Path]:
    """Write one table as Parquet files of bounded size, one batch while the next is fetched."""
    cursor.execute(_query(table, known_at))
    files: list[Path] = []
    with ThreadPoolExecutor(1) as behind:
        writing: Future[None] | None = None
        writer: pq.ParquetWriter | None = None
        rows = 0
        for batch in cursor.fetch_record_batch():
            if writing is not None:
                writing.result()
            if not batch.num_rows:
                continue
            if writer is None or rows >= ROWS_PER_FILE:
                if writer is not None:
                    writer.close()
                files.append(work / table.name / f"part-{len(files):05}.parquet")
                files[-1].parent.mkdir(exist_ok=True)
                writer, rows = pq.ParquetWriter(files[-1], table.schema, compression="zstd"), 0
            writing = behind.submit(_write, writer, table, batch, links)
            rows += batch.num_rows
        if writing is not None:
            writing.result()
        if writer is not None:
            writer.close()
    return files


def _write(writer: pq.ParquetWriter, table: Table, batch: pa.RecordBatch, links: dict[str, _Names]) -> None:
    columns = []
    for column in table.columns:
        if column.name in _FIXED:
            values = pa.repeat(pa.scalar(_FIXED[column.name], column.type), batch.num_rows)
        elif table.name == "person" and column.name == "record_key":
            values = batch.column("person_id")
        elif table.name != "person" and column.name in links:
            values = links[column.name].of(batch.column(column.name))
        else:
            values = batch.column(column.name)
        columns.append(values.cast(column.type))
    writer.write_batch(pa.record_batch(columns, schema=table.schema))


def _query(table: Table, known_at: datetime | None) -> str:
    """Fetch what differs from row to row; the rest is filled in here, which is cheaper than sending it."""
    left_out = {*_FIXED} | ({"record_key"} if table.name == "person" else set())
    columns = ", ".join(
        f'"{table.model._meta.get_field(column.field).column}" AS "{column.name}"'  # type: ignore[union-attr]
        for column in table.columns
        if column.name not in left_out
    )
    return (
        f"SELECT {columns} FROM {table.model._meta.db_table}"
        f" WHERE {_known(known_at)} AND status <> 'retracted' ORDER BY id"
    )


def _known(known_at: datetime | None) -> str:
    if known_at is None:
        return "known_to IS NULL"
    moment = f"TIMESTAMPTZ '{known_at.isoformat()}'"
    return f"known_from <= {moment} AND (known_to IS NULL OR known_to > {moment})"
