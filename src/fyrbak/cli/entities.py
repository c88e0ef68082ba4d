"""``fyrbak register entities``: the NORDCAN entity of each record of a tumour, or how many each has."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from fyrbak.cli.options import MappingFile
from fyrbak.cli.rates import columns_in
from fyrbak.cli.register import Format, write_rows
from fyrbak.errors import BadInputError
from fyrbak.records.columns import Names, names_in
from fyrbak.registers.entity_files import COLUMNS, Row, entity_counts, entity_rows
from fyrbak.registers.primaries import rule_named

_SCHEMA = pa.schema([(name, pa.int32() if name == "entity" else pa.string()) for name in Row.__annotations__])
HELP = (
    "The NORDCAN entity of each record of a tumour or a death, or how many records each entity has.\n\n"
    "Rows have tumour, icd10, entity (null where none can be said), name, counts_in (the entity and its "
    "sums, such as 980 990 970 510 10; empty for what NORDCAN does not count) and reason (Swedish). With "
    "--count-by they have entity, the columns and n: a file of cases for fyrbak rates --each entity.\n\n"
    + "\n\n".join(f"{name}: {what}." for name, what in COLUMNS.items())
)


def entities(
    file: Annotated[Path, typer.Argument(help="CSV with a row for each record of a tumour or a death.")],
    count_by: Annotated[
        str | None, typer.Option(help="Count instead, by these columns too, such as sex,age,year.")
    ] = None,
    rule: Annotated[
        str | None,
        typer.Option(
            help="With --count-by: leave out what is the same tumour as another, by iarc2004 or se. Needs "
            "the columns of register primaries."
        ),
    ] = None,
    mapping: MappingFile = None,
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.JSON,
) -> None:
    """Place every record, or say why it belongs to no entity."""
    names = names_in(mapping)
    if count_by is not None:
        _count(file, names, columns_in(count_by), rule, form)
        return
    if rule:
        raise BadInputError("--rule says which records are counted. Give --count-by, or leave it out.")
    rows = entity_rows(file, names)
    write_rows(pa.Table.from_pylist([asdict(row) for row in rows], schema=_SCHEMA), form)
    refused = sum(row.entity is None for row in rows)
    typer.echo(f"NORDCAN: {len(rows)} records, {refused} without an entity.", err=True)


def _count(file: Path, names: Names, by: tuple[str, ...], rule: str | None, form: Format) -> None:
    found = entity_counts(file, names, by, rule_named(rule) if rule else None)
    words = [(name, pa.string()) for name in by]
    schema = pa.schema([("entity", pa.int32()), *words, ("n", pa.int64())])
    write_rows(pa.Table.from_pylist(found.rows, schema=schema), form)
    typer.echo(
        f"NORDCAN, {rule or 'every record counted'}: {found.refused} without an entity, {found.not_counted} "
        f"that NORDCAN does not count, {found.same_tumour} the same as another.",
        err=True,
    )
