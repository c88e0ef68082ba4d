"""What every answer about invented persons is told with, beside the answer itself."""

from __future__ import annotations

import typer

from fyrbak.reports.words import Words


def tell_if_invented(synthetic: bool) -> None:
    """Say on standard error that the persons are invented, if they are."""
    if synthetic:
        typer.echo(Words("sv")("banner"), err=True)
