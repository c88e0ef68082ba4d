"""``fyrbak intake``, ``refused`` and ``snapshot``: deliveries in, refused rows out, snapshots out."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from fyrbak.cli.progress import console, shown

_DAY = ["%Y-%m-%d"]
_MOMENT = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"]


def intake(
    folder: Annotated[Path, typer.Argument(help="Folder with the delivery, or a file of FHIR.")],
    mapping: Annotated[
        Path | None, typer.Option(help="Mapping file, or `layout` for CSV files in the layout.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Code of the source, if not stated elsewhere.")] = None,
    as_of: Annotated[
        datetime | None, typer.Option(formats=_DAY, help="Last day that a mapped delivery describes.")
    ] = None,
    region: Annotated[
        str, typer.Option(help="FHIR only: region where things happened that do not say where.")
    ] = "",
) -> None:
    """Take in a delivery: all of it or nothing. Rows that cannot be accepted are kept with their reasons."""
    from fyrbak.cli import fhir
    from fyrbak.errors import BadInputError
    from fyrbak.records.intake import take_in
    from fyrbak.records.intake.mapping import load_mapping
    from fyrbak.records.prepare import prepare_database

    if mapping is None and fhir.is_fhir(folder):
        fhir.take(folder, source, as_of.date() if as_of else None, region)
        return
    if as_of and not mapping:
        raise BadInputError(f"{folder}: a folder in the layout says its own last day. Leave --as-of out.")
    loaded = load_mapping(mapping) if mapping else None
    prepare_database()
    with shown("Intake") as progress:
        result = take_in(
            folder=folder,
            mapping=loaded,
            source=source,
            as_of=as_of.date() if as_of else None,
            landed_at=datetime.now(UTC),
            pseudonyms=np.random.default_rng(),
            progress=progress,
        )
    if result.known:
        console().print(f"{folder}: taken in before as batch {result.batch}; nothing was changed.")
        return
    total = {
        what: f"{result.total(what):,}" for what in ("read", "landed", "corrected", "unchanged", "refused")
    }
    console().print(
        f"{folder}: batch {result.batch} from {result.source}, as of {result.as_of}:"
        f" {total['read']} rows read, {total['landed']} landed ({total['corrected']} corrections),"
        f" {total['unchanged']} unchanged, {total['refused']} refused,"
        f" {result.resolved:,} earlier refusals resolved."
    )
    if result.total("refused"):
        same = f" --mapping {mapping}" if mapping else ""
        console().print(f"See the refused rows: fyrbak refused --batch {result.batch} --out FOLDER{same}")


def refused(
    out: Annotated[Path, typer.Option(help="CSV file, or a folder that gets one for each delivered file.")],
    batch: Annotated[int | None, typer.Option(help="Number of the batch. Default: all.")] = None,
    mapping: Annotated[
        Path | None,
        typer.Option(help="Mapping file of the source: write with its encoding and delimiter."),
    ] = None,
) -> None:
    """Write refused rows as CSV with their reasons, for correction and sending again."""
    from fyrbak.records.intake import export_refused
    from fyrbak.records.intake.mapping import load_mapping
    from fyrbak.records.prepare import prepare_database

    loaded = load_mapping(mapping) if mapping else None
    prepare_database()
    written = export_refused(out=out, batch=batch, mapping=loaded)
    for path, rows in written.items():
        console().print(f"{path}: {rows:,} rows.")
    if not written:
        console().print("No row waits for correction.")


def snapshot(
    out: Annotated[Path, typer.Option(help="New folder to write.")],
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    as_of: Annotated[
        datetime | None,
        typer.Option(formats=_DAY, help="Last day described. Default: the latest delivery's."),
    ] = None,
    as_of_time: Annotated[
        datetime | None, typer.Option(formats=_MOMENT, help="As it was known at this moment (UTC).")
    ] = None,
    since: Annotated[
        Path | None, typer.Option(help="An earlier snapshot to go on from: only what is new is read.")
    ] = None,
) -> None:
    """Write what is known as a folder of Parquet files with pseudonymous persons, for all analysis."""
    from fyrbak.records.prepare import prepare_database
    from fyrbak.records.snapshots_out import last_day, write_snapshot

    prepare_database()
    known_at = as_of_time.replace(tzinfo=UTC) if as_of_time else None
    day = as_of.date() if as_of else last_day(known_at)
    with shown("Snapshot") as progress:
        manifest = write_snapshot(
            out=out,
            as_of=day,
            title=title or f"Records as of {day}",
            known_at=known_at,
            since=since,
            progress=progress,
        )
    rows = sum(entry.rows for entry in manifest.tables.values())
    new = sum(entry.rows for entry in manifest.since().values())
    told = f", {new:,} of them landed or replaced since {since}" if since else ""
    console().print(f"{out}: snapshot {manifest.id}, {rows:,} rows{told}, as of {day}.")
