"""Refused rows: kept with their reasons, and resolved when they come back right."""
# ruff: noqa: S608 - statements are put together from the layout's own names

from __future__ import annotations

import json

import duckdb
import pyarrow as pa
from adbc_driver_postgresql.dbapi import Cursor

from fyrbak.engines.quoting import sql_name, sql_text
from fyrbak.records import checks
from fyrbak.records.intake.delivery import REASONS, REFUSED_ROW, Delivery, Part
from fyrbak.records.intake.landing import ingest_temporary
from fyrbak.records.intake.staging import Staged, accepted, key_of, linked

# A number that could be a person's is never repeated in a text.
HIDDEN = r"(18|19|20)?[0-9]{6}[-+]?[0-9]{3}[0-9ATX]"
_SHOWN = 200  # signs of a value that are repeated; the row is kept whole
_LATE = {
    "duplicate": "record_key",
    "nothing_to_retract": "status",
    "older": "recorded_at",
    "unknown_tumour": "parent_key",
}


def keep(
    cursor: Cursor, database: duckdb.DuckDBPyConnection, staged: Staged, batch: int, delivery: Delivery
) -> None:
    """Store the refused rows of one table, one refusal per fault.

    A version that a later one in the same delivery replaces needs no correction: it is resolved at once, so
    that it is never sent again and put in place of what is newer.
    """
    refused = faults(database, staged, delivery)
    if not refused.num_rows:
        return
    ingest_temporary(cursor, "refused", refused)
    cursor.execute(f"""
        INSERT INTO records_refusal
            (batch_id, file, line, "table", field, value, rule, text_sv, text_en, record_key, row,
             resolved_by_id)
        SELECT {batch}, file, line, '{staged.name}', field, value, rule, text_sv, text_en,
               left(record_key, 200), row::jsonb, CASE WHEN overtaken THEN {batch} END
        FROM refused ORDER BY file, line
    """)


def keep_aside(cursor: Cursor, database: duckdb.DuckDBPyConnection, batch: int, delivery: Delivery) -> int:
    """Store the rows that have no place in any table, with the reason; return how many there are.

    Nobody can mend them, so they are resolved at once and never sent again.
    """
    for aside in delivery.aside:
        sent = [row[0] for row in database.execute(f"DESCRIBE {aside.origin}").fetchall()]
        pairs = ", ".join(
            f"[{sql_text(name)}, {sql_name(name)}]" for name in sent if not name.startswith("sent_")
        )
        sv, en = sql_text(aside.reason.sv), sql_text(aside.reason.en)
        rows: pa.Table = database.sql(f"""
            SELECT {sql_text(aside.file)} AS file, sent_line AS line, 'unplaced' AS rule, {sv} AS text_sv,
                   {en} AS text_en, CAST(to_json([{pairs}]) AS VARCHAR) AS row FROM {aside.origin}
        """).to_arrow_table()
        ingest_temporary(cursor, "aside", rows)
        cursor.execute(f"""
            INSERT INTO records_refusal
                (batch_id, file, line, "table", field, value, rule, text_sv, text_en, record_key, row,
                 resolved_by_id)
            SELECT {batch}, file, line, '', '', '', rule, text_sv, text_en, '', row::jsonb, {batch} FROM aside
        """)
    return sum(aside.rows for aside in delivery.aside)


def faults(database: duckdb.DuckDBPyConnection, staged: Staged, delivery: Delivery) -> pa.Table:
    """What is wrong with the refused rows of one table, one line for each fault.

    Columns: file, line, field, value (masked), rule, text_sv, text_en, record_key, row (JSON), overtaken.
    """
    malformed = _malformed(staged)
    found = (
        _found(database, staged, delivery) if staged.counts.refused > malformed.num_rows else malformed[:0]
    )
    return pa.concat_tables([malformed, found.cast(malformed.schema)])


