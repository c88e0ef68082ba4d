"""One batch, from the folder to the commit."""
# ruff: noqa: S608 - statements are put together from the layout's own names

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import adbc_driver_postgresql.dbapi as adbc
import duckdb
import numpy as np

from fyrbak import database as postgres
from fyrbak.errors import BadInputError
from fyrbak.records.intake import refusals
from fyrbak.records.intake.delivery import Delivery, Part, open_layout, open_mapped
from fyrbak.records.intake.landing import Landing, arrange, begin, fetch_known, land, reserve_ids
from fyrbak.records.intake.mapping import Mapping, SourceName, source_name
from fyrbak.records.intake.persons import exchange_numbers
from fyrbak.records.intake.staging import Counts, discard, key_of, linked_tables, prepare, stage
from fyrbak.records.layout import tables

# Told what is being done and how much of the delivery is done, from 0 to 1.
Progress = Callable[[str, float], None]
ONE_AT_A_TIME = 719_061  # number of the lock that whoever adds rows holds
_MEMORY = 4 << 30  # bytes; what a large delivery needs beyond that waits on disk
_TOLD = 10_000  # refusals that are told with the result


@dataclass(frozen=True)
class RefusedRow:
    """What was wrong with one row: its line, the check, and what to do about it in both languages."""

    line: int
    rule: str
    text_sv: str
    text_en: str


@dataclass(frozen=True)
class IntakeResult:
    """What became of a delivery. ``known`` means that it had been taken in before and nothing was done.

    ``refusals`` are told of a small delivery; those of any are kept and can be exported.
    """

    batch: int
    source: str
    as_of: date
    tables: dict[str, Counts]
    known: bool = False
    resolved: int = 0
    refusals: tuple[RefusedRow, ...] = ()

    def total(self, what: str) -> int:
        """Sum over all tables of read, landed, corrected, unchanged or refused."""
        return sum(getattr(counts, what) for counts in self.tables.values())


class NotNowError(BadInputError):
    """Nothing is wrong with the delivery: it can be taken in another time."""


def take_in(
    *,
    folder: Path,
    landed_at: datetime,
    pseudonyms: np.random.Generator,
    mapping: Mapping | None = None,
    source: str | None = None,
    as_of: date | None = None,
    keep: bool = True,
    beside: Callable[[adbc.Cursor, int], None] = lambda _cursor, _batch: None,
    progress: Progress = lambda _what, _share: None,
) -> IntakeResult:
    """Take in the delivery in ``folder``: all of it lands, or nothing does.

    A folder in the layout needs no mapping. ``source`` overrides the code that folder or mapping states, and
    ``as_of`` is the last day that a mapped delivery describes (default: the day it lands). ``pseudonyms``
    draws the random numbers of new persons. Rows that fail a check are refused and kept; the others land.
    With ``keep`` false all is tried and nothing is kept. ``beside`` adds what else is kept with the batch, by
    its number, in the same transaction.
    Raises BadInputError if a file is missing, cut off, in another encoding or lacks columns.
    """
    with room() as database:
        if mapping is None:
            delivery = open_layout(folder, source, database)
        else:
            delivery = open_mapped(
                folder, mapping, _named(mapping, source), as_of or landed_at.date(), database
            )
        with _transaction() as (connection, cursor):
            batch, known = _batch(cursor, delivery, landed_at)
            if known:
                return IntakeResult(batch, delivery.source.code, delivery.as_of, {}, known=True)
            progress("records", 0.0)
            if mapping is not None and mapping.persons == "personal":
                delivery = exchange_numbers(cursor, database, delivery, pseudonyms)
            _know(cursor, database, delivery)
            result = _land(cursor, database, delivery, batch, landed_at, pseudonyms, progress)
            cursor.execute(
                "UPDATE records_batch SET rows_read = $1, rows_landed = $2, rows_unchanged = $3,"
                " rows_refused = $4 WHERE id = $5",
                (*(result.total(what) for what in ("read", "landed", "unchanged", "refused")), batch),
            )
            beside(cursor, batch)
            result = replace(result, refusals=_refusals(cursor, batch))
            if keep:
                connection.commit()
        progress("commit", 1.0)
        return result


def _refusals(cursor: adbc.Cursor, batch: int) -> tuple[RefusedRow, ...]:
    cursor.execute(
        "SELECT line, rule, text_sv, text_en FROM records_refusal"
        " WHERE batch_id = $1 ORDER BY line, id LIMIT $2",
        (batch, _TOLD),
    )
    return tuple(RefusedRow(*row) for row in cursor.fetchall())


def _named(mapping: Mapping, source: str | None) -> SourceName:
    if source is not None:
        name = mapping.source.name if mapping.source and mapping.source.code == source else source
        synthetic = bool(mapping.source and mapping.source.synthetic)
        return source_name(source, name, synthetic=synthetic)
    if mapping.source is None:
        raise BadInputError("the mapping names no source: say who sends, with --source CODE.")
    return mapping.source


