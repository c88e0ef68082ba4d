"""Deliveries that name persons by personal numbers: each number is exchanged for a key that says nothing.

The number itself becomes a row of ``identity``, and the next delivery finds the person by it.
"""
# ruff: noqa: S608 - statements are put together from the layout's and the mapping's own names

from __future__ import annotations

from dataclasses import replace

import duckdb
import numpy as np
import pyarrow as pa
from adbc_driver_postgresql.dbapi import Cursor

from fyrbak.engines.quoting import sql_name
from fyrbak.records.holding import holds
from fyrbak.records.identity import parse_identities
from fyrbak.records.intake.delivery import Delivery, Part
from fyrbak.records.intake.landing import ingest_temporary
from fyrbak.records.layout import tables


def exchange_numbers(
    cursor: Cursor, database: duckdb.DuckDBPyConnection, delivery: Delivery, keys: np.random.Generator
) -> Delivery:
    """Give every row its person's key in ``sent_person``, and add the identities of the persons delivered.

    A person whom the source has sent before keeps the key, also one who was refused; others get a random one.
    A number that is none gives no key, and the row is refused.
    """
    texts = " UNION ".join(f"SELECT {_number(part)} AS text FROM {part.origin}" for part in delivery.parts)
    sent: pa.Table = database.sql(
        f"SELECT text FROM ({texts}) WHERE text <> '' ORDER BY text"
    ).to_arrow_table()
    numbers = parse_identities(sent["text"], delivery.as_of).append_column("text", sent["text"])
    ingest_temporary(cursor, "sent_number", numbers.select(["number12"]).filter(numbers["error"].is_null()))
    source = delivery.source.code
    cursor.execute(
        f"SELECT DISTINCT ON (i.number) i.number, substr(p.source_key, {len(source) + 2}) AS key"
        " FROM sent_number s JOIN records_identity i ON i.number = s.number12"
        " JOIN records_person p ON p.id = i.person_id"
        f" WHERE {holds('i')} AND starts_with(p.source_key, $1)"
        " ORDER BY i.number, p.id",
        (f"{source}|",),
    )
    database.register("known_number", cursor.fetch_arrow_table())
    database.register("waiting_number", _waiting(cursor, delivery))
    fresh = pa.array(keys.integers(2**62, size=numbers.num_rows))
    database.register("number", numbers.append_column("fresh", fresh))
    # One number may be written in several ways; all of them get the key of the first.
    database.execute("""
        CREATE TABLE number_key AS
        SELECT n.text, n.number12, n.kind,
               coalesce(k.key, min(w.key) OVER same, format('{:016x}', min(n.fresh) OVER same)) AS key
        FROM number n LEFT JOIN known_number k ON k.number = n.number12
        LEFT JOIN waiting_number w ON w.text = n.text
        WHERE n.error IS NULL WINDOW same AS (PARTITION BY n.number12)
    """)
    for part in delivery.parts:
        database.execute(
            f"UPDATE {part.origin} SET sent_person = k.key FROM number_key k WHERE k.text = {_number(part)}"
        )
    parts = [
        piece
        for part in delivery.parts
        for piece in ((part, _identities(database, part)) if part.table.name == "person" else (part,))
    ]
    return replace(delivery, parts=tuple(parts))


def _number(part: Part) -> str:
    """SQL for a row's personal number as written; a Parquet file may hold it as a whole number."""
    return f"trim(CAST({part.origin}.{sql_name(part.names['person_id'])} AS VARCHAR))"


def _waiting(cursor: Cursor, delivery: Delivery) -> pa.Table:
    """The numbers, as written, of the source's refused persons, with the key that each was given then."""
    columns = [part.names["person_id"] for part in delivery.parts if part.table.name == "person"]
    cursor.execute(
        "SELECT trim(sent.pair->>1) AS text, min(r.record_key) AS key"
        " FROM records_refusal r JOIN records_batch b ON b.id = r.batch_id"
        " CROSS JOIN LATERAL jsonb_array_elements(r.row) AS sent(pair)"
        " WHERE r.resolved_by_id IS NULL AND r.record_key <> '' AND r.\"table\" = 'person'"
        " AND b.source_id = $1 AND sent.pair->>0 = $2 GROUP BY 1",
        (delivery.source.code, columns[0] if columns else ""),
    )
    return cursor.fetch_arrow_table()


def _identities(database: duckdb.DuckDBPyConnection, person: Part) -> Part:
    """The identities of the persons delivered, as one more table of the delivery."""
    table = tables()["identity"]
    database.execute(f"""
        CREATE TABLE origin_identity AS
        SELECT k.key AS record_key, k.key AS person_id, k.kind AS kind, k.number12 AS number,
               min(sent_file) AS sent_file, arg_min(sent_line, sent_file) AS sent_line
        FROM {person.origin} JOIN number_key k ON k.text = {_number(person)}
        GROUP BY ALL
    """)
    given = ("record_key", "person_id", "kind", "number")
    types = {"version": "SMALLINT", "recorded_at": "DATE", "valid_from": "DATE", "valid_to": "DATE"}
    select = ", ".join(
        f'"{c.name}"' if c.name in given else f'NULL::{types.get(c.name, "VARCHAR")} AS "{c.name}"'
        for c in table.columns
    )
    ((rows,),) = database.execute("SELECT count(*) FROM origin_identity").fetchall()
    names = {name: name for name in given}
    return Part(
        table,
        "origin_identity",
        f"{select}, NULL::VARCHAR[] AS unreadable",
        person.files,
        names,
        rows,
        mapped=True,
        derived=True,
    )
