"""``fyrbak export``: the records in the shapes that others read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from django.utils.timezone import localdate

from fyrbak.cli.lazily import Command, group
from fyrbak.cli.progress import console
from fyrbak.records.omop.export import ACCOUNT, Form
from fyrbak.records.omop.export import export as exported
from fyrbak.records.snapshot import Snapshot

app = typer.Typer(
    cls=group([Command("fhir", "fhir.export")]),
    no_args_is_help=True,
    help="The records in the shapes that others read.",
)


@app.command()
def omop(
    out: Annotated[Path, typer.Argument(help="New folder to write.")],
    snapshot: Annotated[Path, typer.Option(help="Folder of the snapshot.")],
    holder: Annotated[str, typer.Option(help="Who answers for the data.")] = "Fyrbåk",
    concepts: Annotated[
        Path | None, typer.Option(help="CSV file with vocabulary, code and concept_id. Without it all are 0.")
    ] = None,
    form: Annotated[Form, typer.Option("--format", help="parquet or csv.")] = "parquet",
) -> None:
    """Write a snapshot as the tables of the OMOP Common Data Model 5.4, with episodes."""
    done = exported(
        Snapshot.open(snapshot), out, on=localdate(), holder=holder, concepts_file=concepts, form=form
    )
    for name, rows in done.rows.items():
        typer.echo(f"{name}: {rows:,} rows")
    left = sum(done.without_day.values())
    console().print(
        f"{out}: {done.unmapped:,} events have concept 0 (see --concepts). Left out: {left:,} rows without"
        f" a day, {done.without_birth:,} persons without a year of birth. The account is in {out / ACCOUNT}."
    )
