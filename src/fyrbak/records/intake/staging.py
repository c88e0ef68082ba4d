"""Staging: a delivery's rows beside what is already known, checked, linked and numbered, all in DuckDB.

For each table of the delivery there is afterwards

``rows_<table>``      every row in the layout's columns, numbered by ``row`` from 0
``staged_<table>``    every row, with what it is linked to: ``person_ref``, ``tumour_ref``
``refused_<table>``   the rows that are refused
``special_<table>``   the staged rows that are not simply new: other versions of a key, known or delivered
``revision_<table>``  what becomes of those
``late_fault``        faults that only show beside other rows

Rows are read where they lie, once to be checked and once to land; only what is few is kept. The id of a row
in the database is ``base + row``, so links are made before anything has landed.
"""
# ruff: noqa: S608 - statements are put together from the layout's own names

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import duckdb
import numpy as np
import pyarrow as pa
from django.db import models

from fyrbak.records import checks
from fyrbak.records.identity import parse_identities
from fyrbak.records.intake.delivery import Delivery, Part
from fyrbak.records.layout import Column, Table, tables

KEY_LENGTH = 120  # room for "<source>|<key>" in the database
_SHORTER = {"pathway_event": 60}  # tables whose keys are copied to tasks and corrections, with that much room
# Fields whose value is decided by what the row is linked to, and the SQL that yields it.
_LINKED = {
    "person": "person_ref",
    "number": "coalesce(identity_number, number)",
    "tumour_link": "coalesce(nullif(tumour_link, ''), if(tumour_ref IS NULL, 'unknown', 'stated'))",
}
_LAST_PSEUDONYM = 2**62
_NUMBERS_AT_A_TIME = 1 << 18


@dataclass(frozen=True)
class Counts:
    """Rows of one table: read, landed (of which corrections of known rows), unchanged and refused."""

    read: int
    landed: int
    corrected: int
    unchanged: int
    refused: int


@dataclass(frozen=True)
class Staged:
    """One staged table, and the first id that its rows get."""

    part: Part
    base: int
    rules: list[checks.Rule]
    counts: Counts

    @cached_property
    def name(self) -> str:
        return self.part.table.name


def key_of(table: Table) -> str:
    """SQL for a row's key: a person is known by its number, everything else by its record_key."""
    return "CAST(person_id AS VARCHAR)" if table.name == "person" else "record_key"


def content(table: Table) -> dict[str, str]:
    """What a row says, as database columns and the SQL that yields them from a staged row."""
    skipped = {"status", "version", "record_key"} | ({"person_id"} if table.name == "person" else set())
    found = {}
    for column in table.columns:
        if column.name not in skipped:
            field = table.model._meta.get_field(column.field)
            found[_database_column(table, column)] = _expression(column, field)  # type: ignore[arg-type]
    return found


def own(table: Table) -> dict[str, str]:
    """What of the content a row says by itself, whatever it is linked to; yielded from ``rows_<table>``."""
    linked = {
        _database_column(table, column) for column in table.columns if column.links or column.field in _LINKED
    }
    return {name: sql for name, sql in content(table).items() if name not in linked}


def _database_column(table: Table, column: Column) -> str:
    return str(table.model._meta.get_field(column.field).column)  # type: ignore[union-attr]


def _expression(column: Column, field: models.Field) -> str:
    name = f'"{column.name}"'
    if column.links:
        return ref_of(column)
    if column.field in _LINKED:
        return _LINKED[column.field]
    if field.is_relation:
        return f"nullif({name}, '')"
    if isinstance(field, models.BooleanField):
        return f"coalesce({name}, {field.get_default()})"
    if isinstance(field, models.CharField | models.TextField):
        return f"coalesce(nullif({name}, ''), '{field.get_default()}')"
    return name


def ref_of(column: Column) -> str:
    """The column that holds the id of the other row's first version, in place of its key."""
    return column.name.replace("_key", "_ref")


def linked_tables() -> dict[str, Table]:
    """The tables whose rows others point to by their keys."""
    names = {column.links for table in tables().values() for column in table.links}
    return {name: table for name, table in tables().items() if name in names}


