"""``fyrbak register convert``: codes of tumours from one classification to another, both ways."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import pyarrow as pa
import typer

from fyrbak.cli.register import Format, write_rows
from fyrbak.cli.survival import MappingFile
from fyrbak.records.columns import Names, names_in
from fyrbak.registers import icd10, icdo3

_TO_ICD10 = ("tumour", "topography", "morphology", "behaviour", "icd10", "unusual", "reason")
_TO_ICDO3 = ("tumour", "icd10", "topography", "morphology", "behaviour", "certain", "reason")
_FLAGS = ("unusual", "certain")
_ANY = "any"
HELP = (
    "Convert the codes of tumours: --to icd10 from ICD-O-3, --to icdo3 from ICD-10.\n\n"
    "To icd10, rows have tumour, topography, morphology, behaviour, icd10 (without dot; null where there is "
    "none), unusual (true for a pair that is seldom seen) and reason (Swedish). Columns of the file:\n\n"
    + "\n\n".join(f"{name}: {what}." for name, what in icd10.COLUMNS.items())
    + "\n\nTo icdo3, rows have tumour, icd10, topography, morphology and behaviour (all that the code can "
    f"come from, with spaces between; {_ANY} where the code does not say; null where nothing leads to it), "
    "certain (one site alone) and reason (Swedish). Columns of the file:\n\n"
    + "\n\n".join(f"{name}: {what}." for name, what in icdo3.COLUMNS.items())
)


class Target(StrEnum):
    """What codes are converted to."""

    ICD10 = "icd10"
    ICDO3 = "icdo3"


def convert(
    file: Annotated[Path, typer.Argument(help="CSV with a row for each record of a tumour.")],
    to: Annotated[Target, typer.Option("--to", help="icd10 or icdo3.")] = Target.ICD10,
    mapping: MappingFile = None,
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.JSON,
) -> None:
    """Convert every record, or say why it has no code."""
    names = names_in(mapping)
    order, rows = (_TO_ICD10, _there(file, names)) if to is Target.ICD10 else (_TO_ICDO3, _back(file, names))
    schema = pa.schema([(name, _kind(name, to)) for name in order])
    write_rows(pa.Table.from_pylist(rows, schema=schema), form)
    told = "icd10" if to is Target.ICD10 else "topography"
    refused = sum(row[told] is None for row in rows)
    typer.echo(f"{to}: {len(rows)} records, {refused} without a code.", err=True)


_Row = dict[str, str | int | bool | None]


def _there(file: Path, names: Names) -> list[_Row]:
    """The ICD-10 code of each record."""
    rows: list[_Row] = []
    for one in icd10.read_records(file, names):
        code = icd10.to_icd10(one.topography, one.morphology, one.behaviour, one.sex)
        values = (one.tumour, one.topography, one.morphology, one.behaviour, *vars(code).values())
        rows.append(dict(zip(_TO_ICD10, values, strict=True)))
    return rows


def _back(file: Path, names: Names) -> list[_Row]:
    """All that each ICD-10 code can come from."""
    rows: list[_Row] = []
    for one in icdo3.read_records(file, names):
        found = icdo3.from_icd10(one.icd10, one.morphology, one.behaviour)
        sites = _ANY if found.anywhere else " ".join(found.topographies) or None
        pairs = None if sites is None else " ".join(found.morphologies) or _ANY
        certain = len(found.topographies) == 1
        values = (one.tumour, one.icd10, sites, pairs, " ".join(found.behaviours) or None, certain)
        rows.append(dict(zip(_TO_ICDO3, (*values, found.reason), strict=True)))
    return rows


def _kind(name: str, to: Target) -> pa.DataType:
    if name == "morphology" and to is Target.ICD10:
        return pa.int32()
    return pa.bool_() if name in _FLAGS else pa.string()
