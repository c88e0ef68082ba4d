"""``fyrbak rate``, ``fyrbak curve`` and ``fyrbak equity``: measures made comparable."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.cli.measures import Format, SnapshotFolder
from fyrbak.definitions import pick
from fyrbak.errors import BadInputError
from fyrbak.measures.definitions import Measure
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.disclosure import Suppressed
from fyrbak.measures.equity import Equity
from fyrbak.measures.equity import equity as equity_of
from fyrbak.measures.numbers import PERSON_YEARS
from fyrbak.measures.rates import Standardised
from fyrbak.measures.results import Result
from fyrbak.measures.shown import curves_of, rates_of
from fyrbak.measures.standards import Standard
from fyrbak.measures.standards import standard as standard_named
from fyrbak.measures.statistics.checks import TooThin
from fyrbak.measures.statistics.inequality import Gap, Slope
from fyrbak.measures.statistics.intervals import Estimate
from fyrbak.measures.store import lacking
from fyrbak.measures.survival import Waiting
from fyrbak.measures.tallies import check_interval
from fyrbak.records.organisations import COUNTRY, regions
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats
from fyrbak.reports.words import Words

_WORDS = Words("sv")
_HEADINGS = {
    "period": "Period", "unit": "Enhet", "n": "Antal", "standard": "Standard", "value": "Värde",
    "lower": "Från", "upper": "Till", "below": "P(under)", "verdict": "Utfall", "day": "Dag",
    "waiting": "Väntar", "what": "", "group": "Grupp", "same_ages": "Samma åldrar", "text": "",
}  # fmt: skip
_WHAT = {
    "missing": "equity.missing", "gap": "equity.gap", "ratio": "equity.ratio", "slope_index": "equity.slope",
    "relative_index": "equity.relative",
}  # fmt: skip
_NOT_IN_TABLES = ("measure", "divider")
_Row = dict[str, Any]

By = Annotated[list[str] | None, typer.Option(help="Dimensions, such as region.")]
MeasureId = Annotated[str, typer.Option("--measure", help="Id of the measure.")]
Period = Annotated[str | None, typer.Option(help="Only this period, such as 2024.")]
Written = Annotated[Format, typer.Option("--format", help="How to write the answer.")]


def rate(
    snapshot: SnapshotFolder,
    measure_id: MeasureId = "cervical_incidence",
    by: By = None,
    standard: Annotated[str | None, typer.Option(help="One standard population. Default: all.")] = None,
    period: Period = None,
    format_: Written = Format.TABLE,
) -> None:
    """Age-standardised rates per 100,000 person-years, and what they say of the measure's threshold."""
    of, chosen = measure_named(measure_id), standard_named(standard) if standard else None
    found = rates_of(_opened(snapshot, of), of, tuple(by or ()))
    _check(period, [one.crude.period for one in found])
    own = [one for one in found if period in (None, one.crude.period)]
    _write([row for one in own for row in _rates(one, chosen)], format_)


def curve(
    snapshot: SnapshotFolder,
    measure_id: MeasureId = "svf_treated_by_day",
    by: By = None,
    interval: Annotated[str, typer.Option(help="year, quarter or month.")] = "year",
    period: Period = None,
    format_: Written = Format.TABLE,
) -> None:
    """The share treated by each day, with those who still wait in the count (Kaplan and Meier)."""
    of = measure_named(measure_id)
    found = curves_of(_opened(snapshot, of), of, tuple(by or ()), check_interval(of, interval))
    _check(period, [one.result.period for one in found])
    _write([row for one in found if period in (None, one.result.period) for row in _points(one)], format_)


def equity(
    snapshot: SnapshotFolder,
    measure_id: MeasureId,
    along: Annotated[str, typer.Option(help="education, income, birth_country or municipality_group.")],
    by: Annotated[
        str | None, typer.Option(help="region: each region for itself. Default: the country.")
    ] = None,
    period: Period = None,
    same_ages: Annotated[bool, typer.Option("--same-ages", help="Also with the ages of all.")] = False,
    format_: Written = Format.TABLE,
) -> None:
    """Whether a measure is alike for all: groups, gap, ratio, slope and relative index of inequality."""
    of, opened = measure_named(measure_id), Snapshot.open(snapshot)
    if by not in (None, "region"):
        raise BadInputError(
            f"--by {by}: groups are compared for the country or by region. Write --by region."
        )
    units = [place.code for place in regions()] if by else [COUNTRY]
    _banner(opened)
    found = [equity_of(opened, of, along, unit=unit, period=period, same_ages=same_ages) for unit in units]
    _write([row for one in found for row in _groups(one)], format_)


def _opened(folder: SnapshotFolder, of: Measure) -> Snapshot:
    opened = Snapshot.open(folder)
    if absent := lacking(opened, of):
        raise BadInputError(f"{of.id} cannot be measured: the snapshot has no {', '.join(absent)}.")
    _banner(opened)
    return opened


