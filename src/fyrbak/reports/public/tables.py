"""Open data: tables given out, rounds frozen and the strategy, as CSV and JSON, with every column described.

A table is defined once: its columns in order, each with its kind. The description of a column stands in
``texts/public.yaml`` under ``open.<table>.<column>``, so that one without a description cannot be written.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from fyrbak.definitions import pick
from fyrbak.measures.releases import Release, released_table
from fyrbak.reports.formats import Language
from fyrbak.reports.words import Words

Kind = Literal["text", "integer", "number", "boolean", "date"]
Row = Mapping[str, object]
_SCHEMA_TYPES: dict[Kind, str] = {
    "text": "string", "integer": "integer", "number": "number", "boolean": "boolean", "date": "date",
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One column of an open table."""

    name: str
    kind: Kind = "text"


@dataclass(frozen=True)
class OpenTable:
    """A kind of table that is given away."""

    id: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """The columns' names in order."""
        return [column.name for column in self.columns]

    def says(self, column: Column, lang: Language) -> str:
        """What a column holds. Raises UnknownNameError for one that nobody has described."""
        return Words(lang)(f"open.{self.id}.{column.name}")

    def fields(self) -> list[dict[str, str]]:
        """Every column with its type and what it holds, in the words of the Table Schema."""
        return [
            {"name": one.name, "type": _SCHEMA_TYPES[one.kind], "description": self.says(one, "en")}
            for one in self.columns
        ]


MEASURE = OpenTable(
    "measure",
    (
        Column("release", "integer"), Column("measure"), Column("version"), Column("snapshot"),
        Column("period"), Column("period_start", "date"), Column("unit"), Column("cut"),
        Column("n", "integer"), Column("numerator", "integer"), Column("denominator", "number"),
        Column("value", "number"), Column("lower", "number"), Column("upper", "number"),
        Column("complete", "boolean"), Column("suppressed", "boolean"), Column("held", "boolean"),
        Column("synthetic", "boolean"),
    ),
)  # fmt: skip
ROUND = OpenTable(
    "round",
    (
        Column("plan"), Column("edition"), Column("owner"), Column("round"), Column("area"), Column("goal"),
        Column("goal_text"), Column("kind"), Column("organisation"), Column("name"), Column("level"),
        Column("uncertain", "boolean"), Column("blank_reason"), Column("text"), Column("printed"),
        Column("synthetic", "boolean"),
    ),
)  # fmt: skip
STRATEGY = OpenTable(
    "strategy",
    (
        Column("area"), Column("goal"), Column("theme"), Column("goal_text"), Column("owner"),
        Column("operator"), Column("target", "number"), Column("target_unit"), Column("deadline", "date"),
        Column("baseline"), Column("source"), Column("measure"), Column("role"), Column("version"),
        Column("definition"), Column("release", "integer"), Column("released", "date"), Column("approved_by"),
        Column("extracted", "date"), Column("snapshot"), Column("period"), Column("unit"), Column("cut"),
        Column("n", "integer"), Column("value", "number"), Column("lower", "number"),
        Column("upper", "number"), Column("suppressed", "boolean"), Column("synthetic", "boolean"),
        Column("missing"),
    ),
)  # fmt: skip
TABLES = (MEASURE, ROUND, STRATEGY)


def rows_of_release(release: Release) -> Iterator[dict[str, object]]:
    """The rows of a released table."""
    own = {
        "release": release.number, "measure": release.measure, "version": release.version,
        "snapshot": release.snapshot, "synthetic": release.synthetic,
    }  # fmt: skip
    for row in released_table(release).to_pylist():
        cut = json.loads(row["cut"])
        told = " ".join(f"{name}={value}" for name, value in cut.items())
        yield own | {name: value for name, value in row.items() if name != "values"} | {"cut": told}


def as_csv(table: OpenTable, rows: Iterable[Row]) -> bytes:
    """Rows as CSV in UTF-8: a head, commas, empty cells where there is no value, true and false in words."""
    text = io.StringIO()
    writer = csv.DictWriter(text, table.names, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _cell(row[name]) for name in _checked(table, row)} for row in rows)
    return text.getvalue().encode()


def as_json(table: OpenTable, rows: Iterable[Row], licence: str) -> bytes:
    """The same rows as JSON, with what every column holds."""
    told = [{name: row[name] for name in _checked(table, row)} for row in rows]
    content = {"table": table.id, "licence": licence, "fields": table.fields(), "rows": told}
    return json.dumps(content, ensure_ascii=False, default=_plain, indent=1).encode()


def as_file(table: OpenTable, rows: Iterable[Row], form: str, licence: str) -> tuple[bytes, str]:
    """Rows as a file and its media type. Raises UnknownNameError for another form than csv and json."""
    if pick("form", form, ["csv", "json"]) == "csv":
        return as_csv(table, rows), "text/csv; charset=utf-8"
    return as_json(table, rows, licence), "application/json"


def fingerprint(content: bytes) -> str:
    """SHA-256 of a file, by which it is known again."""
    return hashlib.sha256(content).hexdigest()


def _checked(table: OpenTable, row: Row) -> list[str]:
    """The table's columns; a row must have these and no others, so that none is lost or left undescribed."""
    if row.keys() != set(table.names):
        raise KeyError(f"{table.id}: columns differ: {sorted(row.keys() ^ set(table.names))}")
    return table.names


def _cell(value: object) -> object:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else _plain(value)


def _plain(value: object) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def readme(lang: Language, licence: str) -> str:
    """What every file and column holds, as Markdown: made from the tables' own definition."""
    return "\n".join(_readme(Words(lang), lang, licence)) + "\n"


def _readme(w: Words, lang: Language, licence: str) -> Iterator[str]:
    yield from (f"# {w('open.title')}", "", w("open.lead"), "", licence, "", f"## {w('open.form')}", "")
    yield from (f"- {w(f'open.form.{key}')}" for key in ("encoding", "empty", "hidden", "address", "hash"))
    for table in TABLES:
        yield from ("", f"## {w(f'open.{table.id}')}", "", w(f"open.{table.id}.where"), "")
        yield f"| {w('open.column')} | {w('open.kind')} | {w('open.holds')} |"
        yield "|---|---|---|"
        for column in table.columns:
            yield f"| `{column.name}` | {w(f'open.kind.{column.kind}')} | {table.says(column, lang)} |"


def open_data_page() -> str:
    """``docs/open-data.md``: the same as readers get, with the terms left to whoever publishes."""
    return readme("en", "The terms are chosen by whoever publishes: see [public-site.md](public-site.md).")
