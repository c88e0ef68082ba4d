"""``fyrbak svf refresh``: the nightly run that makes all work lists anew."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from fyrbak import settings
from fyrbak.cli.progress import console, shown
from fyrbak.errors import BadInputError

_KEPT = "snapshot-*"


def refresh(
    snapshot: Annotated[
        Path | None, typer.Argument(help="A snapshot of this database. Default: one is written first.")
    ] = None,
) -> None:
    """Make the work lists of all ongoing pathways anew, and count the risk of breach; meant for every night.

    What the leader's week reads is counted for the snapshot that pages show, if that has not been done.
    Without a snapshot one is written that goes on from the one of the night before, which is then removed.
    """
    from fyrbak.measures.risk_kept import keep
    from fyrbak.measures.week_tables import prepare_week
    from fyrbak.pathways.ongoing.refresh import refresh_all
    from fyrbak.pathways.run import run
    from fyrbak.records.prepare import prepare_database
    from fyrbak.records.snapshot import Snapshot
    from fyrbak.reports.current import current_snapshot

    prepare_database()
    opened = Snapshot.open(snapshot or _tonights())
    with shown("Work lists") as tell:
        done = refresh_all(opened, at=datetime.now(UTC), progress=lambda part, whole: tell("", part / whole))
        tell("risk", 1.0)
        keep(opened, run(opened))
    if (current := current_snapshot()) is not None:
        with shown("Leader's week") as tell:
            prepare_week(current, tell)
    console().print(
        f"{done.cases:,} cases and {done.corrections:,} corrections as of {opened.as_of}; {done.later:,}"
        " persons with events after the snapshot were refreshed one by one."
    )


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
