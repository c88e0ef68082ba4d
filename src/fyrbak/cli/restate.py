"""``fyrbak restate``: what moved in the numbers from one snapshot to a later one, and why."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.cli.banner import tell_if_invented
from fyrbak.cli.measures import Format, SnapshotFolder, dimensions_in, unit_name
from fyrbak.definitions import pick
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.definitions import measures
from fyrbak.measures.restatement import Move, restatement
from fyrbak.measures.tallies import check_interval
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports.names import cut_name, dimension_name
from fyrbak.reports.restated import moved, reason_text
from fyrbak.reports.words import Words

_WORDS = Words("sv")


def restate(
    before: SnapshotFolder,
    now: Annotated[Path, typer.Argument(help="Folder of the later snapshot.")],
    measure_ids: Annotated[list[str] | None, typer.Option("--measure", help="Only these measures.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Dimensions, such as region; or one --by each.")
    ] = None,
    interval: Annotated[str, typer.Option(help="year, quarter or month.")] = "year",
    period: Annotated[str | None, typer.Option(help="Only this period, such as 2024.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Tell which numerators and denominators moved between two snapshots of the same records, and why.

    What was published stays as it was (see fyrbak releases); this says what would be published today.
    """
    dimensions = dimensions_in(by)
    chosen = [measure_named(name) for name in measure_ids or ()] or [
        known for known in measures() if set(dimensions) <= set(known.cuts) and interval in known.intervals
    ]
    later = Snapshot.open(now)
    earlier = Snapshot.open(before, engine=later.engine)
    tell_if_invented(earlier.synthetic or later.synthetic)
    moves = [
        move
        for one in chosen
        for move in restatement(earlier, later, one, dimensions, check_interval(one, interval))
    ]
    if period and moves:
        pick("period", period, list(dict.fromkeys(move.period for move in moves)))
        moves = [move for move in moves if move.period == period]
    _WRITERS[format_](moves)


def _write_table(moves: list[Move]) -> None:
    console = Console()
    for name in dict.fromkeys(move.measure for move in moves):
        own, of = [move for move in moves if move.measure == name], measure_named(name)
        grid = Table("Period", "Enhet", box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
        for dimension in own[0].cut:
            grid.add_column(dimension_name(of, dimension, _WORDS), overflow="fold")
        for heading in ("Orsak", "Täljare", "Nämnare"):
            grid.add_column(heading, justify="left" if heading == "Orsak" else "right")
        for move in own:
            cut = (cut_name(of, dimension, value, _WORDS) for dimension, value in move.cut.items())
            numbers = (moved(move, number, _WORDS) for number in (move.numerator, move.denominator))
            grid.add_row(move.period, unit_name(move.unit), *cut, reason_text(move.reason, _WORDS), *numbers)
        console.print(f"{of.title.sv} ({of.id}, version {of.version})", style="bold", soft_wrap=True)
        console.print(grid)
    if not moves:
        console.print(_WORDS("restatement.none"))


def _write_json(moves: list[Move]) -> None:
    typer.echo(json.dumps([move.row() for move in moves], ensure_ascii=False, indent=1))


def _write_csv(moves: list[Move]) -> None:
    if not moves:
        return
    writer = csv.DictWriter(sys.stdout, list(moves[0].row()))
    writer.writeheader()
    writer.writerows({**move.row(), "cut": json.dumps(move.cut, ensure_ascii=False)} for move in moves)


_WRITERS = {Format.TABLE: _write_table, Format.JSON: _write_json, Format.CSV: _write_csv}
