"""Snapshots from the database: what is known, now or at an earlier moment, as a folder in the layout.

Persons are pseudonyms and personal numbers stay behind. Rows that a patient has blocked, and those of persons
with protected identity, are kept and say so in ``visibility``: they count, and lists leave them out.

A snapshot may go on from an earlier one: it then has that one's files, and beside them files with the
versions that have landed since. Readers take the highest version of each key.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from queue import SimpleQueue

import adbc_driver_postgresql.dbapi as adbc
import pyarrow as pa
import pyarrow.parquet as pq
from adbc_driver_postgresql.dbapi import Cursor
from django.db import models

from fyrbak.database import address
from fyrbak.errors import BadInputError
from fyrbak.records.increments import Base, check_goes_on, reached, read_base, share_files
from fyrbak.records.landed_rows import Alike, Constants, all_alike, constants
from fyrbak.records.layout import Table, tables
from fyrbak.records.manifest import FileEntry, Landed, Manifest, TableEntry, file_entry, write_manifest
from fyrbak.records.models import Batch
from fyrbak.records.pseudonymous import Ids, Names, held, in_layout, landed, names

Progress = Callable[[str, float], None]
ROWS_PER_FILE = 2_000_000
_IDS_AT_A_TIME = 1 << 17
_ALL_DIFFERENT = {"person_id", "record_key", "tumour_key", "parent_key"}  # a dictionary would only cost


def write_snapshot(
    *,
    out: Path,
    as_of: date,
    title: str,
    known_at: datetime | None = None,
    since: Path | None = None,
    progress: Progress = lambda _what, _share: None,
) -> Manifest:
    """Write what is known (or was known at ``known_at``) as a snapshot folder, whole or not at all.

    ``as_of`` is the last day that the data describe. All tables come from one moment of the database. Rows
    stand in the order they landed, so the same rows give the same id. With ``since``, the folder of an
    earlier snapshot of this database, only what has landed after it is read, and the rest is shared.
    Raises BadInputError if ``out`` exists, or if one cannot go on from ``since``.
    """
    if out.exists():
        raise BadInputError(f"{out}: the folder exists already, and snapshots never change. Give a new one.")
    if since and known_at:
        raise BadInputError("a snapshot goes on to what is known now. Leave --since or --as-of-time out.")
    base = read_base(since, as_of) if since else None
    work = out.with_name(f".{out.name}.unfinished")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        with _one_moment() as cursors:
            now, last_landed = reached(cursors[0], known_at)
            if base:
                check_goes_on(cursors[0], base, now)
                share_files(base, work)
                writing = _Writing(
                    work, lambda table, ids, _: landed(table, ids), since=base.manifest.last + 1
                )
            else:
                filled = [table for table in tables().values() if table.in_snapshot and now.ids[table.name]]
                called = names(cursors[0], filled)
                writing = _Writing(work, partial(held, known_at=known_at), called, all_alike(cursors[0]))
            written = _write_all(writing, _slices(base, now), cursors, progress)
            cursors[0].execute("SELECT count(*) > 0 AND bool_and(synthetic) FROM records_source")
            synthetic = bool(cursors[0].fetchone()[0])
        manifest = write_manifest(
            work,
            as_of=as_of,
            title=title,
            source="database",
            synthetic=synthetic,
            pseudonymous=True,
            tables=_entries(base.manifest.tables if base else {}, written),
            known_at=known_at or last_landed,
            landed=now,
            base=base.manifest if base else None,
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


@contextmanager
def _one_moment() -> Iterator[list[Cursor]]:
    """Two connections that see the same moment of the database, so that two slices are read at once."""
    with ExitStack() as stack:

        def connect() -> Cursor:
            connection = stack.enter_context(adbc.connect(address()))
            cursor = stack.enter_context(connection.cursor())
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SET LOCAL enable_sort = off")  # the primary key has the order already
            return cursor

        first = connect()
        # In the order in which a delivery takes them, or the two could wait for each other for ever.
        relations = ", ".join(table.model._meta.db_table for table in tables().values())
        first.execute(f"LOCK TABLE {relations} IN ACCESS SHARE MODE")
        first.execute("SELECT pg_export_snapshot()")
        (moment,) = first.fetchone()
        second = connect()
        second.execute(f"SET TRANSACTION SNAPSHOT '{moment}'")
        try:
            second.execute(f"LOCK TABLE {relations} IN ACCESS SHARE MODE NOWAIT")
        except adbc.Error:  # a delivery waits for the first connection, and the second would wait for it
            yield [first]
        else:
            yield [first, second]


@dataclass(frozen=True)
class _Slice:
    """Some rows of one table: those that become one file."""

    table: Table
    ids: Ids


@dataclass(frozen=True)
class _Writing:
    """How slices are written: where, by which question (which can leave columns unread), what links in the
    answer are called, and what the rows of each table say alike.

    ``since`` as in :class:`~fyrbak.records.manifest.FileEntry`.
    """

    work: Path
    question: Callable[[Table, Ids, Constants], str]
    names: dict[str, Names] = field(default_factory=dict)
    alike: dict[str, list[Alike]] = field(default_factory=dict)
    since: int = 0


def _slices(base: Base | None, now: Landed) -> list[_Slice]:
    """All rows that are not in the earlier snapshot, in the order they landed."""
    last = base.landed.ids if base else {}
    return [
        _Slice(table, Ids(after, min(after + ROWS_PER_FILE, now.ids[name])))
        for name, table in tables().items()
        if table.in_snapshot
        for after in range(last.get(name, 0), now.ids[name], ROWS_PER_FILE)
    ]


def _write_all(
    writing: _Writing, slices: list[_Slice], cursors: list[Cursor], progress: Progress
) -> dict[str, list[FileEntry]]:
    """Write the slices, as many at once as there are connections; the files of each table in their order."""
    free: SimpleQueue[Cursor] = SimpleQueue()
    for cursor in cursors:
        free.put(cursor)

    def write(one: _Slice) -> FileEntry | None:
        cursor = free.get()
        try:
            return _write(writing, one, cursor)
        finally:
            free.put(cursor)

    written: dict[str, list[FileEntry]] = {}
    with ThreadPoolExecutor(len(cursors)) as pool:
        try:
            for done, (one, file) in enumerate(zip(slices, pool.map(write, slices), strict=True), start=1):
                progress(one.table.name, done / len(slices))
                if file is not None:
                    written.setdefault(one.table.name, []).append(file)
        finally:
            pool.shutdown(cancel_futures=True)
    return written


def _write(writing: _Writing, one: _Slice, cursor: Cursor) -> FileEntry | None:
    """Write one slice as a Parquet file; None if it has no rows.

    Some ids at a time are read and become a group of rows in the file. Which ids does not depend on what is
    known of the rows, and so the bytes of the file do not either.
    """
    table = one.table
    path = writing.work / table.name / f"part-{one.ids.after:010}.parquet"
    path.parent.mkdir(exist_ok=True)
    dictionary = [name for name in table.schema.names if name not in _ALL_DIFFERENT]
    # What is least and greatest is asked of days and numbers alone; of words it would only cost.
    bounds = [field.name for field in table.schema if not pa.types.is_string(field.type)]
    with pq.ParquetWriter(
        path, table.schema, compression="zstd", use_dictionary=dictionary, write_statistics=bounds
    ) as writer:
        for after in range(one.ids.after, one.ids.until, _IDS_AT_A_TIME):
            ids = Ids(after, min(after + _IDS_AT_A_TIME, one.ids.until))
            unread = constants(writing.alike.get(table.name, ()), ids)
            cursor.execute(writing.question(table, ids, unread))
            for rows in cursor.fetch_arrow_table().combine_chunks().to_batches():
                writer.write_batch(in_layout(table, rows, writing.names, unread))
    file = file_entry(writing.work, path, since=writing.since)
    if not file.rows:
        path.unlink()
        return None
    return file


def _entries(
    before: Mapping[str, TableEntry], written: Mapping[str, list[FileEntry]]
) -> dict[str, TableEntry]:
    """The tables of the folder, with the files of the earlier snapshot first."""
    entries = {}
    for name in tables():
        earlier = before[name].files if name in before else ()
        if files := (*earlier, *written.get(name, ())):
            rows = sum(file.rows for file in files)
            # Only what holds is written, so that no key has several versions, but for the rows since.
            entries[name] = TableEntry(rows=rows, versions=False, files=files)
    return entries
