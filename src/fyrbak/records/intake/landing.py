"""Landing: staged rows enter PostgreSQL by COPY, inside the one transaction of their batch.

A table that receives many rows compared with those it has is stripped of its indexes and keys for the time
of the COPY and gets them back in the same transaction, validated in bulk. Others read and write it
again when the batch is done; if the process dies, the transaction was never there.
"""
# ruff: noqa: S608 - statements are put together from the models' own names

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa
from adbc_driver_postgresql.dbapi import Cursor

from fyrbak.engines.quoting import sql_text
from fyrbak.records.intake.staging import Staged, content, is_new, key_of, own
from fyrbak.records.intake.translation import sql_type
from fyrbak.records.layout import Table, tables

_BULK_FROM = 20_000  # fewer rows than this never strip a table
_LARGE_FROM = 500_000  # a table of more rows than this does not fit into what a processor has at hand
_FEW = 10_000  # rows that show which columns differ
# What a row that is simply new has in these columns.
_PLAIN: dict[str, str | None] = {"version": "1", "status": "active", "replaces_id": None, "known_to": None}
_ROWS_AT_A_TIME = 1 << 10  # so few that the next ones are made while the server reads the last ones


def fetch_known(
    cursor: Cursor, database: duckdb.DuckDBPyConnection, table: Table, source: str, keys: str
) -> None:
    """Make ``known_<table>`` in DuckDB: the current version of each delivered key that was sent before.

    ``keys`` is a DuckDB query that yields the keys. Columns: key, first_id (what links point to), current_id,
    current_version, current_status, and what the row says.
    """
    name, relation = table.name, table.model._meta.db_table
    cursor.execute(
        f"SELECT EXISTS (SELECT FROM {relation}"
        " WHERE known_to IS NULL AND source_key >= $1 AND source_key < $2)",
        (f"{source}|", f"{source}}}"),
    )
    sent_before = cursor.fetchone()[0]
    limit = "" if sent_before else " LIMIT 0"
    delivered = database.sql(
        f"SELECT DISTINCT key, '{source}|' || key AS source_key FROM ({keys}){limit}"
    ).to_arrow_reader(_ROWS_AT_A_TIME)
    cursor.execute("DROP TABLE IF EXISTS delivered")
    cursor.adbc_ingest("delivered", delivered, mode="create", temporary=True)
    cursor.execute("ANALYZE delivered")
    exact = {column.name: column.type for column in table.columns if pa.types.is_decimal(column.type)}
    columns = "".join(f', c."{name}"{"::text" if name in exact else ""}' for name in content(table))
    columns += ", c.pseudonym" if name == "person" else ""
    cursor.execute(f"""
        WITH RECURSIVE chain AS (
            SELECT d.key, c.id AS current_id, c.id, c.replaces_id
            FROM delivered d JOIN {relation} c ON c.source_key = d.source_key AND c.known_to IS NULL
            UNION ALL
            SELECT chain.key, chain.current_id, p.id, p.replaces_id
            FROM chain JOIN {relation} p ON p.id = chain.replaces_id
        )
        SELECT chain.key, chain.id AS first_id, c.id AS current_id, c.version AS current_version,
               c.status AS current_status{columns}
        FROM chain JOIN {relation} c ON c.id = chain.current_id WHERE chain.replaces_id IS NULL
    """)
    database.register("fetched", cursor.fetch_record_batch())
    numbers = [f'CAST("{column}" AS {sql_type(type_)}) AS "{column}"' for column, type_ in exact.items()]
    replaced = f" REPLACE ({', '.join(numbers)})" if numbers else ""
    database.execute(f"CREATE TABLE known_{name} AS SELECT *{replaced} FROM fetched")
    database.unregister("fetched")


def begin(cursor: Cursor) -> None:
    """Make an empty database take its first rows without writing them to the log as well.

    PostgreSQL skips the log for tables truncated in the same transaction (with wal_level minimal, as in the
    embedded server); if the transaction fails they are empty as before.
    """
    relations = [table.model._meta.db_table for table in tables().values()]
    cursor.execute("SELECT " + " OR ".join(f"EXISTS (SELECT FROM {relation})" for relation in relations))
    if not cursor.fetchone()[0]:
        cursor.execute(f"TRUNCATE {', '.join(relations)}")


