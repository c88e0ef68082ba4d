"""``fyrbak register primaries``: which records of tumours are primaries of their own."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from fyrbak.cli.options import MappingFile
from fyrbak.cli.register import Format, write_rows
from fyrbak.records.columns import names_in
from fyrbak.registers.primaries import COLUMNS, Judged, read_tumours, rule_named
from fyrbak.registers.primaries import primaries as judged

_SCHEMA = pa.schema(
    [(name, pa.bool_() if name == "primary" else pa.string()) for name in Judged.__annotations__]
)
HELP = (
    "Which records are primary tumours of their own, by a named counting rule.\n\n"
    "Rows have patient, tumour, primary, rule and reason (Swedish); primary is null where the morphology "
    "belongs to no group, and rule is then refused. The order of rows never matters.\n\n"
    + "\n\n".join(f"{name}: {what}." for name, what in COLUMNS.items())
)


def primaries(
    file: Annotated[Path, typer.Argument(help="CSV with a row for each record of a tumour.")],
    rule: Annotated[str, typer.Option(help="iarc2004, or se as the Swedish register counts.")] = "iarc2004",
    mapping: MappingFile = None,
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.JSON,
) -> None:
    """Judge every record and say what decided."""
    found = judged(read_tumours(file, names_in(mapping)), rule_named(rule))
    write_rows(pa.Table.from_pylist([asdict(one) for one in found], schema=_SCHEMA), form)
    counted = Counter(one.primary for one in found)
    refused = f", {counted[None]} refused" if counted[None] else ""
    typer.echo(f"{rule}: {len(found)} records, {counted[True]} primaries{refused}.", err=True)
