"""``fyrbak measure`` and ``fyrbak explain``: the numbers of a snapshot, and what is behind one of them."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak import engines
from fyrbak.cli import persons
from fyrbak.cli.banner import tell_if_invented
from fyrbak.cli.progress import shown
from fyrbak.definitions import pick
from fyrbak.errors import BadInputError, UnknownNameError
from fyrbak.measures.definitions import Measure, measures
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.explain import COUNTED, ROWS_IN, Explanation, Part
from fyrbak.measures.explain import explain as explanation_of
from fyrbak.measures.results import Result, columns_of
from fyrbak.measures.store import lacking, results_of
from fyrbak.measures.tallies import check_interval
from fyrbak.records.organisations import COUNTRY
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats
from fyrbak.reports.names import cut_name, dimension_name, name_of, unit_named
from fyrbak.reports.words import Words

_WORDS = Words("sv")


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


SnapshotFolder = Annotated[Path, typer.Argument(help="Folder of a snapshot or of extracts in the layout.")]


def measure(
    snapshot: SnapshotFolder,
    measure_ids: Annotated[list[str] | None, typer.Option("--measure", help="Only these measures.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Dimensions, such as region,sex; or one --by for each.")
    ] = None,
    interval: Annotated[str, typer.Option(help="year, quarter or month.")] = "year",
    period: Annotated[str | None, typer.Option(help="Only this period, such as 2024 or 2024-Q1.")] = None,
    engine: Annotated[str, typer.Option(help=f"Who counts: {', '.join(engines.NAMES)}.")] = engines.DEFAULT,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Measure a snapshot: the country, or each region, hospital and group asked for."""
    dimensions = dimensions_in(by)
    chosen = [measure_named(name) for name in measure_ids or ()] or _that_can(dimensions, interval)
    intervals = {one.id: check_interval(one, interval) for one in chosen}
    for one in chosen:
        columns_of(one, dimensions)
    opened = Snapshot.open(snapshot, engine=engine)
    found: list[Result] = []
    with shown("Measures") as tell:
        for number, one in enumerate(chosen):
            tell(one.id, number / len(chosen))
            found += results_of(opened, one, dimensions, intervals[one.id])
    for one in chosen:
        if absent := lacking(opened, one):
            typer.echo(f"{one.id} cannot be measured: the snapshot has no {', '.join(absent)}.", err=True)
    if period is not None:
        found = _of_period(found, period)
    tell_if_invented(opened.synthetic)
    write_results(found, format_)


def dimensions_in(by: Iterable[str] | None) -> list[str]:
    """The dimensions asked for, with commas or one by one."""
    return [name.strip() for name in ",".join(by or ()).split(",") if name.strip()]


def write_results(results: Iterable[Result], format_: Format) -> None:
    """Write results as a table for people, as JSON or as CSV."""
    _WRITERS[format_](results)


def _of_period(found: list[Result], period: str) -> list[Result]:
    """The results of one period. Raises UnknownNameError that says which periods there are."""
    periods = sorted({result.period for result in found})
    if period not in periods:
        span = f"choose one from {periods[0]} to {periods[-1]}" if periods else "there is nothing to count"
        raise UnknownNameError(f"unknown period '{period}': {span}.")
    return [result for result in found if result.period == period]


def _that_can(dimensions: list[str], interval: str) -> list[Measure]:
    """All measures that have the dimensions and the interval; which ones do not is said on standard error."""
    known = dict.fromkeys(name for one in measures() for name in one.cuts)
    for name in dimensions:
        pick("dimension", name, list(known))
    pick("interval", interval, ["year", "quarter", "month"])
    able = [one for one in measures() if set(dimensions) <= set(one.cuts) and interval in one.intervals]
    left_out = [one.id for one in measures() if one not in able]
    if not able:
        wanted = ", ".join((*dimensions, interval))
        raise UnknownNameError(f"no measure can be had by {wanted}: see docs/measure-catalogue.md.")
    if left_out:
        typer.echo(f"Without {', '.join(left_out)}: not measured that way.", err=True)
    return able