def reserve_ids(cursor: Cursor, table: Table, count: int) -> int:
    """Take ``count`` ids in a row from the table's sequence and return the first."""
    relation = table.model._meta.db_table
    cursor.execute(
        f"SELECT setval(s, first + {max(count, 1)}, false) - {max(count, 1)} FROM ("
        f"SELECT s, nextval(s) AS first FROM pg_get_serial_sequence('{relation}', 'id') AS s)"
    )
    return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Landing:
    """The rows of one table that land, and the moment.

    ``new`` and ``revisions`` are DuckDB queries with the same columns: the rows that are simply new, and the
    few that stand in a chain of versions. Columns that have one value throughout are told apart: ``added``
    are in neither query and stand here as SQL; ``constant`` are the same in all new rows and stand here as
    text, ``alike`` those of them that are so in the revisions too.
    """

    staged: Staged
    batch: int
    landed_at: datetime
    new: str
    revisions: str
    added: dict[str, str]
    constant: dict[str, str | None]
    alike: dict[str, str | None]


def arrange(
    database: duckdb.DuckDBPyConnection, staged: Staged, *, source: str, batch: int, landed_at: datetime
) -> Landing:
    """Work out in DuckDB what is to be sent, so that the server need not wait for it."""
    new, revisions = _new(staged, source), f"SELECT * FROM revised_{staged.name}"
    database.execute(f"CREATE TABLE revised_{staged.name} AS {_revisions(staged, source, landed_at)}")
    added = {
        "known_from": f"TIMESTAMPTZ '{landed_at.isoformat()}'",
        "batch_id": f"{batch}::bigint",
        "method": "'transfer'",
    }
    constant = _constants(database, staged) if staged.counts.landed >= _BULK_FROM else {}
    alike = _that_hold(database, revisions, constant)
    return Landing(staged, batch, landed_at, new, revisions, added, constant, alike)


def land(cursor: Cursor, database: duckdb.DuckDBPyConnection, landing: Landing) -> None:
    """Close the versions that are replaced, and copy the rows that land."""
    staged = landing.staged
    relation = staged.part.table.model._meta.db_table
    _close(cursor, database, staged.name, relation, landing.landed_at)
    if staged.counts.landed:
        _send(cursor, database, landing, relation)
    database.execute(f"DROP TABLE revised_{staged.name}")


def _send(cursor: Cursor, database: duckdb.DuckDBPyConnection, landing: Landing, relation: str) -> None:
    """Copy the rows, and keep what all of them say alike."""
    if _is_bulk(cursor, relation, landing.staged.counts.landed):
        excluded = ", ".join(f'"{column}"' for column in landing.constant)
        sent = f"SELECT * EXCLUDE ({excluded}) FROM ({landing.new})" if excluded else landing.new
        constant = {column: _literal(value) for column, value in landing.constant.items()}
        with _stripped(cursor, relation), _defaults(cursor, relation, landing.added | constant):
            _copy(cursor, database, relation, sent)
            _copy(cursor, database, relation, landing.revisions)
    else:
        added = ", ".join(f'{value} AS "{column}"' for column, value in landing.added.items())
        both = f"{landing.new} UNION ALL {landing.revisions}"
        _copy(cursor, database, relation, f"SELECT *, {added} FROM ({both})")
    if landing.alike:
        _remember(cursor, landing)


def _new(staged: Staged, source: str) -> str:
    """DuckDB query that yields the rows whose key is new and comes once, as columns of the database."""
    return f"""
        SELECT {staged.base} + s.row AS id, {_PLAIN["version"]}::SMALLINT AS version,
               '{_PLAIN["status"]}' AS status, NULL::BIGINT AS replaces_id,
               NULL::TIMESTAMPTZ AS known_to, {_said(staged, source)}
        FROM staged_{staged.name} s {_pseudonyms(staged, f"{staged.base} + s.row")}
        WHERE {is_new(staged.name)}
    """


