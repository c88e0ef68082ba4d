"""``fyrbak measure`` and ``fyrbak explain``: the numbers of a snapshot, and what is behind one of them."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from fyrbak.definitions import pick
from fyrbak.errors import UnknownNameError
from fyrbak.measures.definitions import Measure, measures
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.explain import Explanation, Part
from fyrbak.measures.explain import explain as explanation_of
from fyrbak.measures.results import Result, columns_of
from fyrbak.measures.store import lacking, results_of
from fyrbak.measures.tallies import check_interval
from fyrbak.records.snapshot import Snapshot


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


SnapshotFolder = Annotated[Path, typer.Argument(help="Folder of a snapshot or of extracts in the layout.")]


def measure(
    snapshot: SnapshotFolder,
    measure_ids: Annotated[list[str] | None, typer.Option("--measure", help="Only these measures.")] = None,
    by: Annotated[str, typer.Option(help="Dimensions with commas between, such as region,sex.")] = "",
    interval: Annotated[str, typer.Option(help="year, quarter or month.")] = "year",
    period: Annotated[str | None, typer.Option(help="Only this period, such as 2024 or 2024-Q1.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Measure a snapshot: the country, or each region, hospital and group asked for."""
    dimensions = [name.strip() for name in by.split(",") if name.strip()]
    chosen = [measure_named(name) for name in measure_ids or ()] or _that_can(dimensions, interval)
    intervals = {one.id: check_interval(one, interval) for one in chosen}
    for one in chosen:
        columns_of(one, dimensions)
    opened = Snapshot.open(snapshot)
    found = [
        result
        for one in track(chosen, "Measures", console=Console(stderr=True), transient=True)
        for result in results_of(opened, one, dimensions, intervals[one.id])
    ]
    for one in chosen:
        if absent := lacking(opened, one):
            typer.echo(f"{one.id} cannot be measured: the snapshot has no {', '.join(absent)}.", err=True)
    if period is not None:
        pick("period", period, list(dict.fromkeys(result.period for result in found)))
        found = [result for result in found if result.period == period]
    _WRITERS[format_](found)


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
    unit: Annotated[str, typer.Option(help="SE, a region (24) or a hospital (24-nus).")] = "SE",
    period: Annotated[str | None, typer.Option(help="Such as 2024; default the latest year.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Explain a number: definition, source, SQL, rows in, rows left out by rule."""
    measure_named(measure_id)
    found = explanation_of(Snapshot.open(snapshot), measure_id, unit, period)
    if format_ is Format.JSON:
        typer.echo(json.dumps(found.row(), ensure_ascii=False, indent=1))
    elif format_ is Format.CSV:
        _write_rows({"rule": rule, "rows": count} for part in found.parts for rule, count in _counts(part))
    else:
        _write_explanation(found)


def _counts(part: Part) -> list[tuple[str, str]]:
    counts = [("rows_in", part.rows_in), *part.left_out.items(), ("counted", part.counted)]
    return [(name, n.text("sv") if isinstance(n, Suppressed) else str(n)) for name, n in counts]


def _write_explanation(found: Explanation) -> None:
    definition, console = found.measure, Console()
    console.print(f"[bold]{definition.title.sv}[/bold] · {definition.title.en}")
    console.print(f"{definition.meaning.sv}\n{definition.meaning.en}")
    console.print(f"Källa: {definition.source.title}, {definition.source.section}")
    console.print(f"{definition.id} version {definition.version} ({definition.hash})")
    console.print(
        f"{found.unit} · {found.period} · ögonblicksbild {found.snapshot}, till och med {found.as_of}"
    )
    words = {reason.id: reason.text.sv for reason in definition.reasons}
    words |= {"rows_in": "Rader in", "counted": "Räknade"}
    for part in found.parts:
        grid = Table(title=", ".join(part.result.cut.values()) or None)
        grid.add_column("")
        grid.add_column("Rader", justify="right")
        for name, count in _counts(part):
            grid.add_row(words[name], count)
        console.print(grid)
        console.print(_sentence(part.result))
    console.print("SQL", style="bold")
    console.print(found.sql, highlight=False, markup=False)


def _write_table(results: Iterable[Result]) -> None:
    console = Console()
    by_measure: dict[str, list[Result]] = {}
    for result in results:
        by_measure.setdefault(result.measure, []).append(result)
    for name, own in by_measure.items():
        definition = measure_named(name)
        title = f"{definition.title.sv} ({name}, version {definition.version})"
        grid = Table("Period", "Enhet", *own[0].cut, title=title)
        for heading in ("Värde", "95 %", "Antal"):
            grid.add_column(heading, justify="right")
        grid.add_column("Utfall")
        for result in own:
            grid.add_row(result.period, result.unit, *result.cut.values(), *_shown(result))
        console.print(grid)


def _shown(result: Result) -> tuple[str, str, str, str]:
    """Value, interval, counts and verdict as words and Swedish numbers."""
    if result.suppression:
        return result.suppression.text("sv"), "", "", ""
    ends = "" if result.value is None else f"{_number(result.lower, result)}–{_number(result.upper, result)}"
    below = result.denominator
    of = str(result.n) if below is None else f"{result.numerator} av {_decimal(below, 1)}"
    return _number(result.value, result), ends, of, _VERDICTS.get(result.verdict or "", "")


def _number(value: float | None, result: Result) -> str:
    if value is None:
        return "saknas"
    if measure_named(result.measure).kind in ("proportion", "ratio"):
        return f"{_decimal(100 * value, 1)} %"
    return _decimal(value, 0 if value == round(value) else 1)


def _decimal(value: float, places: int) -> str:
    return str(value) if isinstance(value, int) else f"{value:.{places}f}".replace(".", ",")


def _sentence(result: Result) -> str:
    value, ends, of, verdict = _shown(result)
    return " · ".join(part for part in (value, ends, of, verdict) if part)


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


_VERDICTS = {
    "met": "nått",
    "likely_met": "sannolikt nått",
    "cannot_tell": "går inte att avgöra",
    "missed": "inte nått",
}
_WRITERS = {Format.TABLE: _write_table, Format.JSON: _write_json, Format.CSV: _write_csv}
