"""``fyrbak register coverage|timeliness|silence|completeness|quality|indicators``: how good a register is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table as Printed

from fyrbak.cli.options import Format, MappingFile, Written
from fyrbak.measures.register_quality.completeness import completeness as completeness_of
from fyrbak.measures.register_quality.coverage import coverage as coverage_of
from fyrbak.measures.register_quality.indicator_sets import indicator_set
from fyrbak.measures.register_quality.indicators import read_file
from fyrbak.measures.register_quality.linked import COLUMNS, Linked, read_linked
from fyrbak.measures.register_quality.panel import (
    keep,
    register_indicators,
    register_quality,
)
from fyrbak.measures.register_quality.silence import standstills
from fyrbak.measures.register_quality.timeliness import HORIZON, delays
from fyrbak.records.columns import names_in
from fyrbak.reports import register_indicators as told_indicators
from fyrbak.reports import register_quality as told
from fyrbak.reports.drawing import Table
from fyrbak.reports.words import Words

_COLUMNS = "\n\n".join(f"{name}: {what}." for name, what in COLUMNS.items())
_LINKED = f"Columns of the file, a row for each case that any source knows:\n\n{_COLUMNS}"

LinkedFile = Annotated[Path, typer.Argument(help="CSV of cases linked between the registers.")]
Extract = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day of the extract, in place of the column.")
]
ShowSmall = Annotated[
    bool, typer.Option("--show-small", help="Also counts of 1 to 4. They are not for publication.")
]


class Cut(StrEnum):
    """What numbers may be cut by."""

    REGION = "region"
    UNIT = "unit"
    AGE = "age"
    SEX = "sex"
    SITE = "site"


class NegativeName(StrEnum):
    """What becomes of a wait whose end lies before its start."""

    MISSING = "missing"
    ZERO = "zero"
    DROP = "drop"


COVERAGE = (
    "Coverage: the share of the cancer register's cases that the quality register has, by year, and the"
    " share of later forms that have come.\n\n"
    "JSON rows: register, form (empty: the first report), year, group, n, hits, value, lower, upper (95 %,"
    " Wilson), level, sure, suppressed, ceiling (null: not told), extract.\n\n"
    f"{_LINKED}"
)
TIMELINESS = (
    "Timeliness: days from diagnosis to registration by unit and year, as they look and corrected for reports"
    " that are still to come.\n\n"
    "JSON rows: register, year, group, whole, negative, extract, why, n, median, corrected_median, within"
    " (days, naive, corrected, lower, upper), expected, expected_lower, expected_upper.\n\n"
    f"{_LINKED}"
)
COMPLETENESS = (
    "Completeness by capture-recapture: with two sources Chapman's method, with a third (source_...)"
    " log-linear models by AIC.\n\n"
    "JSON rows: register, group, sources, method, seen, total, lower, upper, known (source, n, value, lower,"
    f" upper), dependent, models, suppressed, why.\n\n{_LINKED}"
)
SILENCE = (
    "Silent units: whose reports of the latest weeks have stopped or fallen by more than chance and season"
    " explain; at most one false alarm in 1,000 looks.\n\n"
    "JSON rows: register, unit (all: the register), state (silent, fallen, as_before, too_few: cannot tell),"
    " weeks, expected, observed (null: 1 to 4), last_report, probability, extract.\n\n"
    f"{_LINKED}"
)
QUALITY = (
    "Registers side by side: coverage, forms, timeliness, silent units, completeness. What may be shown is"
    " kept for the page /register/quality/, in place of what was kept of the same register before.\n\n"
    f"{_LINKED}"
)
INDICATORS = (
    "Quality indicators of a register's own file: level against targets, n, interval, trend, how many"
    " answers are known.\n\n"
    "JSON: answers (register, indicator, year, by, group, n, hits, value, lower, upper, level, sure,"
    " suppressed, population, known, completeness, negative, unclear) and changes (in shares a year)."
    " Columns: docs/indicators.md."
)


def coverage(
    file: LinkedFile,
    by: Annotated[Cut | None, typer.Option(help="Cut by region, unit, age, sex or site.")] = None,
    extract: Extract = None,
    show_small: ShowSmall = False,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """Coverage of each register in the file."""
    found = [(one, coverage_of(one, by or "", small=show_small)) for one in _read(file, mapping, extract)]
    for one, rows in _write_each(found, format_):
        caption = Words("sv")("quality.coverage.all", extract=one.extract.isoformat())
        _print(told.coverage_table(rows, caption, "sv"))


def timeliness(
    file: LinkedFile,
    by: Annotated[Cut | None, typer.Option(help="Cut by unit, region, age, sex or site.")] = Cut.UNIT,
    horizon: Annotated[
        int, typer.Option(help="Reports later than so many days are left out.", min=365)
    ] = HORIZON,
    extract: Extract = None,
    show_small: ShowSmall = False,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """Days to registration of each register in the file."""
    needs = ("diagnosis", "reported")
    found = [
        (one, delays(one, by or "", horizon=horizon, small=show_small))
        for one in _read(file, mapping, extract, needs)
    ]
    for _, rows in _write_each(found, format_):
        _print(told.delays_table(rows, Words("sv")("quality.timeliness"), "sv"))
        typer.echo(Words("sv")("quality.timeliness.note"))


def silence(
    file: LinkedFile,
    extract: Extract = None,
    show_small: ShowSmall = False,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """How each unit reports of late."""
    needs = ("unit", "reported")
    found = [(one, standstills(one, small=show_small)) for one in _read(file, mapping, extract, needs)]
    for _, rows in _write_each(found, format_):
        _print(told.silence_table(rows, "sv"))
        typer.echo(told.silence_sentence(rows, "sv"))


def completeness(
    file: LinkedFile,
    by: Annotated[Cut | None, typer.Option(help="Cut by site, age, region, sex or unit.")] = None,
    extract: Extract = None,
    show_small: ShowSmall = False,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """How many cases there are, and how many of them each source knows."""
    found = [(one, completeness_of(one, by or "", small=show_small)) for one in _read(file, mapping, extract)]
    for _, rows in _write_each(found, format_):
        for one in rows:
            typer.echo(f"{told.group_name(one.group, 'sv')}: {told.completeness_sentence(one, 'sv')}")
            if sources := told.sources_table(one, "sv"):
                _print(sources)
            if one.models:
                _print(told.models_table(one, "sv"))


def quality(
    files: Annotated[
        list[Path], typer.Argument(help="CSV files of linked cases, one or more registers in each.")
    ],
    extract: Extract = None,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """Keep and show what may be shown of every register."""
    found = [register_quality(linked) for file in files for linked in _read(file, mapping, extract)]
    for one in found:
        keep(one)
    if format_ is Format.JSON:
        _json([asdict(one) for one in found])
    else:
        _print(told.overview(found, "sv"))


def indicators(
    files: Annotated[
        list[Path], typer.Argument(help="CSV of a register's cases; more files are more registers.")
    ],
    set_: Annotated[
        str, typer.Option("--set", help="Which indicators: nkbc, or common for any register.")
    ] = "nkbc",
    register: Annotated[
        str | None, typer.Option(help="Which register the file is of. Default: the file's name.")
    ] = None,
    by: Annotated[Cut | None, typer.Option(help="Cut by region, unit, age, sex or site.")] = None,
    negative: Annotated[
        NegativeName,
        typer.Option(
            help="An end before its start: a missing answer, 0 days, or a case to drop. It is counted."
        ),
    ] = NegativeName.MISSING,
    keep_: Annotated[
        bool,
        typer.Option(
            "--keep",
            help="Keep what may be shown, by every cut of the file, for the page /register/indicators/.",
        ),
    ] = False,
    show_small: ShowSmall = False,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """Hold each file against the indicators of a set."""
    of, names, found = indicator_set(set_), names_in(mapping), []
    for file in files:
        name = register if register and len(files) == 1 else file.stem
        read = read_file(file, names, of, register=name)
        cuts = [by.value] if by else []
        found.append(register_indicators(read, cuts, negative=negative.value, small=show_small))
        if keep_:
            keep(register_indicators(read, list(read.cuts), negative=negative.value))
    if format_ is Format.JSON:
        _json([{**asdict(one), "answers": [_flat(answer) for answer in one.answers]} for one in found])
        return
    for one in found:
        for place in told_indicators.places(one):
            _print(told_indicators.indicators_table(one, place, "sv"))
        typer.echo(told_indicators.sentence(one, told_indicators.EVERYBODY, "sv"))
    if len(found) > 1:
        for indicator in told_indicators.told_by_any(found, of):
            _print(told_indicators.over_registers(found, indicator, "sv"))


def _read(
    file: Path, mapping: Path | None, extract: datetime | None, needs: tuple[str, ...] = ()
) -> list[Linked]:
    return read_linked(file, names_in(mapping), extract=extract.date() if extract else None, needs=needs)


def _write_each(
    found: Sequence[tuple[Linked, Sequence[Any]]], format_: Format
) -> Iterable[tuple[Linked, Sequence[Any]]]:
    """All rows as one JSON list; else each register for whoever prints it."""
    if format_ is Format.TABLE:
        return found
    _json([_flat(row) for _, rows in found for row in rows])
    return ()


def _flat(row: Any) -> dict[str, Any]:
    """A row as one plain object: its share beside its keys, and what is known of the population."""
    plain = asdict(row)
    plain |= plain.pop("of", {})
    if complete := plain.pop("complete", None):
        plain |= {"population": complete["n"], "known": complete["hits"], "completeness": complete["value"]}
    return plain


def _json(rows: list[dict[str, Any]]) -> None:
    typer.echo(json.dumps(rows, ensure_ascii=False, indent=1, allow_nan=False, default=_day))


def _day(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value)} is no value of a row.")


def _print(table: Table) -> None:
    printed = Printed(title=table.caption, box=SIMPLE, pad_edge=False)
    for heading, numeric in table.heads():
        printed.add_column(heading, justify="right" if numeric else "left", overflow="fold")
    for row in table.rows:
        printed.add_row(*row)
    Console().print(printed)
