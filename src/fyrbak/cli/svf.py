"""``fyrbak svf``: where days are lost, risks held against what came, and what a new limit would change.

For those who may see the records: small counts are shown, and every answer says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak.cli.banner import tell_if_invented
from fyrbak.cli.lazily import Command, group
from fyrbak.cli.measures import SnapshotFolder
from fyrbak.cli.progress import shown
from fyrbak.cli.svf_events import events
from fyrbak.cli.worklist import refresh
from fyrbak.errors import BadInputError
from fyrbak.measures.breach import breach_tallies, calibration
from fyrbak.measures.compare import trend
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.limit_change import limit_change
from fyrbak.measures.lost_days import judged_years, lost_days, lost_days_tallies
from fyrbak.measures.lost_days_shown import gap
from fyrbak.measures.store import results_of
from fyrbak.measures.week_tables import UNJUDGED, prepare_week
from fyrbak.measures.what_if.answers import QUEUES, what_if
from fyrbak.measures.what_if.region import tried as back_tests_of
from fyrbak.measures.what_if.stations import cases, stations
from fyrbak.pathways.definitions import read_pathway
from fyrbak.pathways.run import run
from fyrbak.records.organisations import COUNTRY, organisation, regions
from fyrbak.records.organisations import region as organisation_named
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats
from fyrbak.reports.gaps import gap_table, notes, unjudged_sentence
from fyrbak.reports.words import Words

_REPORTS = group(
    [
        Command("deliver", "reporting.deliver"),
        Command("freeze", "reporting.freeze"),
        Command("conditions", "reporting.conditions"),
        Command("prem", "reporting.prem"),
    ]
)
app = typer.Typer(
    cls=_REPORTS,
    no_args_is_help=True,
    help="Standardised pathways: lost days, risk of breach, new limits, more capacity.",
)
app.command()(events)
app.command("refresh")(refresh)
_WORDS = Words("sv")
_HISTORY = timedelta(days=3 * 365)  # how far back the endings come from that the risk is read off
_OPEN_YET = timedelta(days=365)  # hardly any pathway that began longer ago is still open


@app.command("lost-days")
def lost(
    snapshot: SnapshotFolder,
    year: Annotated[int, typer.Option(help="The year in which they ended.", min=1900, max=2200)],
) -> None:
    """Which part of the pathway the late ones would have needed to be in time."""
    opened = _opened(snapshot)
    episodes, ended = run(opened), (date(year, 1, 1), date(year, 12, 31))
    found = lost_days(lost_days_tallies(opened.engine, episodes, ended))
    if not found.judged:
        raise BadInputError(_nothing_ended(year, judged_years(opened.engine, episodes)))
    table = _table(_WORDS("svf.lost", year=year), ("svf.block", "svf.part", "svf.alone"))
    for block in found.blocks:
        name = f"{_WORDS(f'svf.step.{block.since}')}–{_WORDS(f'svf.step.{block.until}')}"
        table.add_row(name, formats.decimal(block.part, 1, "sv"), formats.integer(block.alone, "sv"))
    table.caption = " ".join(
        [
            _WORDS("svf.judged", judged=found.judged, in_time=found.in_time, unpublished=found.unpublished),
            _WORDS("svf.small"),
        ]
    )
    Console().print(table)


def _nothing_ended(year: int, years: Sequence[int]) -> str:
    if not years:
        return "the snapshot holds no pathway that ended and can be judged. Give one with ended pathways."
    return f"--year {year}: no judged pathway ended then. Give one of {', '.join(map(str, years))}."


@app.command()
def week(
    snapshot: SnapshotFolder,
    year: Annotated[int, typer.Option(help="The year in which they ended.", min=1900, max=2200)],
    region: Annotated[str, typer.Option(help="Code of the region, such as 24; without it the country.")] = "",
) -> None:
    """Which blocks the gap to the goal is made of, with small numbers hidden."""
    opened = _opened(snapshot)
    place = organisation_named(region).name_sv if region else _WORDS("country")
    found = gap(opened, year, {"region": region} if region else {})
    if found is None:
        raise BadInputError(f"{place} {year}: too few judged pathways to show. Choose another year.")
    told = gap_table(found, place, "sv")
    table = _named(told.caption, told.headings)
    for row in told.rows:
        table.add_row(*row)
    by_place = results_of(opened, measure_named(UNJUDGED), ("region",) if region else ())
    own = (one for one in trend(by_place, region or COUNTRY) if one.period_start.year == year)
    table.caption = " ".join((*notes(found, "sv"), unjudged_sentence(next(own, None), "sv")))
    Console().print(table)


@app.command()
def prepare(snapshot: SnapshotFolder) -> None:
    """Count the tables of the leader's week, for the night: then they are there on Monday."""
    opened = _opened(snapshot)
    with shown("Counting") as tell:
        prepare_week(opened, tell)