def room() -> duckdb.DuckDBPyConnection:
    """A database of its own in memory, bounded; what does not fit waits on disk and goes with it."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    return duckdb.connect(
        config={
            "memory_limit": f"{min(memory, _MEMORY) // 2**20}MiB",
            "temp_directory": str(Path(tempfile.gettempdir()) / f"fyrbak-intake-{os.getpid()}"),
        }
    )


@contextmanager
def _transaction() -> Iterator[tuple[adbc.Connection, adbc.Cursor]]:
    """A connection and cursor that no other intake shares; whatever is not committed never was."""
    try:
        connection = adbc.connect(postgres.address())
    except adbc.Error:
        raise NotNowError("the database does not answer. Start it, or check DATABASE_URL.") from None
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_try_advisory_xact_lock({ONE_AT_A_TIME})")
        if not cursor.fetchone()[0]:
            raise NotNowError("another intake is under way. Wait until it is done and try again.")
        # Django's foreign keys wait for the commit, and a table with checks waiting cannot be altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # What has just landed is still in memory, and a coarse idea of it is enough to plan by.
        cursor.execute("SET LOCAL random_page_cost = 0.1")
        cursor.execute("SET LOCAL default_statistics_target = 1")
        yield connection, cursor


def _batch(cursor: adbc.Cursor, delivery: Delivery, landed_at: datetime) -> tuple[int, bool]:
    """The number of the batch, and whether the same delivery was taken in before."""
    source = delivery.source
    cursor.execute(
        "SELECT id FROM records_batch WHERE source_id = $1 AND content_hash = $2",
        (source.code, delivery.content_hash),
    )
    if row := cursor.fetchone():
        return int(row[0]), True
    cursor.execute("SELECT max(landed_at) FROM records_batch")
    latest = cursor.fetchone()[0]
    if latest is not None and landed_at < latest:
        raise BadInputError(f"the clock says {landed_at}, but a delivery landed at {latest}. Set the clock.")
    cursor.execute(
        "INSERT INTO records_source (code, name, synthetic) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        (source.code, source.name, source.synthetic),
    )
    cursor.execute(
        "INSERT INTO records_batch"
        " (source_id, content_hash, landed_at, as_of, rows_read, rows_landed, rows_unchanged, rows_refused)"
        " VALUES ($1, $2, $3, $4, 0, 0, 0, 0) RETURNING id",
        (source.code, delivery.content_hash, landed_at, delivery.as_of),
    )
    return int(cursor.fetchone()[0]), False


def _know(cursor: adbc.Cursor, database: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    """Fetch what is known of all keys in the delivery, before anything is locked."""
    keys: dict[str, list[str]] = {name: [] for name in ("person", *linked_tables())}
    for part in delivery.parts:
        rows = f"(SELECT {part.select} FROM {part.origin})"
        keys.setdefault(part.table.name, []).append(f"SELECT {key_of(part.table)} AS key FROM {rows}")
        named = [(column.name, column.links) for column in part.table.links]
        for column, name in [("person_id", "person"), *named] if part.table.name != "person" else []:
            keys[name].append(
                f"SELECT CAST({column} AS VARCHAR) AS key FROM {rows} WHERE {column} IS NOT NULL"
            )
    for name, questions in keys.items():
        question = " UNION ALL ".join(questions) or "SELECT '' AS key LIMIT 0"
        fetch_known(cursor, database, tables()[name], delivery.source.code, question)


def _land(
    cursor: adbc.Cursor,
    database: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    batch: int,
    landed_at: datetime,
    pseudonyms: np.random.Generator,
    progress: Progress,
) -> IntakeResult:
    """Land table after table; while one lands, those after it are staged, as far as memory and disk go."""
    prepare(database, delivery)
    begin(cursor)
    source = delivery.source.code
    # Two batches never draw the same numbers, even from generators that begin alike.
    own = np.random.default_rng([int(pseudonyms.integers(2**62)), batch])

    def ready(part: Part, base: int) -> Landing:
        aside = database.cursor()
        staged = stage(aside, delivery, part, base, own)
        return arrange(aside, staged, source=source, batch=batch, landed_at=landed_at)

    counts: dict[str, Counts] = {}
    resolved = 0
    with ThreadPoolExecutor(1) as ahead:
        bases = [reserve_ids(cursor, part.table, part.rows) for part in delivery.parts]
        coming = [ahead.submit(ready, *one) for one in zip(delivery.parts, bases, strict=True)]
        try:
            for landing in (one.result() for one in coming):
                land(cursor, database, landing)
                staged = landing.staged
                if not staged.part.derived:
                    refusals.keep(cursor, database, staged, batch, delivery)
                    counts[staged.name] = staged.counts
                resolved += refusals.resolve(cursor, database, staged, batch, source)
                discard(database, staged)
                progress(staged.name, sum(one.read for one in counts.values()) / max(delivery.rows, 1))
        finally:
            ahead.shutdown(cancel_futures=True)
    if unplaced := refusals.keep_aside(cursor, database, batch, delivery):
        counts["unplaced"] = Counts(unplaced, landed=0, corrected=0, unchanged=0, refused=unplaced)
    return IntakeResult(batch, source, delivery.as_of, counts, resolved=resolved)
