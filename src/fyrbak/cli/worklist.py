"""``fyrbak svf refresh``: the nightly run that makes all work lists anew."""

from __future__ import annotations

import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from django.utils.timezone import localdate

from fyrbak import settings
from fyrbak.cli.progress import console, shown
from fyrbak.errors import BadInputError

if TYPE_CHECKING:
    from fyrbak.measures.night import Laps, Night

_KEPT = "snapshot-*"


def refresh(
    snapshot: Annotated[
        Path | None, typer.Argument(help="A snapshot of this database. Default: one is written first.")
    ] = None,
) -> None:
    """Do the night's work on the pathways, and say how many seconds each step took; meant for every night.

    All work lists are made anew and the risk of breach is counted. The first night of a month keeps the
    correction lists of the month. What the leader's week reads is counted for the snapshot that pages show,
    if that has not been done. Without a snapshot one is written that goes on from the one of the night
    before, which is then removed. Running it again changes nothing.
    """
    from fyrbak.measures.night import Laps, night
    from fyrbak.measures.week_tables import prepare_week
    from fyrbak.records.prepare import prepare_database
    from fyrbak.records.snapshot import Snapshot
    from fyrbak.reports.current import current_snapshot
    from fyrbak.reports.worklist import faults_told

    prepare_database()
    laps = Laps()
    opened = Snapshot.open(snapshot or _tonights())
    laps("snapshot")
    with shown("Work lists") as tell:
        # Invented persons live in the days that their data describe.
        on = opened.as_of if opened.synthetic else localdate()
        made = night(
            opened, at=datetime.now(UTC), on=on, told=faults_told(), done=laps,
            progress=lambda part, whole: tell("pathways", part / whole),
        )  # fmt: skip
    if (current := current_snapshot()) is not None:
        with shown("Leader's week") as tell:
            prepare_week(current, tell)
        laps("week")
    _tell(made, opened.as_of, on, laps)


def _tell(made: Night, as_of: date, on: date, laps: Laps) -> None:
    """What the night came to, and the seconds of its steps."""
    done, terminal = made.refreshed, console()
    terminal.print(
        f"{done.cases:,} cases and {done.corrections:,} corrections as of {as_of}; {done.later:,}"
        " persons with events after the snapshot were refreshed one by one."
    )
    if made.listed is not None:
        terminal.print(f"The correction lists of {on:%Y-%m} were kept: {made.listed:,} rows.")
    terminal.print(f"Seconds: {laps}; in all {laps.whole:.1f}.")


def _tonights() -> Path:
    """A new snapshot of the database in place of the last night's, going on from it where that can be."""
    from fyrbak.pathways.kept import folder_of
    from fyrbak.records.snapshot import Snapshot
    from fyrbak.records.snapshots_out import last_day, write_snapshot

    folder = settings.HOME / "ongoing"
    folder.mkdir(parents=True, exist_ok=True)
    earlier = sorted(folder.glob(_KEPT))
    out = folder / f"snapshot-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    with shown("Snapshot") as tell:

        def write(since: Path | None) -> None:
            write_snapshot(out=out, as_of=last_day(), title="Nightly", since=since, progress=tell)

        try:
            write(earlier[-1] if earlier else None)
        except BadInputError:
            if not earlier:
                raise
            write(None)  # other deliveries than last night: from the beginning
    for old in earlier[:-1]:  # what the last night found is gone on from tonight
        shutil.rmtree(folder_of(Snapshot.open(old, verify=False)), ignore_errors=True)
        shutil.rmtree(old)
    return out
