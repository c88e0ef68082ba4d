"""``fyrbak schema``, ``validate`` and ``lint``: what a file may hold, if it does, and if it is likely."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, TypedDict

import typer
from django.utils.timezone import localdate

from fyrbak.cli.progress import console
from fyrbak.cli.register import Language
from fyrbak.records.flat.lint import judge
from fyrbak.records.flat.lint import lint as unlikely
from fyrbak.records.flat.schema import csv_header, json_schema, table_named
from fyrbak.records.intake.mapping import Mapping, load_mapping
from fyrbak.records.layout import tables

_FAULTS = 1  # exit code; 2 is for what cannot be read at all


class Shape(StrEnum):
    """How a schema is written."""

    JSON_SCHEMA = "json-schema"
    CSV_HEADER = "csv-header"


class Form(StrEnum):
    """How findings are written to standard output."""

    JSON = "json"
    TABLE = "table"


Table = Annotated[str | None, typer.Option(help="Table that one file is of, if its name does not say so.")]
MappingOf = Annotated[
    Path | None, typer.Option("--mapping", help="Mapping file of the source, as for intake.")
]
Today = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="Last day that the rows describe. Default: today."),
]


def schema(
    table: Annotated[str | None, typer.Argument(help="Name of a table. Default: all.")] = None,
    shape: Annotated[Shape, typer.Option("--format", help="json-schema or csv-header.")] = Shape.JSON_SCHEMA,
) -> None:
    """Write what the rows of a table may hold, as JSON Schema (2020-12) or as the heading of a CSV file."""
    wanted = [table_named(table)] if table else [*tables().values()]
    if shape is Shape.CSV_HEADER:
        for one in wanted:
            typer.echo(csv_header(one) if table else f"{one.name}.csv: {csv_header(one)}")
        return
    schemas = {one.name: json_schema(one) for one in wanted}
    typer.echo(json.dumps(schemas[table] if table else schemas, ensure_ascii=False, indent=2))


def validate(
    path: Annotated[Path, typer.Argument(help="CSV or Parquet file, or a folder of them named as tables.")],
    table: Table = None,
    mapping: MappingOf = None,
    form: Annotated[Form, typer.Option("--format", help="json or table.")] = Form.TABLE,
    language: Annotated[Language, typer.Option(help="sv or en.")] = Language.SV,
    as_of: Today = None,
) -> None:
    """Check that rows would be taken in, and name those whose doses, units or days are unlikely.

    Nothing is taken in and no database is needed. Exit code 0 where every row would be taken in, 1 where rows
    would be refused, 2 where a file cannot be read.
    """
    found, asked = judge(path, lang=language.value, table=table, **_read_by(mapping, as_of))
    refused = [
        {"file": one.file, "line": one.line, "column": one.column, "value": one.value, "rule": one.rule,
         "severity": "refused", "reason": one.text_sv if language is Language.SV else one.text_en}
        for one in found.faults
    ]  # fmt: skip
    _write([*refused, *(_finding(asdict(one)) for one in asked)], form)
    rows = ", ".join(f"{name} {count:,}" for name, count in found.rows.items())
    lines = len({(one.file, one.line) for one in found.faults})
    console().print(f"{path}: {rows} rows; {lines:,} would be refused, {len(asked):,} findings of the lint.")
    if refused:
        raise typer.Exit(_FAULTS)


def lint(
    path: Annotated[
        Path, typer.Argument(help="Flat file or folder, or a FHIR file (.json, .ndjson) or folder.")
    ],
    table: Table = None,
    mapping: MappingOf = None,
    form: Annotated[Form, typer.Option("--format", help="json or table.")] = Form.TABLE,
    language: Annotated[Language, typer.Option(help="sv or en.")] = Language.SV,
    as_of: Today = None,
) -> None:
    """Name doses, units and days that are unlikely: wrong (cannot be as it stands) or ask (seldom).

    Exit code 0 without findings, 1 with, 2 where a file cannot be read.
    """
    found = unlikely(path, lang=language.value, table=table, **_read_by(mapping, as_of))
    _write([_finding(asdict(one)) for one in found], form)
    console().print(f"{path}: {len(found):,} findings.")
    if found:
        raise typer.Exit(_FAULTS)


class _ReadBy(TypedDict):
    mapping: Mapping | None
    today: date


def _read_by(mapping: Path | None, as_of: datetime | None) -> _ReadBy:
    """How a file is read: by which mapping, and on which day. Raises BadInputError for a broken mapping."""
    day = as_of.date() if as_of else localdate()
    return {"mapping": load_mapping(mapping) if mapping else None, "today": day}


def _finding(one: dict[str, Any]) -> dict[str, Any]:
    """A finding of the lint with the columns of a refused row first."""
    return {"file": one["file"], "line": one["line"], "column": "", "value": ""} | one


def _write(rows: Sequence[dict[str, Any]], form: Form) -> None:
    """Findings as a JSON list, or one a line as compilers tell theirs."""
    if form is Form.JSON:
        typer.echo(json.dumps([*rows], ensure_ascii=False, indent=1))
        return
    for row in rows:
        place = f"{row['file']}:{row['line']}: {row['column']}".removesuffix(": ")
        unsure = " (to_verify)" if row.get("to_verify") else ""
        words = f"{row['reason']} {row.get('mend', '')}".rstrip()
        typer.echo(f"{place}: {row['severity']} {row['rule']}{unsure}: {words}")
