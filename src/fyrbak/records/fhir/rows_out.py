"""The records that hold, row by row out of the database, for those who write them in another form."""
# ruff: noqa: S608 - statements are put together from the layout's own names

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg

from fyrbak.database import address
from fyrbak.records.holding import holds
from fyrbak.records.layout import Column, Table, tables

_AT_ONCE = 2_000


def held_rows(
    *, person: int | None = None, region: str = "", identified: bool = False
) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row that holds, as its table and its columns in the layout as text, table after table.

    A person is ``Patient/<pseudonym>``; other rows and links are the keys of the database. ``person`` is a
    pseudonym and ``region`` where persons live now; blank is all. Numbers of persons and the words of reports
    come only with ``identified``.
    """
    with psycopg.connect(address()) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, table in tables().items():
            if not table.in_snapshot and not identified:
                continue
            columns = [column for column in table.columns if column.in_snapshot or identified]
            question, values = _question(table, columns, person, region)
            with connection.cursor(name=f"rows_{name}") as cursor:
                cursor.itersize = _AT_ONCE
                cursor.execute(question, values)
                for row in cursor:
                    yield name, {c.name: _text(value) for c, value in zip(columns, row, strict=True)}


def _question(
    table: Table, columns: list[Column], person: int | None, region: str
) -> tuple[str, dict[str, Any]]:
    whose = "r.pseudonym" if table.name == "person" else "p.pseudonym"
    joins = "" if table.name == "person" else " JOIN records_person p ON p.id = r.person_id"
    asked = ", ".join(_asked(table, column, whose) for column in columns)
    chosen = ""
    if person is not None:
        chosen += f" AND {whose} = %(person)s"
    if region:
        chosen += (
            f" AND {whose} IN (SELECT q.pseudonym FROM records_residence l JOIN records_person q"
            " ON q.id = l.person_id WHERE l.region_id = %(region)s AND l.end_date IS NULL"
            f" AND {holds('l')})"
        )
    question = (
        f"SELECT {asked} FROM {table.model._meta.db_table} r{joins} WHERE {holds('r')}{chosen} ORDER BY r.id"
    )
    return question, {"person": person, "region": region}


def _asked(table: Table, column: Column, whose: str) -> str:
    if column.name == "person_id" or (table.name, column.name) == ("person", "record_key"):
        return f"'Patient/' || {whose}"
    stored = table.model._meta.get_field(column.field).column  # type: ignore[union-attr]
    if column.links:
        there = tables()[column.links].model._meta.db_table
        return f"(SELECT t.source_key FROM {there} t WHERE t.id = r.{stored})"
    return f"r.{stored}"


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return str(value)
