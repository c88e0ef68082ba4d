"""``fyrbak register take-in``, ``notify``, ``missing``, ``sweep``, ``night``: notifications as commands."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pyarrow as pa
import typer
from django.utils.timezone import localdate

from fyrbak.cli.progress import console
from fyrbak.cli.register import Format, write_rows
from fyrbak.errors import BadInputError

if TYPE_CHECKING:
    from fyrbak.registers.notifications.models import NotificationFile, Tumour

_TEXTS = ("tumour", "region", "unit", "missing", "topography")
_MISSING = pa.schema(
    [
        *((name, pa.string()) for name in _TEXTS), ("diagnosed", pa.date32()), ("due", pa.date32()),
        ("days_left", pa.int32()), ("late", pa.bool_()), ("reminded", pa.date32()),
    ]
)  # fmt: skip


def take_in(
    file: Annotated[Path, typer.Argument(help="CSV, Excel (.xlsx) or Parquet with a row a notification.")],
    region: Annotated[str, typer.Option(help="Code of the region that sends it, such as 24.")],
    source: Annotated[str, typer.Option(help="Short name of the system whose keys the rows have.")],
) -> None:
    """Take in notifications of tumours. Rows that cannot be are kept with the reason."""
    from fyrbak.records.organisations import region as region_named
    from fyrbak.records.prepare import prepare_database
    from fyrbak.registers.notifications.files import take_in_notifications

    if not file.is_file():
        raise BadInputError(f"{file}: there is no such file. Check the path.")
    prepare_database()
    taken = take_in_notifications(
        content=file.read_bytes(), name=file.name, source=source, region=region_named(region).code,
        by_name="fyrbak register take-in", at=datetime.now(UTC), on=localdate(),
    )  # fmt: skip
    if taken.known:
        console().print(f"{file.name}: taken in before; nothing was changed.")
        return
    console().print(_told(taken.file))
    for row in taken.file.refusals.order_by("line"):
        console().print(f"  {file.name}:{row.line}: {row.field}: {row.en}")


def _told(file: NotificationFile) -> str:
    """What became of the rows of a file, in one line."""
    return (
        f"{file.name}: {file.rows:,} rows, {file.landed:,} landed, {file.unchanged:,} unchanged,"
        f" {file.refused:,} refused."
    )


def source(
    code: Annotated[str, typer.Argument(help="Code of a source whose deliveries are taken in.")],
    kind: Annotated[
        str, typer.Option(help="Whose notifications its records are: clinic or pathology; none: nobody's.")
    ],
    region: Annotated[str, typer.Option(help="Code of the region that answers for it, such as 24.")],
) -> None:
    """Say that what a source's records tell of tumours are notifications. Saying it again changes nothing."""
    from fyrbak.records.organisations import region as region_named
    from fyrbak.records.prepare import prepare_database
    from fyrbak.registers.notifications.recorded import notifying

    prepare_database()
    said = notifying(
        source=code, kind=kind, region=region_named(region).code, by_name="fyrbak register source",
        at=datetime.now(UTC),
    )  # fmt: skip
    console().print(f"{said.source}: {said.kind}, region {said.region_id}.")


def notify() -> None:
    """Make notifications of the records of all notifying sources; what they said before changes nothing."""
    from fyrbak.records.prepare import prepare_database
    from fyrbak.registers.notifications import recorded

    prepare_database()
    told = list(recorded.notify(at=datetime.now(UTC), on=localdate()))
    for one in told:
        console().print(
            f"{one.source}: nothing has come since the last time." if one.file is None else _told(one.file)
        )
    if not told:
        console().print("No source notifies. Say which ones do with: fyrbak register source.")


def night() -> None:
    """Do the register's night: messages, notifications, merging and checks, reading of reports.

    Let it run every night. A second time changes nothing.
    """
    from fyrbak.records.prepare import prepare_database
    from fyrbak.registers.night import night as steps

    prepare_database()
    for step in steps(pseudonyms=np.random.default_rng(), clock=lambda: datetime.now(UTC), on=localdate()):
        counts = ", ".join(f"{number:,} {name}" for name, number in step.counts.items())
        console().print(f"{step.name}: {counts}; {step.seconds:.1f} s.")


def missing(
    region: Annotated[str, typer.Option(help="Only what is missing of those who live in a region.")] = "",
    unit: Annotated[str, typer.Option(help="Only what is missing from a unit.")] = "",
    form: Annotated[Format, typer.Option("--format", help="json or csv.")] = Format.JSON,
    today: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Count the days from this one.")
    ] = None,
) -> None:
    """Tell what is missing: tumours that one source has reported and the other not. Nobody is named."""
    from fyrbak.records.prepare import prepare_database
    from fyrbak.registers.notifications.selectors import missing as lacking
    from fyrbak.registers.notifications.selectors import reminders_of

    prepare_database()
    on = today.date() if today else localdate()
    found = lacking()
    found = found.filter(region=region) if region else found
    tumours = list(found.filter(awaited_from=unit) if unit else found)
    reminded = reminders_of(tumours)
    rows = [_row(one, on, reminded.get(one.key)) for one in tumours]
    write_rows(pa.Table.from_pylist(rows, schema=_MISSING), form)


def _row(tumour: Tumour, on: date, reminded: date | None) -> dict[str, Any]:
    due = tumour.due or on
    return {
        "tumour": str(tumour.key), "region": tumour.region_id, "unit": tumour.awaited_from_id or "",
        "missing": tumour.awaited, "topography": tumour.topography, "diagnosed": tumour.first, "due": due,
        "days_left": (due - on).days, "late": due < on, "reminded": reminded,
    }  # fmt: skip


def sweep() -> None:
    """Make all tumours anew from their notifications and hold each against every rule. Run it at night."""
    from fyrbak.records.prepare import prepare_database
    from fyrbak.registers.notifications.refresh import refresh_all

    prepare_database()
    found = refresh_all(at=datetime.now(UTC), on=localdate())
    console().print(
        f"{found.persons:,} persons, {found.tumours:,} tumours, {found.doubts:,} to decide,"
        f" {found.findings:,} findings."
    )


def deliver(
    year: Annotated[int, typer.Option(help="Year of diagnosis.")],
    region: Annotated[str, typer.Option(help="Code of the region, such as 24.")],
    out: Annotated[Path, typer.Option(help="Where to write the file.")],
    basal_cell: Annotated[
        bool, typer.Option("--basal-cell", help="The file of basal cell carcinomas.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would come; keep nothing.")
    ] = False,
) -> None:
    """Make the yearly file: a row a tumour. The same rows again give the same file and change nothing."""
    from fyrbak.records.organisations import region as region_named
    from fyrbak.records.prepare import prepare_database
    from fyrbak.registers.notifications import yearly
    from fyrbak.registers.notifications.rules import delivery_day

    prepare_database()
    code = region_named(region).code
    if dry_run:
        made: Any = yearly.propose(region=code, year=year, basal_cell=basal_cell)
        state = "nothing is kept"
    else:
        made, new = yearly.deliver(
            region=code, year=year, basal_cell=basal_cell, by_name="fyrbak register deliver",
            at=datetime.now(UTC),
        )  # fmt: skip
        out.write_bytes(bytes(made.content))
        state = f"version {made.version}" if new else f"version {made.version}, delivered before"
    last = delivery_day(year, basal_cell=basal_cell)
    console().print(f"{code} {year}: {made.rows:,} rows, {state}, last day {last}.")
    console().print(f"SHA-256 {made.sha256}")
    for why, number in made.held_back.items():
        console().print(f"  held back, {why}: {number:,}")
