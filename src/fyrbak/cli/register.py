"""``fyrbak register``: what a cancer register does with a file of tumours."""

from __future__ import annotations

import csv
import io
import json
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from fyrbak import clock
from fyrbak.cli.options import MappingFile
from fyrbak.records.columns import names_in
from fyrbak.registers.record_checks import check as checked
from fyrbak.registers.record_checks import rules
from fyrbak.registers.tumour_files import COLUMNS, read_tumours

_COLUMNS = "\n\n".join(f"{name}: {what}." for name, what in COLUMNS.items())
CHECK = (
    "Check records of tumours: codes, sex, age, site and morphology, basis, grade, days, side, TNM.\n\n"
    "Each finding has record, field, value, rule, severity (invalid: cannot be; rare: seldom, confirm;"
    " query: ask), reason and mend. Exit code 0, with or without findings. Columns, all optional; rules that"
    f" lack theirs are named on standard error:\n\n{_COLUMNS}"
)


class Format(StrEnum):
    """How rows are written to standard output."""

    JSON = "json"
    CSV = "csv"


class Language(StrEnum):
    """The language of reasons and proposed mends."""

    SV = "sv"
    EN = "en"


def check(
    file: Annotated[Path, typer.Argument(help="CSV or Parquet file with one row a tumour.")],
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.JSON,
    mapping: MappingFile = None,
    language: Annotated[Language, typer.Option(help="sv or en.")] = Language.SV,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Days after this one are in the future.")
    ] = None,
) -> None:
    """Hold every record against every rule."""
    tumours = read_tumours(file, names_in(mapping))
    on = today.date() if today else clock.today()
    found = checked(tumours, today=on, lang=language.value)
    write_rows(found.findings, form)
    typer.echo(
        f"{tumours.rows} records, {found.findings.num_rows} findings. Rules version {rules().version}."
        + (f" Not asked for want of columns: {', '.join(found.unasked)}." if found.unasked else ""),
        err=True,
    )


def write_rows(rows: pa.Table, form: Format) -> None:
    """Write rows to standard output, as a JSON list with one row a line, or as CSV with a header."""
    if form is Format.JSON:
        lines = (json.dumps(row, ensure_ascii=False, default=str) for row in rows.to_pylist())
        typer.echo("[\n" + ",\n".join(lines) + "\n]" if rows.num_rows else "[]")
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, rows.column_names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows.to_pylist())
    typer.echo(text.getvalue(), nl=False)