@app.command()
def risk(
    snapshot: SnapshotFolder,
    year: Annotated[int, typer.Option(help="The months that are held out.", min=1900, max=2200)],
) -> None:
    """Hold the risk of breach against what came: foretold on the first of each month of a year."""
    opened = _opened(snapshot)
    months = [date(year, month, 1) for month in range(1, 13) if date(year, month, 1) <= opened.as_of]
    if not months:
        raise BadInputError(
            f"--year {year}: the data end {opened.as_of}. Give a year with months before that."
        )
    before = months[0] - _OPEN_YET
    found = run(opened)
    tallies = breach_tallies(opened.engine, found, (before - _HISTORY, before))
    table = _table(
        _WORDS("svf.risk", year=year), ("svf.band", "svf.n", "svf.foretold", "svf.came", "svf.interval")
    )
    for band in calibration(opened.engine, found, tallies, months):
        ends = [formats.percent(end, "sv", 0) for end in (band.lowest, band.highest)]
        interval = [formats.percent(end, "sv") for end in band.interval]
        table.add_row(
            "–".join(ends), formats.integer(band.n, "sv"), formats.percent(band.foretold, "sv"),
            formats.percent(band.late / band.n, "sv"), "–".join(interval),
        )  # fmt: skip
    table.caption = _WORDS("svf.small")
    Console().print(table)


@app.command("limit-change")
def changed(
    proposed: Annotated[Path, typer.Argument(help="A pathway's file as it is proposed.")],
    snapshot: SnapshotFolder,
) -> None:
    """Which episodes a changed pathway would judge differently, before it is put into force."""
    definition, opened = read_pathway(proposed), _opened(snapshot)
    names = (
        "organisation",
        "svf.before",
        "svf.after",
        "svf.became_late",
        "svf.became_in_time",
        "svf.newly",
        "svf.no_longer",
    )
    table = _table(_WORDS("svf.change", title=definition.title.sv), names)
    for change in limit_change(opened, definition, "region"):
        name = organisation(change.unit).name_sv if change.unit else _WORDS("country")
        shares = (
            (change.in_time_before, change.judged_before), (change.in_time_after, change.judged_after),
        )  # fmt: skip
        moved = (change.became_late, change.became_in_time, change.newly_judged, change.no_longer_judged)
        table.add_row(
            name, *(_WORDS("of", part=part, whole=whole) for part, whole in shares), *(str(n) for n in moved)
        )
    table.caption = _WORDS("svf.small")
    Console().print(table)