def _revisions(staged: Staged, source: str, landed_at: datetime) -> str:
    """DuckDB query that yields the rows that follow another version of their key or are followed by one."""
    return f"""
        SELECT {staged.base} + s.row AS id, CAST(v.version AS SMALLINT) AS version,
               CASE WHEN v.retracted THEN 'retracted' WHEN v.version = 1 THEN 'active'
                    ELSE 'corrected' END AS status,
               v.replaces_id AS replaces_id,
               CASE WHEN v.closed THEN TIMESTAMPTZ '{landed_at.isoformat()}' END AS known_to,
               {_said(staged, source)}
        FROM revision_{staged.name} v JOIN special_{staged.name} s ON s.row = v.row
            {_pseudonyms(staged, "v.first_id")}
        WHERE v.lands
    """


def _said(staged: Staged, source: str) -> str:
    """SQL for the key of a staged row and for all that it says."""
    table = staged.part.table
    said = "".join(f', {sql} AS "{column}"' for column, sql in content(table).items())
    named = ", pseudonym" if staged.name == "person" else ""
    return f"'{source}|' || {key_of(table)} AS source_key{said}{named}"


def _pseudonyms(staged: Staged, person: str) -> str:
    """Join of a person's row to its pseudonym; nothing for other tables."""
    return f"JOIN pseudonym n ON n.id = {person}" if staged.name == "person" else ""


def _close(
    cursor: Cursor, database: duckdb.DuckDBPyConnection, name: str, relation: str, landed_at: datetime
) -> None:
    closing = database.sql(
        f"SELECT current_id FROM revision_{name} WHERE closes_known AND current_id IS NOT NULL"
    )
    ids: pa.Table = closing.to_arrow_table()
    if ids.num_rows == 0:
        return
    ingest_temporary(cursor, "closing", ids)
    cursor.execute(
        f"UPDATE {relation} f SET known_to = '{landed_at.isoformat()}'"
        " FROM closing WHERE f.id = closing.current_id"
    )


def ingest_temporary(cursor: Cursor, name: str, rows: pa.Table) -> None:
    """Put rows into a temporary table, in place of any earlier one of that name."""
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.adbc_ingest(name, rows, mode="create", temporary=True)
    cursor.execute(f"ANALYZE {name}")


def _copy(cursor: Cursor, database: duckdb.DuckDBPyConnection, relation: str, rows: str) -> None:
    """Stream the rows of a DuckDB query into a table."""
    cursor.adbc_ingest(relation, database.sql(rows).to_arrow_reader(_ROWS_AT_A_TIME), mode="append")


def _is_bulk(cursor: Cursor, relation: str, landing: int) -> bool:
    cursor.execute(f"SELECT greatest(reltuples, 0) FROM pg_class WHERE oid = '{relation}'::regclass")
    return landing >= _BULK_FROM and landing > cursor.fetchone()[0] / 4


def _constants(database: duckdb.DuckDBPyConnection, staged: Staged) -> dict[str, str | None]:
    """Columns that have one value in all rows that are simply new, with that value as text.

    What a row is linked to is not looked at. Columns that differ among a few rows are not asked of all.
    """
    said = own(staged.part.table)
    shown = ", ".join(f'{sql} AS "{column}"' for column, sql in said.items())
    rows = f"SELECT {shown} FROM rows_{staged.name} WHERE {is_new(staged.name)}"
    asked = ", ".join(f'CAST("{name}" AS VARCHAR)' for name in said)
    first = database.execute(f"SELECT {asked} FROM ({rows}) LIMIT 1").fetchone()
    if first is None:
        return {}
    few = _that_hold(database, f"{rows} LIMIT {_FEW}", dict(zip(said, first, strict=True)))
    return _PLAIN | _that_hold(database, rows, few)


