"""``fyrbak release`` and ``fyrbak releases``: tables given out, and the ledger that remembers them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from fyrbak import settings
from fyrbak.cli.banner import tell_if_invented
from fyrbak.cli.measures import SnapshotFolder, dimensions_in
from fyrbak.measures.definitions import measure as measure_named
from fyrbak.measures.releases import Release, releases, verified
from fyrbak.measures.releases import release as given_out
from fyrbak.measures.results import columns_of
from fyrbak.records.snapshot import Snapshot
from fyrbak.reports import formats

app = typer.Typer(help="The tables that have been given out: list them, or verify that all is as it was.")


def release(
    snapshot: SnapshotFolder,
    measure_id: Annotated[str, typer.Option("--measure", help="Id of the measure, such as svf_lead_time.")],
    by_whom: Annotated[str, typer.Option(help="Function and organisation, never a person's name.")],
    by: Annotated[
        list[str] | None, typer.Option(help="Dimensions, such as region,sex; or one --by for each.")
    ] = None,
    interval: Annotated[str, typer.Option(help="year, quarter or month.")] = "year",
    round_to: Annotated[
        int | None, typer.Option("--round", help="Round counts to multiples of this.")
    ] = None,
    note: Annotated[str, typer.Option(help="Why it is given out, and to whom.")] = "",
) -> None:
    """Give out a table of a measure: keep it as it is and enter it in the ledger."""
    dimensions = dimensions_in(by)
    wanted = measure_named(measure_id)
    columns_of(wanted, dimensions)
    opened = Snapshot.open(snapshot)
    tell_if_invented(opened.synthetic)
    entry = given_out(
        opened, wanted, by=dimensions, interval=interval, by_whom=by_whom,
        at=datetime.now(ZoneInfo(settings.TIME_ZONE)), note=note, round_to=round_to,
    )  # fmt: skip
    typer.echo(f"{entry.folder}: {_says(entry)}")


def _says(entry: Release) -> str:
    parts = [f"{entry.rows:,} rows", f"{entry.suppressed:,} hidden"]
    if entry.held:
        parts.append(f"{entry.held:,} as in the release before")
    if entry.rounded_to:
        parts.append(f"rounded to {entry.rounded_to}: parts need not add up to their sum")
    parts.append(
        f"a solver asked about {entry.asked:,} of {entry.small:,} small counts, and found those safe"
    )
    return ", ".join(parts)


@app.callback(invoke_without_command=True)
def list_releases(context: typer.Context) -> None:
    """List the releases, the oldest first."""
    if context.invoked_subcommand:
        return
    console = Console()
    entries = releases()
    if not entries:
        typer.echo("Nothing has been released. Give out a table with: fyrbak release")
        return
    grid = Table(box=SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)
    for heading in ("Nr", "Dag", "Mått", "Uppdelning", "Ögonblicksbild", "Av", "Varför"):
        grid.add_column(heading, overflow="fold")
    for entry in entries:
        cut = ", ".join((*entry.by, entry.interval))
        day = formats.day_in_table(datetime.fromisoformat(entry.at).date())
        snapshot = f"{entry.snapshot} (påhittade personer)" if entry.synthetic else entry.snapshot
        grid.add_row(str(entry.number), day, entry.measure, cut, snapshot, entry.by_whom, entry.note)
    console.print(grid)


@app.command()
def verify() -> None:
    """Check that every entry and every table is as it was when it was released."""
    entries = verified()
    last = entries[-1].hash if entries else "none"
    typer.echo(f"{len(entries):,} releases, all as they were; hash of the last: {last}")
