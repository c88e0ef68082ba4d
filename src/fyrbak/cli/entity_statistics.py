"""``fyrbak register statistics``: a snapshot's statistics by NORDCAN entity, counted for the pages."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fyrbak.cli.banner import tell_if_invented
from fyrbak.cli.measures import SnapshotFolder
from fyrbak.cli.progress import shown
from fyrbak.measures.registry.entity_statistics import prepare
from fyrbak.measures.registry.life_tables import read_life_table
from fyrbak.records.columns import Names
from fyrbak.records.snapshot import Snapshot


def statistics(
    snapshot: SnapshotFolder,
    life_table: Annotated[
        Path | None,
        typer.Option(
            help="Life table by sex for net survival, with the columns of fyrbak survival. Default: made of "
            "the snapshot's own inhabitants and deaths."
        ),
    ] = None,
) -> None:
    """Count incidence, mortality, prevalence and survival, for the night: pages read what is kept here."""
    table = read_life_table(life_table, Names()) if life_table else None
    opened = Snapshot.open(snapshot)
    with shown("Counting") as tell:
        origin = prepare(opened, table, tell)
    tell_if_invented(opened.synthetic)
    left_out = ", ".join(f"{name} {n}" for name, n in origin.left_out.items())
    years = f"{origin.years[0]}-{origin.years[-1]}" if origin.years else "no whole year"
    typer.echo(f"Statistics of {years} kept. Tumours left out: {left_out}.", err=True)