def _check(period: str | None, periods: Sequence[str]) -> None:
    if period is not None:
        pick("period", period, list(dict.fromkeys(periods)))


def _banner(opened: Snapshot) -> None:
    if opened.synthetic:
        typer.echo(_WORDS("banner"), err=True)


def _place(result: Result) -> _Row:
    return {
        "measure": result.measure,
        "period": result.period,
        "unit": result.unit,
        **result.cut,
        "n": result.n,
    }


def _rates(one: Standardised, chosen: Standard | None) -> Iterator[_Row]:
    """The crude rate, then the rates under the chosen standard or all."""
    hidden = one.crude.suppression.text("sv") if one.crude.suppression else ""
    crude = {"value": one.crude.value, "lower": one.crude.lower, "upper": one.crude.upper}
    yield {**_place(one.crude), "standard": "", **crude, "below": None, "verdict": None, "text": hidden}
    for rate in one.rates:
        if chosen not in (None, rate.standard):
            continue
        own = {"value": rate.value, "lower": rate.lower, "upper": rate.upper, "below": rate.below}
        yield {
            **_place(one.crude), "standard": rate.standard.id, **own, "verdict": one.verdict, "text": hidden,
        }  # fmt: skip


def _points(one: Waiting) -> Iterator[_Row]:
    for point in one.points:
        own = {"day": point.day, "value": point.share, "lower": point.lower, "upper": point.upper}
        yield {**_place(one.result), **own, "waiting": point.waiting}


def _groups(one: Equity) -> Iterator[_Row]:
    head = {"measure": one.measure.id, "period": one.period, "unit": one.unit, "divider": one.divider.id}
    empty = dict.fromkeys(("n", "value", "lower", "upper", "same_ages"))
    for group in one.groups:
        result, alike = group.result, group.standardised
        numbers = {"n": result.n, "value": result.value, "lower": result.lower, "upper": result.upper}
        text = result.suppression.text("sv") if result.suppression else ""
        yield {
            **head, "what": "group", "group": group.id, **numbers,
            "same_ages": alike[0] if alike else None, "text": text,
        }  # fmt: skip
    yield {**head, "what": "missing", "group": "", **empty, "value": one.missing, "text": ""}
    scale = PERSON_YEARS if one.measure.kind == "rate" else 1
    for what, estimate, text in _compared(one, scale):
        yield {**head, "what": what, "group": "", **empty, **estimate, "text": text}


def _compared(one: Equity, scale: int) -> Iterator[tuple[str, _Row, str]]:
    """Each comparison by name, with its numbers or the reason why there are none."""
    for name, gap in (("gap", one.gap), ("gap_same_ages", one.standardised_gap)):
        if isinstance(gap, Gap):
            yield name, _ends(gap.difference, scale), f"{one.groups[gap.one].id} – {one.groups[gap.other].id}"
            yield name.replace("gap", "ratio"), _ends(gap.ratio), ""
        elif gap is not None:
            yield name, {}, _why(gap)
    if isinstance(one.slope, Slope):
        yield "slope_index", _ends(one.slope.sii, scale), ""
        yield "relative_index", _ends(one.slope.rii), ""
    elif one.slope is not None:
        yield "slope_index", {}, _why(one.slope)


def _ends(estimate: Estimate, scale: int = 1) -> _Row:
    """The estimate as plain numbers; what cannot be said is None."""
    names = ("value", "lower", "upper")
    return {
        name: None if end != end else float(end) * scale for name, end in zip(names, estimate, strict=True)
    }


def _why(refused: TooThin | Suppressed) -> str:
    if isinstance(refused, Suppressed):
        return _WORDS("equity.hidden")
    return _WORDS(f"too_thin.{refused.reason}", has=refused.has, needs=refused.needs)


def _write(rows: Sequence[_Row], format_: Format) -> None:
    if format_ is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif format_ is Format.CSV and rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    elif rows:
        columns = [name for name in rows[0] if name not in _NOT_IN_TABLES]
        grid = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
        for name in columns:
            grid.add_column(_HEADINGS.get(name, name), overflow="fold")
        for row in rows:
            grid.add_row(*(_shown(name, row[name]) for name in columns))
        console = Console()
        console.print(_title(rows[0]["measure"]), style="bold", soft_wrap=True)
        console.print(grid)


def _title(name: str) -> str:
    of = measure_named(name)
    return f"{of.title.sv} ({of.id}, version {of.version})"


def _shown(column: str, value: object) -> str:
    """As other tables show it: numbers in Swedish, words for what is named, nothing where nothing is."""
    if isinstance(value, float):
        return formats.decimal(value, 1 if abs(value) >= 10 else 3, "sv")
    if column == "verdict" and value:
        return _WORDS(f"side.{value}")
    if column == "what":
        name, alike, _ = str(value).partition("_same_ages")
        words = _WORDS(_WHAT[name]) if name in _WHAT else ""
        return f"{words}, {_WORDS('equity.same_ages')}" if alike else words
    return "" if value is None else str(value)