def prepare(database: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    """Make the tables that staging fills, and those of the codes and of what is known."""
    key_type = "VARCHAR" if any(part.mapped for part in delivery.parts) else "BIGINT"
    database.register("codes", checks.known_codes())
    database.execute(f"""
        CREATE TABLE known_code AS SELECT * FROM codes;
        CREATE TABLE person_link AS SELECT CAST(key AS {key_type}) AS key, first_id AS id, birth_date
        FROM known_person;
        CREATE TABLE pseudonym AS SELECT first_id AS id, pseudonym FROM known_person;
        CREATE TABLE late_fault (name VARCHAR, row BIGINT, rule VARCHAR)
    """)
    for name in linked_tables():
        database.execute(
            f"CREATE TABLE {name}_link AS SELECT key, first_id AS id, person_id AS person FROM known_{name}"
        )


def stage(
    database: duckdb.DuckDBPyConnection,
    delivery: Delivery,
    part: Part,
    base: int,
    pseudonyms: np.random.Generator,
) -> Staged:
    """Check, link and number the rows of one table. Tables come in order of intake."""
    table, name = part.table, part.table.name
    kept = "TABLE" if part.mapped else "VIEW"  # what a mapping says is translated once
    database.execute(f"""
        CREATE {kept} rows_{name} AS
        SELECT {part.select}, sent_file, sent_line, {part.number} AS row FROM {part.origin};
        CREATE TABLE refused_{name} (row BIGINT)
    """)
    if name == "identity":
        _read_identities(database, delivery)
    _, joined = _links(table, base)
    available = (*joined, "unreadable") if part.mapped else tuple(joined)
    room = _SHORTER.get(name, KEY_LENGTH) - len(delivery.source.code) - 1
    rules = checks.rules(table, available, delivery.as_of, room)
    database.execute(f"CREATE VIEW staged_{name} AS {linked(table, base, f'rows_{name}')}")
    database.execute(
        f"INSERT INTO refused_{name} SELECT row FROM staged_{name}"
        f" WHERE {' OR '.join(f'({rule.fault})' for rule in rules)}"
    )
    _refuse_duplicates(database, table)
    for column in table.links:
        if column.links == name:
            _refuse_unlinked(database, column, name)
    _revise(database, table, base)
    _link(database, table, base, pseudonyms)
    return Staged(part, base, rules, _counts(database, part))


def accepted(name: str) -> str:
    """Condition: a row of the table is not refused."""
    return f"row NOT IN (SELECT row FROM refused_{name})"


def is_new(name: str) -> str:
    """Condition: a row of the table is accepted, its key is new, and it is the only one of its key."""
    return f"{accepted(name)} AND row NOT IN (SELECT row FROM revision_{name})"


def linked(table: Table, base: int, rows: str) -> str:
    """Query that links the rows of a relation: rows of the table, or some of them."""
    joins, joined = _links(table, base)
    added = "".join(f", {sql} AS {column}" for column, sql in joined.items())
    return f"SELECT r.*{added} FROM {rows} r {joins}"


def _links(table: Table, base: int) -> tuple[str, dict[str, str]]:
    """Joins that link a row, and the columns they add."""
    joins = ""
    added: dict[str, str] = {}
    if table.name != "person":
        joins += " LEFT JOIN person_link p ON p.key = r.person_id"
        added |= {"person_ref": "p.id", "person_birth": "p.birth_date"}
    for column in table.links:
        known, sent = f"l_{column.field}", f"d_{column.field}"
        joins += f" LEFT JOIN {column.links}_link {known} ON {known}.key = r.{column.name}"
        if column.links == table.name:  # the other row may come in the same delivery
            joins += f" LEFT JOIN ({_first_versions(table)}) {sent} ON {sent}.key = r.{column.name}"
            added[ref_of(column)] = f"coalesce({known}.id, {base} + {sent}.row)"
        else:
            added |= {ref_of(column): f"{known}.id", f"{column.field}_person": f"{known}.person"}
    if table.name == "identity":
        joins += " LEFT JOIN identity_reading i ON i.row = r.row"
        added |= {"identity_error": "i.error", "identity_kind": "i.kind", "identity_number": "i.number12"}
    return joins, added


def _first_versions(table: Table) -> str:
    """Query for the first version of each key delivered: key, row. What is only taken back has none."""
    key, name = key_of(table), table.name
    return f"""
        SELECT {key} AS key, arg_min(row, coalesce(version, 1)) AS row FROM rows_{name}
        WHERE coalesce(status, '') <> 'retracted' AND {accepted(name)}
        GROUP BY {key}
    """


def _read_identities(database: duckdb.DuckDBPyConnection, delivery: Delivery) -> None:
    """Make ``identity_reading``: what each personal number says, by row."""
    numbers = database.cursor().sql("SELECT row, number FROM rows_identity WHERE kind IN ('pnr', 'coord')")
    database.execute(
        "CREATE TABLE identity_reading (row BIGINT, error VARCHAR, kind VARCHAR, number12 VARCHAR)"
    )
    for batch in numbers.to_arrow_reader(_NUMBERS_AT_A_TIME):
        readings = parse_identities(batch.column("number"), delivery.as_of)
        database.register("readings", readings.append_column("row", batch.column("row")))
        database.execute(
            "INSERT INTO identity_reading BY NAME SELECT * EXCLUDE (birth_date, sex, warnings) FROM readings"
        )
        database.unregister("readings")


def _refuse_duplicates(database: duckdb.DuckDBPyConnection, table: Table) -> None:
    """Refuse the rows that say the same version of the same key as another row.

    Only keys whose hashes stand twice are compared. Hashes are told apart by sorting: to count millions of
    keys as texts takes several times as long.
    """
    name = table.name
    key, version = key_of(table), "coalesce(version, 1)"
    rows = f"rows_{name} WHERE {accepted(name)}"
    found = database.execute(f"SELECT hash({key}, {version}) AS hash FROM {rows}").fetchnumpy()
    hashes = np.sort(np.ma.getdata(found["hash"]))
    twice = np.unique(hashes[1:][hashes[1:] == hashes[:-1]])
    if not len(twice):
        return
    database.register("twice", pa.table({"hash": twice}))
    _late(
        database,
        name,
        "duplicate",
        f"""
        SELECT row FROM {rows} AND hash({key}, {version}) IN (SELECT hash FROM twice)
        QUALIFY count(*) OVER (PARTITION BY {key}, {version}) > 1
    """,
    )
    database.unregister("twice")


def _refuse_unlinked(database: duckdb.DuckDBPyConnection, column: Column, name: str) -> None:
    """Refuse the rows that name a row of their own table which nobody knows, or which is refused itself."""
    refused = (
        f"SELECT row FROM staged_{name}"
        f" WHERE {accepted(name)} AND {column.name} <> '' AND {ref_of(column)} IS NULL"
    )
    while _late(database, name, f"unknown_{name}", refused):
        pass


def _late(database: duckdb.DuckDBPyConnection, name: str, rule: str, rows: str) -> int:
    """Refuse the rows that a query finds by their number; return how many they are."""
    found: pa.Table = database.sql(rows).to_arrow_table()
    if found.num_rows:
        database.register("found", found)
        database.execute(f"INSERT INTO late_fault SELECT '{name}', row, '{rule}' FROM found")
        database.execute(f"INSERT INTO refused_{name} SELECT row FROM found")
        database.unregister("found")
    return found.num_rows


def _revise(database: duckdb.DuckDBPyConnection, table: Table, base: int) -> None:
    """Work out what becomes of rows whose key is known, or stands in several versions in the delivery.

    The highest version that is delivered is what holds from now on: it lands unless the current row says the
    same word for word. Lower ones are history, and land only if they are newer than what is known. If the
    source recorded the current row on a later day, the delivery is older than what is known: nothing of the
    key lands, and its highest version is refused.
    """
    name, key = table.name, key_of(table)
    said = content(table)
    columns = "".join(f', {sql} AS "said_{column}"' for column, sql in said.items())
    same = " AND ".join(f'c."said_{column}" IS NOT DISTINCT FROM k."{column}"' for column in said)
    rows = f"""
        SELECT * FROM rows_{name} WHERE {accepted(name)} AND {key} IN (
            SELECT key FROM known_{name} UNION ALL
            SELECT {key} FROM rows_{name} WHERE {accepted(name)} AND (version > 1 OR status = 'retracted'))
    """
    database.execute(f"CREATE TABLE special_{name} AS {linked(table, base, f'({rows})')}")
    special = f"""
        SELECT c.row, c.key, c.version, c.retracted, k.current_id, k.first_id,
               coalesce(k.current_version, 0) AS known_version, c.recorded_at < k.recorded_at AS older,
               k.current_id IS NOT NULL AND c.retracted = (k.current_status = 'retracted') AND {same} AS same
        FROM (
            SELECT row, {key} AS key, coalesce(version, 1) AS version, recorded_at,
                   coalesce(status, '') = 'retracted' AS retracted{columns}
            FROM special_{name} WHERE {accepted(name)}
        ) c LEFT JOIN known_{name} k ON k.key = c.key
    """
    _late(
        database,
        name,
        "nothing_to_retract",
        f"""
        SELECT row FROM ({special})
        QUALIFY retracted AND current_id IS NULL
            AND version < coalesce(min(version) FILTER (NOT retracted) OVER (PARTITION BY key), version + 1)
    """,
    )
    database.execute(f"""
        CREATE TABLE revision_{name} AS
        WITH ranked AS (
            SELECT *, row_number() OVER (PARTITION BY key ORDER BY version DESC) = 1 AS is_last
            FROM ({special})
        ), dated AS (
            SELECT *, coalesce(bool_or(is_last AND older AND NOT same) OVER (PARTITION BY key), false)
                AS outdated
            FROM ranked
        ), judged AS (
            SELECT *, NOT outdated AND if(is_last,
                current_id IS NULL OR NOT same
                OR bool_or(NOT is_last AND version > known_version) OVER (PARTITION BY key),
                version > known_version) AS lands
            FROM dated
        )
        SELECT row, key, lands, outdated AND is_last AS refused, retracted,
               known_version + row_number() OVER w AS version,
               coalesce(lag({base} + row) OVER w, current_id) AS replaces_id,
               lead(row) OVER w IS NOT NULL AS closed, lands AND lag(row) OVER w IS NULL AS closes_known,
               current_id, coalesce(first_id, first_value({base} + row) OVER w) AS first_id
        FROM judged WINDOW w AS (PARTITION BY key, lands ORDER BY version)
    """)
    _late(database, name, "older", f"SELECT row FROM revision_{name} WHERE refused")


def _link(
    database: duckdb.DuckDBPyConnection, table: Table, base: int, pseudonyms: np.random.Generator
) -> None:
    """Let the tables that follow find the new persons and tumours; give new persons their pseudonyms."""
    if table.name != "person" and table.name not in linked_tables():
        return
    name, target = table.name, f"{table.name}_link"
    key, value = ("person_id", "birth_date") if name == "person" else ("record_key", "person_ref")
    before = _one(database, f"SELECT count(*) FROM {target}")
    database.execute(f"""
        INSERT INTO {target}
        SELECT {key}, {base} + row, {value} FROM staged_{name} WHERE {is_new(name)}
        UNION ALL
        SELECT {key}, any_value(first_id), arg_max({value}, v.version)
        FROM revision_{name} v JOIN special_{name} s USING (row)
        WHERE v.current_id IS NULL GROUP BY {key}
    """)
    # What a correction says of a known row holds for the rest of the delivery.
    said = "birth_date" if name == "person" else "person"
    database.execute(f"""
        UPDATE {target} SET {said} = c.{said} FROM (
            SELECT v.key, arg_max_null(s.{value}, v.version) AS {said}
            FROM revision_{name} v JOIN special_{name} s USING (row)
            WHERE v.lands AND v.current_id IS NOT NULL GROUP BY v.key
        ) c WHERE CAST({target}.key AS VARCHAR) = c.key
    """)
    if name == "person":
        links: pa.Table = database.sql("SELECT id FROM person_link ORDER BY rowid").to_arrow_table()
        new = links["id"][before:]
        database.register("new_pseudonym", pa.table({"id": new, "pseudonym": _draw(len(new), pseudonyms)}))
        database.execute("INSERT INTO pseudonym SELECT id, pseudonym FROM new_pseudonym")


def _draw(count: int, generator: np.random.Generator) -> np.ndarray:
    """Random numbers, all different; the database refuses one that another person already has."""
    while True:
        drawn = generator.integers(1, _LAST_PSEUDONYM, count)
        if (np.diff(np.sort(drawn)) > 0).all():
            return drawn


def _counts(database: duckdb.DuckDBPyConnection, part: Part) -> Counts:
    name = part.table.name
    refused = _one(database, f"SELECT count(*) FROM refused_{name}")
    unchanged = _one(database, f"SELECT count(*) FROM revision_{name} WHERE NOT lands AND NOT refused")
    corrected = _one(database, f"SELECT count(*) FROM revision_{name} WHERE lands AND version > 1")
    malformed = len(part.malformed)
    landed = part.rows - refused - unchanged
    return Counts(part.rows + malformed, landed, corrected, unchanged, refused + malformed)


def discard(database: duckdb.DuckDBPyConnection, staged: Staged) -> None:
    """Make room for the tables that follow: what they need of this one stands in the links."""
    name = staged.name
    database.execute(f"DROP VIEW staged_{name}")
    database.execute(f"DROP {'TABLE' if staged.part.mapped else 'VIEW'} rows_{name}")
    for table in ("refused", "special", "revision", "known"):
        database.execute(f"DROP TABLE {table}_{name}")


def _one(database: duckdb.DuckDBPyConnection, question: str) -> int:
    ((number,),) = database.execute(question).fetchall()
    return int(number)
