"""``fyrbak survival`` and ``fyrbak life-table``: survival of patients, and tables of the population."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak import clock
from fyrbak.cli.options import Format, MappingFile, Written
from fyrbak.measures.registry.life_tables import make_life_table, write_life_table
from fyrbak.measures.registry.survival import (
    LEAST_IN_GROUP,
    LEAST_IN_STRATUM,
    Answer,
    Asked,
    answer,
    period_in,
    times_in,
    weight_set,
)
from fyrbak.records.columns import names_in
from fyrbak.reports import formats
from fyrbak.reports.words import Words

_WORDS = Words("sv")


class MethodName(StrEnum):
    """The methods by name; docs/survival.md says which is for what."""

    POHAR_PERME = "pohar-perme"
    EDERER1 = "ederer1"
    EDERER2 = "ederer2"
    HAKULINEN = "hakulinen"
    KM = "km"
    CAUSE_SPECIFIC = "cause-specific"


class ScaleName(StrEnum):
    """On which scale intervals are symmetric."""

    LOG = "log"
    LOG_LOG = "log-log"
    PLAIN = "plain"


class ProductName(StrEnum):
    """How the hazards of days become survival."""

    KAPLAN_MEIER = "kaplan-meier"
    FLEMING_HARRINGTON = "fleming-harrington"


class WeightingName(StrEnum):
    """What a standard weighs."""

    GROUPS = "groups"
    INDIVIDUALS = "individuals"


class Compat(StrEnum):
    """Programs whose figures can be reproduced."""

    RELSURV = "relsurv"


def survival(
    patients: Annotated[
        Path,
        typer.Argument(
            help="CSV with a row for each patient. Columns: `time` (days from diagnosis to death or last "
            "contact), `cens` or `status` (0 alive, 1 dead, 2 dead of something else), `age` (years at "
            "diagnosis), `sex` (1 or male, 2 or female), `year` or `diag` (day of diagnosis, 2019-03-31; a "
            "year alone is taken as 1 July). km needs only the first two."
        ),
    ],
    life_table: Annotated[
        Path | None,
        typer.Option(
            help="CSV with the population's mortality. Columns: `age` (single years), `year`, `sex`, and "
            "`haz_per_day` (deaths per person and day) or `prob_survive_year` (chance to live a year); "
            "further columns that patients have too, such as `region`, divide it. Needed but for km and "
            "cause-specific."
        ),
    ] = None,
    method: Annotated[MethodName, typer.Option(help="How survival is estimated.")] = MethodName.POHAR_PERME,
    by: Annotated[str | None, typer.Option(help="Column whose values are told apart. Default: all.")] = None,
    times: Annotated[str, typer.Option(help="Years since diagnosis, with commas between.")] = "1,5,10",
    interval: Annotated[
        ScaleName, typer.Option(help="Scale on which the 95 % interval is symmetric.")
    ] = ScaleName.LOG,
    product: Annotated[
        ProductName, typer.Option(help="Product of days, or exponential of their sum.")
    ] = ProductName.KAPLAN_MEIER,
    standard: Annotated[
        str | None,
        typer.Option(help="Ages to standardise to, such as icss1 or nordcan_1. Default: not standardised."),
    ] = None,
    weighting: Annotated[
        WeightingName,
        typer.Option(
            help="With --standard: weigh the survival of age groups (traditional), or the patients "
            "themselves from the start (Brenner), as NORDCAN does."
        ),
    ] = WeightingName.GROUPS,
    period: Annotated[
        str | None, typer.Option(help="Period analysis: only follow-up in these years or days, 2010:2012.")
    ] = None,
    compat: Annotated[
        Compat | None, typer.Option(help="relsurv: the figures of R's relsurv 2.2-9, daily steps and all.")
    ] = None,
    show_small: Annotated[
        bool,
        typer.Option(
            "--show-small",
            help=f"Also groups below {LEAST_IN_GROUP} patients, or {LEAST_IN_STRATUM} in an age group of the "
            "standard. They are not for publication.",
        ),
    ] = False,
    mapping: MappingFile = None,
    format_: Written = Format.TABLE,
) -> None:
    """Survival of patients after 1, 5, 10 years: net, relative, cause-specific or observed.

    Values are shares of 1 in JSON, with the keys group, time_years, survival, lower, upper, at_risk and n;
    what cannot be said is null. Intervals have the level 95 %.
    """
    asked = Asked(
        method=method.value,
        times=times_in(times),
        by=by,
        scale=interval.value,
        product=product.value,
        standard=weight_set(standard) if standard else None,
        weighting=weighting.value,
        period=period_in(period),
        relsurv=compat is Compat.RELSURV,
        small=show_small,
    )
    found = answer(patients, life_table, mapping, asked, clock.today())
    if format_ is Format.JSON:
        typer.echo(
            json.dumps([asdict(row) for row in found.rows], ensure_ascii=False, indent=1, allow_nan=False)
        )
    else:
        _print(found, asked)
    for note in _notes(found, asked):
        typer.echo(note, err=True)


def life_table(
    population: Annotated[
        Path,
        typer.Argument(
            help="CSV of the population on the last day of each year. Columns: `age` (single years, the last "
            "may be 100+), `sex`, `year`, `n`."
        ),
    ],
    deaths: Annotated[Path, typer.Option(help="CSV of deaths with the same columns.")],
    by: Annotated[
        str | None, typer.Option(help="Column of both that divides the table, such as region.")
    ] = None,
    years: Annotated[
        int, typer.Option(help="Calendar years taken together around each: 1, 3, 5. No other smoothing.")
    ] = 1,
    mapping: MappingFile = None,
) -> None:
    """A life table by sex, single year of age and calendar year, as CSV for --life-table."""
    divided = (by,) if by else ()
    rows = make_life_table(population, deaths, names_in(mapping), divided, years=years)
    write_life_table(rows, divided, sys.stdout)


def _print(found: Answer, asked: Asked) -> None:
    title = _WORDS("registry.survival", method=_WORDS(f"registry.method.{asked.method}"))
    table = Table(title=title, box=SIMPLE, pad_edge=False)
    table.add_column(_WORDS("registry.group"))
    for key in ("years", "survived", "interval", "at_risk", "n"):
        table.add_column(_WORDS(f"registry.{key}"), justify="right")
    unsaid = _WORDS("registry.unsaid")
    for row in found.rows:
        group = row.group if asked.by else _WORDS("registry.all")
        ends = [
            unsaid if end is None else formats.decimal(100 * end, 1, "sv") for end in (row.lower, row.upper)
        ]
        table.add_row(
            group,
            formats.decimal(row.time_years, 0 if row.time_years.is_integer() else 1, "sv"),
            unsaid if row.survival is None else formats.percent(row.survival, "sv"),
            unsaid if ends == [unsaid, unsaid] else "–".join(ends),
            formats.integer(row.at_risk, "sv"),
            formats.integer(row.n, "sv"),
        )
    Console().print(table)


def _notes(found: Answer, asked: Asked) -> list[str]:
    """What whoever reads the numbers must know, on standard error."""
    notes = [_WORDS("registry.scale", scale=asked.scale)]
    if asked.standard:
        how = _WORDS(f"registry.weighting.{asked.weighting}")
        notes.append(_WORDS("registry.standardised", standard=asked.standard.title.sv, how=how))
    if found.held_back:
        groups = ", ".join(found.held_back) if asked.by else _WORDS("registry.all")
        notes.append(
            _WORDS("registry.held_back", group=LEAST_IN_GROUP, stratum=LEAST_IN_STRATUM, groups=groups)
        )
    if asked.small:
        notes.append(_WORDS("registry.small"))
    if found.rounded:
        notes.append(_WORDS("registry.rounded", number=found.rounded))
    if found.left_out:
        notes.append(_WORDS("registry.left_out", number=found.left_out))
    return notes
