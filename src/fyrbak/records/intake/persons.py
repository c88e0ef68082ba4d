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

from fyrbak.records.identity import parse_identities
from fyrbak.records.intake.delivery import Delivery, Part, sql_name
from fyrbak.records.intake.landing import ingest_temporary
from fyrbak.records.layout import tables


def exchange_numbers(
    cursor: Cursor, database: duckdb.DuckDBPyConnection, delivery: Delivery, keys: np.random.Generator
) -> Delivery:
    """Give every row its person's key in ``sent_person``, and add the identities of the persons delivered.

    A person whom the source has sent before keeps the key; others get a random one. A number that is none
    gives no key, and the row is refused.
    """
    texts = " UNION ".join(
        f"SELECT trim({sql_name(part.names['person_id'])}) AS text FROM {part.origin}"
        for part in delivery.parts
    )
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
        " WHERE i.known_to IS NULL AND i.status <> 'retracted' AND starts_with(p.source_key, $1)"
        " ORDER BY i.number, p.id",
        (f"{source}|",),
    )
    database.register("known_number", cursor.fetch_arrow_table())
    fresh = [f"{key:016x}" for key in keys.integers(2**62, size=numbers.num_rows)]
    database.register("number", numbers.append_column("fresh", pa.array(fresh, pa.string())))
    # One number may be written in several ways; all of them get the key of the first.
    database.execute("""
        CREATE TABLE number_key AS
        SELECT n.text, n.number12, n.kind, coalesce(k.key, min(n.fresh) OVER (PARTITION BY n.number12)) AS key
        FROM number n LEFT JOIN known_number k ON k.number = n.number12 WHERE n.error IS NULL
    """)
    for part in delivery.parts:
        database.execute(
            f"UPDATE {part.origin} SET sent_person = k.key FROM number_key k"
            f" WHERE k.text = trim({part.origin}.{sql_name(part.names['person_id'])})"
        )
    parts = [
        piece
        for part in delivery.parts
        for piece in ((part, _identities(database, part)) if part.table.name == "person" else (part,))
    ]
    return replace(delivery, parts=tuple(parts))


def _identities(database: duckdb.DuckDBPyConnection, person: Part) -> Part:
    """The identities of the persons delivered, as one more table of the delivery."""
    table = tables()["identity"]
    database.execute(f"""
        CREATE TABLE origin_identity AS
        SELECT k.key AS record_key, k.key AS person_id, k.kind AS kind, k.number12 AS number,
               any_value(p.sent_file) AS sent_file, min(p.sent_line) AS sent_line
        FROM {person.origin} p JOIN number_key k ON k.text = trim(p.{sql_name(person.names["person_id"])})
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
    )