def _found(database: duckdb.DuckDBPyConnection, staged: Staged, delivery: Delivery) -> pa.Table:
    part, name, key = staged.part, staged.name, key_of(staged.part.table)
    late = [checks.late_rule(rule, column) for rule, column in _LATE.items()]
    questions = []
    for rule in (*staged.rules, *late):
        fault = f"({rule.fault})"
        if rule in late:
            fault = f"row IN (SELECT row FROM late_fault WHERE name = '{name}' AND rule = '{rule.name}')"
        for column, of_files in part.named(rule.column):
            value = f"CAST(o.{sql_name(column)} AS VARCHAR)" if column else "NULL"
            hidden = f"regexp_replace({value}, '{HIDDEN}', '••••••••-••••', 'g')"
            shown = f"regexp_replace({value}, '[0-9]', '•', 'g')" if rule.masked else hidden
            # The columns of the row as received are told apart from those of the staged row by a subquery.
            questions.append(f"""
                SELECT f.sent_file, f.sent_line, f.key, f.overtaken,
                       {sql_text(column or rule.column)} AS field,
                       coalesce(left({shown}, {_SHOWN}), '') AS value,
                       '{rule.name}' AS rule, {sql_text(rule.sv)} AS sv, {sql_text(rule.en)} AS en,
                       o.row_as_received
                FROM (SELECT sent_file, sent_line, overtaken, {key} AS key FROM bad_{name}
                      WHERE {fault} AND {of_files}) f
                JOIN received_{name} o ON o.sent_file = f.sent_file AND o.sent_line = f.sent_line
            """)
    kept = [column for column in _sent_columns(database, part) if column not in REASONS]
    pairs = ", ".join(f"[{sql_text(column)}, CAST(o.{sql_name(column)} AS VARCHAR)]" for column in kept)
    received = f"[{pairs}]"
    if part.mixed:  # columns that only other files have are null
        received = f"list_filter({received}, lambda pair: pair[2] IS NOT NULL)"
    refused = f"SELECT * FROM rows_{name} WHERE row IN (SELECT row FROM refused_{name})"
    database.execute(f"""
        CREATE TABLE bad_{name} AS
        SELECT s.*, coalesce(coalesce(s.version, 1) < a.newest, false) AS overtaken
        FROM ({linked(part.table, staged.base, f"({refused})")}) s LEFT JOIN (
            SELECT {key} AS accepted, max(coalesce(version, 1)) AS newest FROM rows_{name}
            WHERE {accepted(name)} AND {key} IN (SELECT {key} FROM ({refused})) GROUP BY ALL
        ) a ON a.accepted = {key};
        CREATE TABLE received_{name} AS
        SELECT o.*, CAST(to_json({received}) AS VARCHAR) AS row_as_received
        FROM {part.origin} o
        JOIN (SELECT sent_file, sent_line FROM bad_{name}) b
            ON o.sent_file = b.sent_file AND o.sent_line = b.sent_line
    """)
    as_of = delivery.as_of
    files = pa.table({"file": range(len(part.files)), "path": list(part.files)})
    database.register("delivered_file", files)
    told = [
        f"replace(replace(replace({text}, '{{column}}', field), '{{value}}', value), '{{as_of}}', '{as_of}')"
        for text in ("sv", "en")
    ]
    return database.sql(f"""
        SELECT DISTINCT d.path AS file, sent_line AS line, field, value, rule,
               {told[0]} AS text_sv, {told[1]} AS text_en,
               if(rule = 'key_is_number', '', coalesce(key, '')) AS record_key, row_as_received AS row,
               overtaken
        FROM ({" UNION ALL ".join(questions)}) q JOIN delivered_file d ON d.file = q.sent_file
    """).to_arrow_table()


def _sent_columns(database: duckdb.DuckDBPyConnection, part: Part) -> list[str]:
    """The columns that the file itself has."""
    ours = ("sent_file", "sent_line", "sent_row", "sent_person", "file_index", "file_row_number")
    return [row[0] for row in database.execute(f"DESCRIBE {part.origin}").fetchall() if row[0] not in ours]


def _malformed(staged: Staged) -> pa.Table:
    rule = checks.late_rule("columns", "")
    rows = staged.part.malformed
    count = len(rows)
    return pa.table(
        {
            "file": pa.array([staged.part.files[row.file] for row in rows], pa.string()),
            "line": pa.array([row.line for row in rows], pa.int64()),
            "field": pa.array([""] * count, pa.string()),
            "value": pa.array([""] * count, pa.string()),
            "rule": pa.array([rule.name] * count, pa.string()),
            "text_sv": pa.array([rule.sv] * count, pa.string()),
            "text_en": pa.array([rule.en] * count, pa.string()),
            "record_key": pa.array([""] * count, pa.string()),
            "row": pa.array([json.dumps([["", row.text]]) for row in rows], pa.string()),
            "overtaken": pa.array([False] * count, pa.bool_()),
        }
    )


def resolve(
    cursor: Cursor, database: duckdb.DuckDBPyConnection, staged: Staged, batch: int, source: str
) -> int:
    """Mark earlier refusals of the source whose row is now accepted; return how many those were.

    A row is known again by its key, or by the number that the export of refused rows gave it: that is the
    only way where the fault was in the key, or the line could not be split.
    """
    name, part = staged.name, staged.part
    cursor.execute(
        "SELECT r.id, r.batch_id, r.file, r.line, r.record_key FROM records_refusal r"
        " JOIN records_batch b ON b.id = r.batch_id"
        ' WHERE r.resolved_by_id IS NULL AND b.source_id = $1 AND b.id <> $2 AND r."table" = $3',
        (source, batch, name),
    )
    unresolved = cursor.fetch_arrow_table()
    if unresolved.num_rows == 0:
        return 0
    database.register("unresolved", unresolved)
    question = f"""SELECT id FROM unresolved WHERE record_key <> '' AND record_key IN (
        SELECT {key_of(part.table)} FROM rows_{name} WHERE {accepted(name)})"""
    if REFUSED_ROW in _sent_columns(database, part):
        question += f""" UNION
            SELECT u.id FROM (SELECT sent_file, sent_line FROM rows_{name} WHERE {accepted(name)}) s
            JOIN {part.origin} o ON o.sent_file = s.sent_file AND o.sent_line = s.sent_line
            JOIN unresolved n ON CAST(n.id AS VARCHAR) = trim(CAST(o.{REFUSED_ROW} AS VARCHAR))
            JOIN unresolved u ON u.batch_id = n.batch_id AND u.file = n.file AND u.line = n.line"""
    mended: pa.Table = database.sql(question).to_arrow_table()
    if mended.num_rows > 0:
        ingest_temporary(cursor, "accepted", mended)
        cursor.execute(
            f"UPDATE records_refusal r SET resolved_by_id = {batch} FROM accepted a WHERE a.id = r.id"
        )
    return int(mended.num_rows)
