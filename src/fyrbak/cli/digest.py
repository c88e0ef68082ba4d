"""``fyrbak digest``: the weekly letter about what waits for each person."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from django.utils.timezone import localdate

from fyrbak.errors import FyrbakError
from fyrbak.goals.improvement import post, sending
from fyrbak.records.prepare import prepare_database
from fyrbak.reports.letters import letter

app = typer.Typer(no_args_is_help=True, help="The weekly letter about what waits for each person.")


@app.callback()
def digest() -> None:
    """The weekly letter about what waits for each person."""


@app.command()
def send(
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day to send on; today unless told.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the letters, send nothing.")] = False,
) -> None:
    """Send this week's letter to those who want it and have not had it; again to those it failed for."""
    prepare_database()
    day = on.date() if on else localdate()
    if dry_run:
        for reader in sending.readers(day):
            written = letter(reader, day)
            typer.echo(f"{written.subject}\n\n{written.text}\n")
        return
    told = sending.send(on=day, at=datetime.now(UTC), compose=letter, connection=post.connection())
    typer.echo(f"{told['sent']} letters sent, {told['failed']} failed.")
    if told["failed"]:
        raise FyrbakError(
            f"{told['failed']} letters were not sent. See /digests/ for why, mend it, and run this again."
        )