@app.command("what-if")
def more(
    snapshot: SnapshotFolder,
    region: Annotated[str, typer.Option(help="Code of the region, such as 24.")],
    first: Annotated[str, typer.Option("--from", help="First day of start, such as 2023-01-01.")],
    last: Annotated[
        str, typer.Option("--to", help="Last day of start: so long ago that hardly any is open.")
    ],
    add: Annotated[list[str], typer.Option(help="Slots a week, such as operation=2; or one --add for each.")],
    seed: Annotated[int, typer.Option(help="The same seed gives the same answer.")] = 1,
) -> None:
    """What more capacity would do to the share in time: simulated, apart from every official number."""
    place, added, opened = organisation_named(region), _added(add), _opened(snapshot)
    began = (_day("--from", first), _day("--to", last))
    taken = cases(opened.engine, run(opened), region=place.code, began=began)
    found, titles = what_if(taken, stations(), added, seed=seed), {s.id: s.title.sv for s in stations()}
    names = ("svf.queue", "svf.simulated", "svf.with_more", "svf.gain", "svf.range")
    table = _table(_WORDS("svf.what_if", place=place.name_sv, first=first, last=last), names)
    for one in found.outcomes:
        table.add_row(
            formats.percent(one.queue, "sv", 0), formats.percent(one.before, "sv"),
            formats.percent(one.after, "sv"), formats.signed(100 * one.gain, "sv"),
            f"{formats.signed(100 * one.lower, 'sv')} till {formats.signed(100 * one.upper, 'sv')}",
        )  # fmt: skip
    table.caption = _WORDS("svf.what_if.own", n=found.n, share=formats.percent(found.share, "sv"))
    needed = _table(_WORDS("svf.demand"), ("svf.station", "svf.a_week"))
    for name, a_week in found.demand.items():
        needed.add_row(titles[name], formats.decimal(a_week, 1, "sv"))
    tested = _table(_WORDS("svf.held"), ("svf.month", "svf.n", "svf.foretold", "svf.came_in_time"))
    for month in found.outcomes[0].tried.months:
        shares = (formats.percent(share, "sv") for share in (month.foretold, month.came))
        tested.add_row(month.name, formats.integer(month.n, "sv"), *shares)
    tested.caption = _WORDS("svf.small")
    for told in (table, needed, tested):
        Console().print(told)


@app.command("back-test")
def tried(
    snapshot: SnapshotFolder,
    region: Annotated[str, typer.Option(help="Code of the region, such as 24; without it all.")] = "",
    seed: Annotated[int, typer.Option(help="The same seed gives the same answer.")] = 1,
) -> None:
    """How near the simulation of queues came in the latest year, which it has not seen, region by region."""
    opened = _opened(snapshot)
    places = [organisation_named(region)] if region else list(regions())
    table = _table(_WORDS("svf.held"), ("organisation", "svf.n", "svf.came_in_time"))
    for queue in QUEUES:
        table.add_column(
            _WORDS("what_if.foretold_at", share=formats.percent(queue, "sv", 0)), justify="right"
        )
    apart: list[list[float]] = []
    for place in places:
        found = back_tests_of(opened, place.code, seed=seed)
        cells = [
            _WORDS(f"what_if.tried.{one.trust}", apart=formats.signed(100 * one.apart, "sv")) for one in found
        ]
        whole = found[0].whole
        table.add_row(
            place.name_sv, formats.integer(whole.n, "sv"), formats.percent(whole.came, "sv"), *cells
        )
        if found[0].trust != "untried":
            apart.append([100 * one.apart for one in found])
    if len(apart) > 1:
        bias, spread = np.mean(apart, axis=0), np.std(apart, axis=0, ddof=1)
        table.add_row(_WORDS("svf.bias"), "", "", *(formats.signed(float(one), "sv") for one in bias))
        table.add_row(_WORDS("svf.spread"), "", "", *(formats.decimal(float(one), 1, "sv") for one in spread))
    table.caption = _WORDS("svf.small")
    Console().print(table)


def _added(given: Sequence[str]) -> dict[str, float]:
    """``operation=2`` as a station and a number of slots. Raises BadInputError for anything else."""
    found = {}
    for text in given:
        name, _, slots = text.partition("=")
        try:
            found[name] = float(slots)
        except ValueError:
            raise BadInputError(
                f"--add {text}: write a station and slots a week, such as operation=2."
            ) from None
    return found


def _day(option: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"{option} {text}: not a day. Write it as 2023-01-01.") from None


def _opened(folder: Path) -> Snapshot:
    opened = Snapshot.open(folder)
    tell_if_invented(opened.synthetic)
    return opened


def _table(title: str, headings: Sequence[str]) -> Table:
    return _named(title, [_WORDS(heading) for heading in headings])


def _named(title: str, headings: Sequence[str]) -> Table:
    table = Table(title=title, box=SIMPLE, pad_edge=False)
    table.add_column(headings[0])
    for heading in headings[1:]:
        table.add_column(heading, justify="right")
    return table
