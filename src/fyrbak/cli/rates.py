"""``fyrbak rates``: incidence or mortality from a file of cases and a file of the population."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.cli.options import Format, MappingFile, Written
from fyrbak.definitions import pick
from fyrbak.errors import BadInputError
from fyrbak.measures.registry.counts import read_counts
from fyrbak.measures.registry.rates import (
    Below,
    Change,
    GroupBelow,
    Row,
    against_threshold,
    below_from,
    by_age,
    changes,
    chosen,
)
from fyrbak.measures.registry.rates import rates as rates_of
from fyrbak.records.columns import SEX, names_in
from fyrbak.reports import formats
from fyrbak.reports.words import Words

_WORDS = Words("sv")


class IntervalName(StrEnum):
    """Intervals of standardised rates."""

    GAMMA = "gamma"
    DOBSON = "dobson"


def rates(
    cases: Annotated[
        Path,
        typer.Argument(
            help="CSV of cases, or of deaths. Columns: `age` (completed years, or groups such as 45-49 and "
            "85+), and where wanted `sex` (1 or male, 2 or female), `year`, `n` (how many a row is of; 1 "
            "without it)."
        ),
    ],
    population: Annotated[
        Path,
        typer.Option(
            help="CSV of the population. Columns: `age`, `n` (person-years, or the mean population of the "
            "year), and `sex`, `year` as in the cases."
        ),
    ],
    standard: Annotated[
        str,
        typer.Option(
            help="Standard population: world_segi, esp1976, nordic2000, esp2013, who2000_2025, all, or a "
            "CSV with `age` (first year of each group) and `weight`."
        ),
    ] = "nordic2000",
    by: Annotated[
        str | None, typer.Option(help="Columns of both files, such as sex,year. Default: all.")
    ] = None,
    each: Annotated[
        str | None,
        typer.Option(
            help="Column of the cases alone, such as entity: each value beside the same population. For "
            "diseases of one sex give --sex, or --by sex."
        ),
    ] = None,
    sex: Annotated[str | None, typer.Option(help="Only male or only female, in both files.")] = None,
    years: Annotated[str | None, typer.Option(help="Only these years, in both files: 2010:2014.")] = None,
    mean_years: Annotated[
        int | None, typer.Option(help="Each run of so many years together, such as 3.", min=1)
    ] = None,
    interval: Annotated[
        IntervalName, typer.Option(help="95 % interval of standardised rates; crude ones are exact.")
    ] = IntervalName.GAMMA,
    threshold: Annotated[
        float | None,
        typer.Option(
            help="Cases per 100,000: the probability of being below it under every standard, and a verdict "
            "where all standards agree. Cervical cancer counts as eliminated below 4."
        ),
    ] = None,
    age_specific: Annotated[bool, typer.Option("--age-specific", help="Rates by age group instead.")] = False,
    trend: Annotated[
        bool,
        typer.Option(
            "--trend",
            help="Estimated annual change; with --threshold the year from which on it is below.",
        ),
    ] = False,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """Incidence or mortality per 100,000 person-years: crude, by age, age-standardised, over time.

    JSON rows have the keys group, age, standard, cases, person_years, rate, lower, upper, below and verdict;
    standard is empty for the crude rate. With --trend: group, standard, years, change, lower, upper, where
    0.02 is 2 % a year. With --trend and --threshold: group, standard, years, heading (falls, rises,
    cannot_tell), year, lower, upper and verdict: from which year on the rate is below, if it goes on so.
    """
    names = names_in(mapping)
    counts = read_counts(
        cases, population, names, by=columns_in(by), each=each, sex=_sex(sex), years=_years(years)
    )
    under = chosen(standard, names)
    if (age_specific or trend) and len(under) > 1:
        raise BadInputError(f"--standard {standard}: ages and trends go with one standard. Name one.")
    if trend and threshold is not None:
        crossed = below_from(counts, _above_0(threshold))
        rows = [row for one in crossed for row in one.rows()]
        _write(rows, format_, lambda: _crossed(crossed, rows, threshold))
        return
    if trend:
        changed = changes(counts, under[0])
        _write(changed, format_, lambda: typer.echo("\n".join(map(_told, changed))))
        return
    if age_specific:
        found = by_age(counts, under[0])
    elif threshold is not None:
        found = against_threshold(counts, _above_0(threshold), mean_years=mean_years)
    else:
        found = rates_of(counts, under, interval=interval.value, mean_years=mean_years)
    _write(found, format_, lambda: _table(found, threshold))


def _crossed(crossed: Sequence[GroupBelow], rows: Sequence[Below], threshold: float) -> None:
    """The year under every standard, and what they say together."""
    table = Table(title=_WORDS("registry.crossing"), box=SIMPLE, pad_edge=False)
    for key in ("group", "standard", "year", "interval"):
        table.add_column(_WORDS(f"registry.{key}"))
    for row in rows:
        told = str(row.year) if row.year else _WORDS(f"registry.heading.{row.heading}")
        table.add_row(_group(row.group), row.standard, told, formats.span(row.lower, row.upper))
    Console().print(table)
    limit = formats.decimal(threshold, 1, "sv")
    for one in crossed:
        words = {"group": _group(one.group), "threshold": limit}
        if one.under.verdict == "falls":
            words["years"] = formats.span(one.under.lower, one.under.upper)
        typer.echo(_WORDS(f"registry.crossing.{one.under.verdict}", **words))


def _write(
    found: Sequence[Row] | Sequence[Change] | Sequence[Below], format_: Format, as_table: Callable[[], None]
) -> None:
    if format_ is Format.JSON:
        rows = [asdict(row) for row in found]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False))
    else:
        as_table()


def _table(rows: Sequence[Row], threshold: float | None) -> None:
    aged = any(row.age for row in rows)
    table = Table(title=_WORDS("registry.rates"), box=SIMPLE, pad_edge=False)
    table.add_column(_WORDS("registry.group"))
    table.add_column(_WORDS("registry.age" if aged else "registry.standard"))
    for key in ("cases", "person_years", "rate", "interval"):
        table.add_column(_WORDS(f"registry.{key}"), justify="right", no_wrap=True)
    if threshold is not None:
        shown = formats.decimal(threshold, 1, "sv")
        table.add_column(_WORDS("registry.below", threshold=shown), justify="right")
    for row in rows:
        cells = [
            _group(row.group),
            row.age if aged else row.standard or _WORDS("registry.crude"),
            formats.integer(round(row.cases), "sv"),
            formats.integer(round(row.person_years), "sv"),
            _number(row.rate),
            _ends(row),
        ]
        if threshold is not None:
            cells.append("" if row.below is None else formats.percent(row.below, "sv", 0))
        table.add_row(*cells)
    Console().print(table)
    verdicts = {row.group: row.verdict for row in rows if row.verdict}
    for group, verdict in verdicts.items():
        words = {"group": _group(group), "threshold": formats.decimal(threshold or 0, 1, "sv")}
        typer.echo(_WORDS(f"registry.verdict.{verdict}", **words))


def _told(row: Change) -> str:
    if row.change is None or row.lower is None or row.upper is None:
        return _WORDS("registry.no_trend", group=_group(row.group))
    change, lower, upper = (
        f"{formats.signed(100 * end, 'sv')} %" for end in (row.change, row.lower, row.upper)
    )
    return _WORDS("registry.trend", group=_group(row.group), change=change, lower=lower, upper=upper)


def _ends(row: Row) -> str:
    if row.lower is None and row.upper is None:
        return _WORDS("registry.unsaid")
    return f"{_number(row.lower)}–{_number(row.upper)}"


def _number(value: float | None) -> str:
    return _WORDS("registry.unsaid") if value is None else formats.decimal(value, 2, "sv")


def _group(name: str) -> str:
    return _WORDS("registry.all") if name == "all" else name


def columns_in(by: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in by.split(",") if part.strip()) if by else ()


def _sex(text: str | None) -> str | None:
    return SEX[pick("sex", text.lower(), list(SEX))] if text else None


def _years(text: str | None) -> tuple[int, int] | None:
    """``2010:2014``, or one year. Raises BadInputError for anything else."""
    if text is None:
        return None
    first, _, last = text.partition(":")
    last = last or first
    if not (first.isdecimal() and last.isdecimal() and int(first) <= int(last)):
        raise BadInputError(f"--years {text}: write two years, such as 2010:2014.")
    return int(first), int(last)


def _above_0(threshold: float) -> float:
    if not 0 < threshold < 100_000:
        raise BadInputError(f"--threshold {threshold:g}: give cases per 100,000, above 0.")
    return threshold
