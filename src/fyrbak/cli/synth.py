"""``fyrbak synth``: write a folder of invented persons, with the truth about them."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from fyrbak.cli.progress import shown

AS_OF = datetime(2025, 6, 30)  # noqa: DTZ001 - a day, as the option gives it


def synth(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New folder to write.")],
    persons: Annotated[int, typer.Option(help="Number of persons.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same folder.")] = 1,
    regions: Annotated[
        str, typer.Option(help="County codes, such as 22,23,24,25. Default: all regions.")
    ] = "",
    as_of: Annotated[
        datetime,
        typer.Option(formats=["%Y-%m-%d"], help="Last day described.", show_default=f"{AS_OF:%Y-%m-%d}"),
    ] = AS_OF,
    background_from: Annotated[
        int | None,
        typer.Option(
            metavar="YEAR",
            help="First year of education, income and the like. Default: only the last year that is out.",
        ),
    ] = None,
) -> None:
    """Write synthetic persons with cancer care in the layout of extracts, and truth.json beside them."""
    from fyrbak.records.synth.generate import checked, generate

    chosen = tuple(code.strip() for code in regions.split(",") if code.strip())
    day = date(as_of.year, as_of.month, as_of.day)
    request = checked(persons=persons, seed=seed, regions=chosen, as_of=day, background_from=background_from)
    with shown("Inventing persons") as tell:
        manifest = generate(folder, request, lambda done: tell("", done / persons))
    rows = sum(entry.rows for entry in manifest.tables.values())
    typer.echo(f"{folder}: {persons:,} synthetic persons, {rows:,} rows, as of {day}, snapshot {manifest.id}")
