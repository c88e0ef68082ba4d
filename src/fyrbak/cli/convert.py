"""``fyrbak register convert``: codes of tumours from one classification to another."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from fyrbak.cli.register import Format, write_rows
from fyrbak.cli.survival import MappingFile
from fyrbak.records.columns import names_in
from fyrbak.registers.icd10 import COLUMNS, read_records, to_icd10

_NAMES = ("tumour", "topography", "morphology", "behaviour", "icd10", "unusual", "reason")
_TYPES = {"morphology": pa.int32(), "unusual": pa.bool_()}
_SCHEMA = pa.schema([(name, _TYPES.get(name, pa.string())) for name in _NAMES])
HELP = (
    "Convert the codes of tumours.\n\n"
    "Rows have tumour, topography, morphology, behaviour, icd10 (without dot; null where there is none), "
    "unusual (true for a pair that is seldom seen) and reason (Swedish).\n\n"
    + "\n\n".join(f"{name}: {what}." for name, what in COLUMNS.items())
)


class Target(StrEnum):
    """What codes are converted to."""

    ICD10 = "icd10"


def convert(
    file: Annotated[Path, typer.Argument(help="CSV with a row for each record of a tumour.")],
    to: Annotated[Target, typer.Option("--to", help="icd10.")] = Target.ICD10,
    mapping: MappingFile = None,
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.JSON,
) -> None:
    """Convert every record, or say why it has no code."""
    rows = []
    for one in read_records(file, names_in(mapping)):
        code = to_icd10(one.topography, one.morphology, one.behaviour, one.sex)
        values = (one.tumour, one.topography, one.morphology, one.behaviour, *vars(code).values())
        rows.append(dict(zip(_NAMES, values, strict=True)))
    write_rows(pa.Table.from_pylist(rows, schema=_SCHEMA), form)
    refused = sum(row["icd10"] is None for row in rows)
    typer.echo(f"{to}: {len(rows)} records, {refused} without a code.", err=True)
