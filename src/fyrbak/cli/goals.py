"""``fyrbak plan``: read steering documents, store them as plans, and list what is stored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.status import Status
from rich.table import Column, Table

from fyrbak.cli import progress
from fyrbak.goals import selectors
from fyrbak.goals.documents import Activity, Document, Goal, Kind, read_document
from fyrbak.goals.importing import Imported, import_document, load_national_plans
from fyrbak.records.prepare import prepare_database
from fyrbak.reports import formats
from fyrbak.reports.words import Words


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"


class Level(StrEnum):
    """Places in the cascade that a document can have."""

    REGIONAL = "regional"
    LOCAL = "local"


app = typer.Typer(no_args_is_help=True, help="Plans: read documents, store them, list them.")
File = Annotated[Path, typer.Argument(help="Follow-up or action plan as text, Word or Excel.")]


@app.command()
def read(
    file: File,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Read a document and show it cell by cell. Nothing is stored."""
    document = read_document(file)
    if format_ is Format.JSON:
        typer.echo(json.dumps(document.as_json(), ensure_ascii=False, indent=1))
    else:
        _write_document(document)


@app.command("import")
def import_(
    file: File,
    level: Annotated[Level, typer.Option(help="Place in the cascade of plans.")],
    owner: Annotated[
        str, typer.Option(help="Whose plan: an RCC (rcc:norr) or a region (21). Not needed for a follow-up.")
    ] = "",
    round_: Annotated[str, typer.Option("--round", help="Year or period that a follow-up is about.")] = "",
    label: Annotated[str, typer.Option(help="What the edition is called; else as the round or file.")] = "",
) -> None:
    """Store a document as an edition of its owner's plan. The same document twice changes nothing."""
    document = read_document(file)
    with _working("Lagrar planen"):
        prepare_database()
        imported = import_document(
            document,
            owner=owner,
            level=level.value,
            label=label or round_ or file.stem,
            round_label=round_,
            at=datetime.now(UTC),
        )
    _write_imported(imported)


@app.command("load-strategy")
def load_strategy() -> None:
    """Store the national strategy and the national direction. A second time changes nothing."""
    with _working("Lagrar de nationella planerna"):
        prepare_database()
        loaded = load_national_plans(at=datetime.now(UTC))
    for imported in loaded:
        _write_imported(imported)


@app.command("list")
def list_(
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """List the stored editions with the key that other commands take."""
    with _working("Öppnar databasen"):
        prepare_database()
    holdings = list(selectors.holdings())
    rows = [
        {
            "plan": held.edition.key,
            "level": held.edition.plan.level,
            "owner": held.edition.plan.owner_id,
            "title": held.edition.plan.title_sv,
            "edition": held.edition.label,
            "goals": held.goals,
            "rounds": held.rounds,
        }
        for held in holdings
    ]
    if format_ is Format.JSON:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    if not rows:
        typer.echo("Inga planer är lagrade. Börja med: fyrbak plan load-strategy")
        return
    plan, owner = (Column(heading, no_wrap=True) for heading in ("Plan", "Ägare"))
    grid = Table(plan, "Nivå", owner, "Titel", "Utgåva", "Mål", "Rundor", box=SIMPLE, padding=(0, 1, 0, 0))
    for row, held in zip(rows, holdings, strict=True):
        shown = row | {"level": held.edition.plan.get_level_display()}
        grid.add_row(*(str(value) for value in shown.values()))
    Console().print(grid)


def _working(words: str) -> Status:
    """Shows that something is being done, on standard error and only where somebody watches."""
    return progress.console().status(words)


def _write_imported(imported: Imported) -> None:
    """One line: what is stored under which key, and how much of it a person should look at."""
    counts = {"mål": imported.goals, "nivåer": imported.assessments, "aktiviteter": imported.activities}
    held = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
    state = "lagrad" if imported.new else "fanns redan, inget ändrat"
    review = f" {imported.doubtful} att granska." if imported.doubtful else ""
    typer.echo(f"{imported.edition.key}: {imported.edition}, {held}, {state}.{review}")


def _write_document(document: Document) -> None:
    console = Console()
    table_of = _goals if document.kind is Kind.FOLLOW_UP else _activities
    for area in document.areas:
        console.print(table_of(f"{area.id} {area.name.text}", area.rows))
    doubts = document.doubts()
    if doubts:
        grid = Table("Rad", "Fält", "Plats", "Varför", title=f"{len(doubts)} celler att granska")
        for doubt in doubts:
            place = formats.place(str(doubt.cell.place), "sv")
            grid.add_row(doubt.id, doubt.field, place, doubt.cell.doubtful)
        console.print(grid)


def _goals(title: str, rows: tuple[Goal | Activity, ...]) -> Table:
    """Goals with a column for each region's level. A blank is a dash, which is no level."""
    goals = [row for row in rows if isinstance(row, Goal)]
    regions = list(dict.fromkeys(region for goal in goals for region in goal.levels))
    grid = Table("", "Mål", *regions, "Kommentarer", title=title, title_justify="left")
    for goal in goals:
        levels = (goal.levels[region].text or "–" if region in goal.levels else "" for region in regions)
        grid.add_row(goal.id, goal.text.text, *levels, ", ".join(goal.comments))
    return grid


def _activities(title: str, rows: tuple[Goal | Activity, ...]) -> Table:
    """Activities with the columns that their table has."""
    activities = [row for row in rows if isinstance(row, Activity)]
    columns = list(dict.fromkeys(column for row in activities for column in row.columns))
    headings = (Words("sv")(column.value) for column in columns)
    grid = Table("", *(Column(heading, overflow="fold") for heading in headings), title=title)
    grid.title_justify = "left"
    for row in activities:
        grid.add_row(row.id, *(row.columns[c].text if c in row.columns else "" for c in columns))
    return grid