def _that_hold(
    database: duckdb.DuckDBPyConnection, rows: str, values: dict[str, str | None]
) -> dict[str, str | None]:
    """Those of the values that the columns have in all rows."""
    if not values:
        return {}
    asked = ", ".join(
        f'coalesce(bool_and("{name}" IS NOT DISTINCT FROM {_literal(value)}), true)'
        for name, value in values.items()
    )
    (same,) = database.execute(f"SELECT {asked} FROM ({rows})").fetchall()
    return {name: value for (name, value), one in zip(values.items(), same, strict=True) if one}


def _literal(value: str | None) -> str:
    return "NULL" if value is None else sql_text(value)


def _remember(cursor: Cursor, landing: Landing) -> None:
    """Keep what all the rows say alike. Snapshots leave these columns unread."""
    part, base = landing.staged.part, landing.staged.base
    constants = {name: value for name, value in landing.alike.items() if name != "known_to"}
    cursor.execute(
        'INSERT INTO records_landedrows (batch_id, "table", first_id, last_id, constants)'
        " VALUES ($1, $2, $3, $4, $5::jsonb)",
        (landing.batch, part.table.name, base, base + part.rows - 1, json.dumps(constants)),
    )


@contextmanager
def _defaults(cursor: Cursor, relation: str, values: dict[str, str]) -> Iterator[None]:
    """Let the table fill in columns that have one value throughout, which is cheaper than sending it."""
    cursor.execute(
        f"ALTER TABLE {relation} "
        + ", ".join(f'ALTER COLUMN "{column}" SET DEFAULT {value}' for column, value in values.items())
    )
    yield
    cursor.execute(
        f"ALTER TABLE {relation} " + ", ".join(f'ALTER COLUMN "{column}" DROP DEFAULT' for column in values)
    )


@contextmanager
def _stripped(cursor: Cursor, relation: str) -> Iterator[None]:
    """Take away the table's indexes and keys, and give them back afterwards. Checks of single rows stay.

    The primary key stays where other tables have keys to it.
    """
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid), confrelid::bigint FROM pg_constraint c"
        f" WHERE conrelid = '{relation}'::regclass AND (contype IN ('f', 'u') OR contype = 'p' AND NOT"
        " EXISTS (SELECT FROM pg_constraint o WHERE o.confrelid = c.conrelid AND o.conrelid <> c.conrelid))"
        " ORDER BY contype, conname"
    )
    constraints = cursor.fetchall()
    cursor.execute(
        "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i"
        " LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.conrelid = i.indrelid"
        f" WHERE i.indrelid = '{relation}'::regclass AND c.oid IS NULL ORDER BY 1"
    )
    indexes = cursor.fetchall()
    if constraints:
        cursor.execute(
            f"ALTER TABLE {relation} " + ", ".join(f'DROP CONSTRAINT "{name}"' for name, *_ in constraints)
        )
    for name, _ in indexes:
        cursor.execute(f"DROP INDEX {name}")
    yield
    for _, definition in indexes:
        cursor.execute(definition)
    # Without knowing that hardly any row replaces another, the planner hashes whole tables to check the keys.
    cursor.execute(f"ANALYZE {relation}")
    _constrain(cursor, relation, constraints)


def _constrain(cursor: Cursor, relation: str, constraints: Sequence[tuple[str, str, int]]) -> None:
    """Add constraints, each by name, definition and the table it refers to (0 for none).

    Keys to a large table are compared in order. The planner would rather hash that table, not knowing that
    each look-up then misses what the processor has at hand: that takes two to three times as long.
    """
    cursor.execute(f"SELECT oid::bigint FROM pg_class WHERE reltuples > {_LARGE_FROM}")
    large = {oid for (oid,) in cursor.fetchall()}
    for in_order in (False, True):
        adding = [
            f'ADD CONSTRAINT "{name}" {definition}'
            for name, definition, referred in constraints
            if (referred in large) == in_order
        ]
        if adding:
            cursor.execute(f"SET LOCAL enable_hashjoin = {'off' if in_order else 'on'}")
            cursor.execute(f"ALTER TABLE {relation} {', '.join(adding)}")
    cursor.execute("SET LOCAL enable_hashjoin = on")
