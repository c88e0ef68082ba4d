"""``fyrbak prevalence``: who is alive on a day with a diagnosis behind them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.cli.options import Format, MappingFile, Written
from fyrbak.errors import BadInputError
from fyrbak.measures.registry.prevalence import Prevalence
from fyrbak.measures.registry.prevalence import prevalence as prevalence_on
from fyrbak.records.columns import names_in
from fyrbak.reports import formats
from fyrbak.reports.words import Words

_WORDS = Words("sv")


def prevalence(
    cases: Annotated[
        Path,
        typer.Argument(
            help="CSV of cases. Columns: `diag` (day of diagnosis), `death` (day, empty if alive), and where "
            "wanted `left` (day of leaving the country, empty if here), `patient` (who stands in several "
            "rows), `sex`."
        ),
    ],
    on: Annotated[str, typer.Option(help="The day, such as 2024-12-31.")],
    population: Annotated[
        Path | None, typer.Option(help="CSV of the inhabitants on that day. Columns: `n`, and that of --by.")
    ] = None,
    within: Annotated[str, typer.Option(help="Years since diagnosis, with commas between.")] = "1,3,5,10",
    by: Annotated[str | None, typer.Option(help="Column whose values are told apart, such as sex.")] = None,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """Prevalence: persons alive on a day, diagnosed within so many years, and in the whole file.

    JSON rows have the keys group, within_years (null for the whole file), persons, inhabitants, per_100000,
    lower and upper.
    """
    found = prevalence_on(cases, population, names_in(mapping), _day(on), within=_whole(within), by=by)
    if format_ is Format.JSON:
        rows = [asdict(row) for row in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        _print(found, on)


def _print(found: Sequence[Prevalence], on: str) -> None:
    table = Table(title=_WORDS("registry.prevalence", on=on), box=SIMPLE, pad_edge=False)
    table.add_column(_WORDS("registry.group"))
    for key in ("within", "persons", "per", "interval"):
        table.add_column(_WORDS(f"registry.{key}"), justify="right")
    unsaid = _WORDS("registry.unsaid")
    for row in found:
        years = row.within_years
        numbers = [
            unsaid if end is None else formats.decimal(end, 1, "sv")
            for end in (row.per_100000, row.lower, row.upper)
        ]
        table.add_row(
            row.group if row.group != "all" else _WORDS("registry.all"),
            _WORDS("registry.within.all") if years is None else _WORDS("registry.within.years", years=years),
            formats.integer(row.persons, "sv"),
            numbers[0],
            unsaid if row.lower is None else "–".join(numbers[1:]),
        )
    Console().print(table)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"--on {text}: not a day. Write it as 2024-12-31.") from None


def _whole(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() for part in parts):
        raise BadInputError(f"--within {text}: write whole years with commas between, such as 1,3,5,10.")
    return tuple(sorted({int(part) for part in parts}))