def explain(
    snapshot: SnapshotFolder,
    measure_id: Annotated[str, typer.Argument(help="Id of the measure, such as svf_lead_time.")],
    unit: Annotated[str, typer.Option(help="SE, a region (24) or a hospital (24-nus), or its name.")] = "SE",
    period: Annotated[str | None, typer.Option(help="Such as 2024; default the latest year.")] = None,
    person: Annotated[
        str | None, typer.Option(help="Instead of a number's: a person's rows, by pseudonym; - asks for it.")
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Explain a number: definition, source, SQL, rows in, rows left out by rule. Or one person's rows."""
    measure_named(measure_id)
    opened = Snapshot.open(snapshot)
    if person is not None:
        if format_ is Format.CSV:
            raise BadInputError("--person is told as a table or as JSON. Choose --format table or json.")
        persons.explain(opened, measure_named(measure_id), person, as_json=format_ is Format.JSON)
        return
    found = explanation_of(opened, measure_id, unit_named(unit), period)
    tell_if_invented(opened.synthetic)
    if format_ is Format.JSON:
        typer.echo(json.dumps(found.row(), ensure_ascii=False, indent=1))
    elif format_ is Format.CSV:
        _write_rows(
            {**part.result.cut, "rule": rule, "rows": count}
            for part in found.parts
            for rule, count in _counts(part)
        )
    else:
        _write_explanation(found)


def _counts(part: Part) -> list[tuple[str, str]]:
    counts = [(ROWS_IN, part.rows_in), *part.left_out.items(), (COUNTED, part.counted)]
    return [(name, n.text("sv") if isinstance(n, Suppressed) else str(n)) for name, n in counts]


def _write_explanation(found: Explanation) -> None:
    definition, console = found.measure, Console()
    place = ", ".join(part for part in (definition.source.title, definition.source.section) if part)
    console.print(f"[bold]{definition.title.sv}[/bold] · {definition.title.en}")
    console.print(f"{definition.meaning.sv}\n{definition.meaning.en}\n{_WORDS('source_line', place=place)}")
    console.print(f"{definition.id} · version {definition.version} · definition {definition.hash}")
    console.print(f"{unit_name(found.unit)} · {found.period} · {_WORDS('snapshot_line', id=found.snapshot)}")
    words = {reason.id: reason.text.sv for reason in definition.reasons}
    words |= {ROWS_IN: "Rader in", COUNTED: "Räknade"}
    for part in found.parts:
        name = ", ".join(cut_name(definition, *one, _WORDS) for one in part.result.cut.items())
        grid = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False, title=name or None)
        grid.add_column("")
        grid.add_column("Rader", justify="right")
        for name, count in _counts(part):
            grid.add_row(words[name], count)
        console.print(grid)
        console.print(formats.number_line(part.result, "sv"))
    console.print("SQL", style="bold")
    console.print(found.sql, highlight=False, markup=False)


def _write_table(results: Iterable[Result]) -> None:
    console = Console()
    for name, group in groupby(results, key=lambda result: result.measure):
        own, definition = list(group), measure_named(name)
        judged = any(result.verdict for result in own)
        title = f"{definition.title.sv} ({name}, version {definition.version})"
        grid = Table("Period", "Enhet", box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
        for dimension in own[0].cut:
            grid.add_column(dimension_name(definition, dimension, _WORDS), overflow="fold")
        for heading in ("Värde", "95 %", "Antal"):
            grid.add_column(heading, justify="right")
        if judged:
            grid.add_column(_WORDS("verdict"))
        for result in own:
            verdict = [_WORDS(f"verdict.{result.verdict}") if result.verdict else ""] if judged else []
            numbers = [show(result, "sv") for show in (formats.value, formats.interval, formats.counts)]
            period = formats.period(result, "sv")
            cut = (cut_name(definition, *one, _WORDS) for one in result.cut.items())
            grid.add_row(period, unit_name(result.unit), *cut, *numbers, *verdict)
        console.print(title, style="bold", soft_wrap=True)
        console.print(grid)


def unit_name(code: str) -> str:
    """What the country, a region or a hospital is called in tables."""
    return _WORDS("country") if code == COUNTRY else name_of("region", code, _WORDS)


def _write_json(results: Iterable[Result]) -> None:
    typer.echo(json.dumps([result.row() for result in results], ensure_ascii=False, indent=1))


def _write_csv(results: Iterable[Result]) -> None:
    _write_rows(
        {**result.row(), "cut": json.dumps(dict(result.cut), ensure_ascii=False)} for result in results
    )


def _write_rows(rows: Iterable[dict[str, object]]) -> None:
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(sys.stdout, list(row))
            writer.writeheader()
        writer.writerow(row)


_WRITERS = {Format.TABLE: _write_table, Format.JSON: _write_json, Format.CSV: _write_csv}
