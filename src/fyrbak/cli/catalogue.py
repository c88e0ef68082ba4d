"""``fyrbak catalogue``: a pathway as it is in force, to print or to put on a site."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fyrbak.pathways.catalogue.packaged import sha256_of
from fyrbak.pathways.definitions import file_of, pathway
from fyrbak.reports import formats
from fyrbak.reports.catalogue import Identity, paper
from fyrbak.reports.html import STYLE_SHEET
from fyrbak.reports.papers.html import page
from fyrbak.reports.papers.pdf import pdf


class Form(StrEnum):
    """What the pathway is written as."""

    PDF = "pdf"
    HTML = "html"


def catalogue(
    name: Annotated[str, typer.Argument(metavar="PATHWAY", help="Id of the pathway, such as brost.")],
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path(),
    form: Annotated[Form, typer.Option("--format", help="What to write.")] = Form.PDF,
    lang: Annotated[str, typer.Option(help="sv or en.")] = "sv",
) -> None:
    """Write a pathway with its limits, blocks and what is not confirmed."""
    found = pathway(name)
    identity = Identity(found.version, sha256_of(file_of(found.id).read_text(encoding="utf-8"))[:12])
    made = paper(found, identity, formats.language(lang), on=datetime.now(UTC).date())
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{found.id}-{found.version}.{form}"
    if form is Form.PDF:
        path.write_bytes(pdf(made))
    else:
        path.write_text(page(made), encoding="utf-8")
        (out / STYLE_SHEET.name).write_bytes(STYLE_SHEET.read_bytes())
    typer.echo(path)
