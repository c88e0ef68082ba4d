"""``fyrbak svf events``: take in files of events, one that is given, or those that wait on the pages."""

from __future__ import annotations

import csv
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import typer

from fyrbak.cli.progress import console
from fyrbak.errors import BadInputError

if TYPE_CHECKING:
    from fyrbak.pathways.events.files import Report


def events(
    file: Annotated[
        Path | None, typer.Argument(help="CSV, Excel or Parquet. Without it: the files that wait.")
    ] = None,
    region: Annotated[str, typer.Option(help="Code of the region that sends it, such as 24.")] = "",
    source: Annotated[
        str, typer.Option(help="Whose keys name the persons. Default: region-CODE, or the only source.")
    ] = "",
    rows: Annotated[int | None, typer.Option(help="How many rows it has, to find out half a file.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would come; keep nothing.")] = False,
    out: Annotated[Path | None, typer.Option(help="CSV file for what is said of the rows.")] = None,
) -> None:
    """Take in files of events, and say row by row what is wrong and what to do about it."""
    from fyrbak.pathways.events.files import Report, as_sent, send_file, take_in_file, waiting
    from fyrbak.records.organisations import region as region_named
    from fyrbak.records.prepare import prepare_database
    from fyrbak.reports.words import Words

    if (file is None) != (not region):
        raise BadInputError("give both FILE and --region, or neither to take in the files that wait.")
    if file is not None and not file.is_file():
        raise BadInputError(f"{file}: there is no such file. Check the path.")
    prepare_database()
    pseudonyms, at = np.random.default_rng(), datetime.now(UTC)
    if file is None:
        failed = []
        for one in (found := list(waiting())):
            try:
                report = take_in_file(sent=one, pseudonyms=pseudonyms, at=datetime.now(UTC))
            except Exception as error:
                failed.append(f"{one.name} ({type(error).__name__})")
                continue
            _tell(one.name, report, None)
        if not found:
            console().print("No file waits.")
        if failed:
            raise BadInputError(f"{', '.join(failed)}: not taken in, and still waiting. Send them mended.")
        return
    sent = as_sent(
        content=file.read_bytes(), name=file.name, region=region_named(region).code, rows=rows,
        by_name="fyrbak svf events", at=at,
    )  # fmt: skip
    if not dry_run and hasattr(send_file(sent=sent), "outcome"):
        report = Report.of(sent.outcome)
        raise BadInputError(f"{file}: {Words('en')(report.fault, **report.names)}")
    report = take_in_file(sent=sent, pseudonyms=pseudonyms, at=at, source=source, keep=not dry_run)
    _tell(file.name, report, out)


def _tell(name: str, report: Report, out: Path | None) -> None:
    if report.known:
        console().print(f"{name}: taken in before; nothing was changed.")
        return
    console().print(
        f"{name}: {report.read:,} rows read, {report.landed:,} landed, {report.unchanged:,} unchanged,"
        f" {report.refused:,} refused; {len(report.rows):,} to look at."
    )
    if out is not None:
        with out.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(
                file, ["line", "pathway", "point", "day", "rule", "sv", "en"], delimiter=";"
            )
            writer.writeheader()
            writer.writerows(asdict(row) for row in report.rows)
    else:
        for row in report.rows:
            console().print(f"  {name}:{row.line}: {row.rule}: {row.en}")
    if report.later:
        console().print("The file is about many persons: make their lists anew with `fyrbak svf refresh`.")
