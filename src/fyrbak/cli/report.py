"""``fyrbak report``: a plan's goals beside the numbers of a snapshot, as HTML, PDF and Excel."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from fyrbak.cli.progress import shown
from fyrbak.definitions import unknown
from fyrbak.errors import UnknownNameError
from fyrbak.goals import selectors
from fyrbak.goals.definitions import PLANS
from fyrbak.goals.document_outline import outline_of_document
from fyrbak.goals.documents import read_document
from fyrbak.goals.outline import PlanOutline
from fyrbak.goals.strategy import outline_of_plan
from fyrbak.records.prepare import prepare_database
from fyrbak.records.snapshot import Snapshot

STRATEGY = "strategy"
_DOCUMENTS = (".txt", ".docx", ".xlsx")


class Language(StrEnum):
    """Languages that a report can be written in."""

    SV = "sv"
    EN = "en"


def report(
    snapshot: Annotated[Path, typer.Argument(help="Folder of a snapshot or of extracts in the layout.")],
    plan: Annotated[str, typer.Option(help="A document file, 'strategy', or the key of a stored plan.")],
    out: Annotated[Path, typer.Option(help="Folder to write the report to.")],
    lang: Annotated[Language, typer.Option(help="Language of the report.")] = Language.SV,
    owner: Annotated[str, typer.Option(help="Who owns a document's plan, such as rcc:norr.")] = "",
    round_: Annotated[str, typer.Option("--round", help="Year or period that a document is about.")] = "",
) -> None:
    """Write a report: each goal with what was said and what data say, as HTML, PDF and Excel."""
    from fyrbak.reports.writing import write_report  # the drawing library is slow to import

    outline = outline_named(plan, owner=owner, round_label=round_)
    opened = Snapshot.open(snapshot)
    with shown("Report") as tell:
        page, pdf, workbook, *_ = write_report(outline, opened, out, lang.value, tell)
    for path in (page, pdf, workbook):
        typer.echo(path)


def outline_named(plan: str, *, owner: str = "", round_label: str = "") -> PlanOutline:
    """The plan in a document file, a national plan by its id, or a stored edition by its key.

    Raises UnknownNameError that says what can be given, and BadInputError for a document that is not one.
    """
    path = Path(plan)
    if path.is_file() or path.suffix.lower() in _DOCUMENTS:
        return outline_of_document(read_document(path), owner=owner, round_label=round_label)
    national = {STRATEGY: PLANS[0]} | {name: name for name in PLANS}
    if plan in national:
        return outline_of_plan(national[plan])
    prepare_database()
    stored = {edition.key: edition for edition in selectors.editions()}
    if plan not in stored:
        raise UnknownNameError(
            f"{unknown('plan', plan, [*(national | stored)])} "
            "Give a document file (txt, docx, xlsx), or a key from `fyrbak plan list`."
        )
    return selectors.outline_of_edition(stored[plan])
