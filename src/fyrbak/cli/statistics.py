"""``fyrbak rate``, ``fyrbak curve`` and ``fyrbak equity``: measures made comparable."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.cli.banner import tell_if_invented
from fyrbak.cli.measures import Format, SnapshotFolder, dimensions_in, unit_name
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
from fyrbak.reports import equity as inequality
from fyrbak.reports import formats, rates
from fyrbak.reports.drawing import Table as Columns
from fyrbak.reports.names import cut_name
from fyrbak.reports.words import Words

_WORDS = Words("sv")
_Row = dict[str, Any]

By = Annotated[list[str] | None, typer.Option(help="Dimensions, such as region,sex; or one --by for each.")]
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
    found = rates_of(_opened(snapshot, of), of, tuple(dimensions_in(by)))
    _check(period, [one.crude.period for one in found])
    own = [_under(one, chosen) for one in found if period in (None, one.crude.period)]
    if format_ is Format.TABLE:
        _write_rates(of, own)
    else:
        _write([row for one in own for row in _rates(one)], format_)


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
    found = curves_of(_opened(snapshot, of), of, tuple(dimensions_in(by)), check_interval(of, interval))
    _check(period, [one.result.period for one in found])
    own = [one for one in found if period in (None, one.result.period)]
    if format_ is Format.TABLE:
        _write_curves(of, own)
    else:
        _write([row for one in own for row in _points(one)], format_)


def equity(
    snapshot: SnapshotFolder,
    measure_id: MeasureId,
    along: Annotated[str, typer.Option(help="education, income, birth_country or municipality_group.")],
    by: Annotated[
        str | None, typer.Option(help="region: each region for itself. Default: the country.")
    ] = None,
    period: Period = None,
    part: Annotated[str, typer.Option(help="Of a measure in parts: one part. Default: each of them.")] = "",
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
    found = [
        equity_of(opened, of, along, unit=unit, period=period, part=one, same_ages=same_ages)
        for unit in units
        for one in ([part] if part else of.split_values or [""])
    ]
    if format_ is Format.TABLE:
        _write_equity(found)
    else:
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
    tell_if_invented(opened.synthetic)


def _place(result: Result) -> _Row:
    return {
        "measure": result.measure,
        "period": result.period,
        "unit": result.unit,
        **result.cut,
        "n": result.n,
    }


def _under(one: Standardised, chosen: Standard | None) -> Standardised:
    """With the rates under the chosen standard alone, or all."""
    return replace(one, rates=tuple(rate for rate in one.rates if chosen in (None, rate.standard)))


def _rates(one: Standardised) -> Iterator[_Row]:
    """The crude rate, then the standardised ones."""
    hidden = one.crude.suppression.text("sv") if one.crude.suppression else ""
    crude = {"value": one.crude.value, "lower": one.crude.lower, "upper": one.crude.upper}
    yield {**_place(one.crude), "standard": "", **crude, "below": None, "verdict": None, "text": hidden}
    for rate in one.rates:
        own = {"value": rate.value, "lower": rate.lower, "upper": rate.upper, "below": rate.below}
        yield {
            **_place(one.crude), "standard": rate.standard.id, **own, "verdict": one.verdict, "text": hidden,
        }  # fmt: skip


def _points(one: Waiting) -> Iterator[_Row]:
    for point in one.points:
        own = {"day": point.day, "value": point.share, "lower": point.lower, "upper": point.upper}
        yield {**_place(one.result), **own, "waiting": point.waiting}


def _groups(one: Equity) -> Iterator[_Row]:
    head = {
        "measure": one.measure.id, "part": one.part.id if one.part else "", "period": one.period,
        "unit": one.unit, "divider": one.divider.id,
    }  # fmt: skip
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
    """The estimate as plain numbers; what cannot be said is None.

    Rounded as groups are: with the ages of all, more decimals could give small counts by age back.
    """
    names, places = ("value", "lower", "upper"), 4 if scale == 1 else 1
    return {
        name: None if end != end else round(float(end) * scale, places)
        for name, end in zip(names, estimate, strict=True)
    }


def _why(refused: TooThin | Suppressed) -> str:
    if isinstance(refused, Suppressed):
        return _WORDS("equity.hidden")
    return _WORDS(f"too_thin.{refused.reason}", has=refused.has, needs=refused.needs)


def _write(rows: Sequence[_Row], format_: Format) -> None:
    if format_ is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    elif rows:
        writer = csv.DictWriter(sys.stdout, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def _write_rates(of: Measure, found: Sequence[Standardised]) -> None:
    """Each place and period: the crude rate, the standardised ones, and what they say of the threshold."""
    console = _titled(of)
    for one in found:
        who = _who(of, one.crude)
        console.print(f"{who}: {formats.number_line(one.crude, 'sv')}", soft_wrap=True)
        if not one.crude.suppressed:
            _print(console, rates.standards_table(of, one, who, "sv"))
            console.print(rates.verdict(one, who, "sv"), soft_wrap=True)


def _write_curves(of: Measure, found: Sequence[Waiting]) -> None:
    """Each place and period: its result, then the share by day and how many still wait."""
    console = _titled(of)
    for one in found:
        console.print(f"{_who(of, one.result)}: {formats.number_line(one.result, 'sv')}", soft_wrap=True)
        waiting = _WORDS("curve.waiting", period=one.result.period)
        headings = (_WORDS("curve.day"), _WORDS("value"), _WORDS("interval"), waiting)
        rows = tuple(
            (
                str(point.day),
                formats.percent(point.share, "sv"),
                "–".join(
                    formats.amount(end, of.kind, "sv")
                    for end in (point.lower, point.upper)
                    if end is not None
                ),
                "–" if point.waiting is None else formats.integer(point.waiting, "sv"),
            )
            for point in one.points
        )
        if rows:
            _print(console, Columns("", headings, (True,) * len(headings), rows))


def _write_equity(found: Sequence[Equity]) -> None:
    """Each place: its groups, then how they compare."""
    console = _titled(found[0].measure)
    for one in found:
        who = unit_name(one.unit)
        of_part = f", {_WORDS.text(one.part.text).lower()}" if one.part else ""
        console.print(f"{who}{of_part}, {one.period}")
        _print(console, inequality.groups_table(one, who, "sv"))
        for what, told in inequality.facts(one, "sv"):
            console.print(f"{what}: {told}", soft_wrap=True)
        console.print()


def _titled(of: Measure) -> Console:
    console = Console(highlight=False)
    console.print(f"{of.title.sv} ({of.id}, version {of.version})", style="bold", soft_wrap=True)
    return console


def _who(of: Measure, result: Result) -> str:
    """The place and the groups that a result is of."""
    groups = (cut_name(of, *one, _WORDS) for one in result.cut.items())
    return ", ".join((unit_name(result.unit), *groups))


def _print(console: Console, table: Columns) -> None:
    """A table of a report as text; its title has been said above it."""
    grid = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for heading, number in table.heads():
        grid.add_column(heading, justify="right" if number else "left", overflow="fold")
    for row in table.rows:
        grid.add_row(*row)
    console.print(grid)
