"""``fyrbak access``: the log of who opened whose record."""

from __future__ import annotations

from typing import Annotated

import typer

from fyrbak.access import log
from fyrbak.access.models import Entry
from fyrbak.errors import BadInputError
from fyrbak.records.prepare import prepare_database

app = typer.Typer(no_args_is_help=True, help="The log of who opened whose record.")


@app.callback()
def access() -> None:
    """The log of who opened whose record."""


@app.command()
def verify(
    head: Annotated[
        str, typer.Option(help="Last hash of an earlier verification: it must still be there.")
    ] = "",
) -> None:
    """Compute all hashes of the access log anew, and say whether anything is changed or missing."""
    prepare_database()
    found = log.verify()
    if found.broken is not None:
        raise BadInputError(
            f"entry {found.broken} of the access log is not as it was written, or one before it is gone. "
            "Compare with a copy of the database from before."
        )
    if head and not Entry.objects.filter(hash=head).exists():
        raise BadInputError(
            "the access log no longer holds the entry with that hash: entries at its end have been removed. "
            "Compare with a copy of the database from before."
        )
    typer.echo(f"{found.entries} entries, all as they were written. Last hash: {found.head or 'none'}")
