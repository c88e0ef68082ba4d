"""``fyrbak pathways``: what the engine found in a snapshot, by pathway, and what could not be right."""

from __future__ import annotations

import csv
import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer
from ibis.expr.types import Table
from rich.console import Console
from rich.table import Table as Grid

from fyrbak.cli.progress import shown
from fyrbak.pathways.definitions import pathway as pathway_named
from fyrbak.pathways.definitions import pathways as all_pathways
from fyrbak.pathways.run import run
from fyrbak.pathways.shapes import Pathway
from fyrbak.records.snapshot import Snapshot


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def pathways(
    snapshot: Annotated[Path, typer.Argument(help="Folder of a snapshot or of extracts in the layout.")],
    pathway: Annotated[str | None, typer.Option(help="Only this pathway, such as brost.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Find the episodes of a snapshot; count them by pathway and the findings by rule."""
    chosen = pathway_named(pathway) if pathway else None
    opened = Snapshot.open(snapshot)
    with shown("Pathways") as tell:
        found = run(opened, lambda done, steps: tell("", done / steps))
    _WRITERS[format_](_only(_summary(found.episodes), chosen), _only(_by_rule(found.findings), chosen))


def _only(rows: list[dict[str, Any]], chosen: Pathway | None) -> list[dict[str, Any]]:
    """The rows of the chosen pathway, or all, in a fixed order."""
    kept = [row for row in rows if chosen is None or row["pathway"] == chosen.id]
    return sorted(kept, key=lambda row: tuple(map(str, row.values())))


def _summary(episodes: Table) -> list[dict[str, Any]]:
    """One row per pathway: how many episodes, how they ended, how many are judged and within the limit."""
    treated, missing = episodes.outcome == "treated", episodes.limit_state == "missing"
    counts = episodes.group_by("pathway").aggregate(
        episodes=episodes.count(),
        open=(episodes.outcome == "open").sum(),
        closed=(episodes.outcome == "closed").sum(),
        treated=treated.sum(),
        limit_missing=missing.sum(),
        judged=episodes.judged.sum(),
        within=episodes.within.sum().fill_null(0),
    )
    return counts.to_pyarrow().to_pylist()


def _by_rule(findings: Table) -> list[dict[str, Any]]:
    """One row per pathway and rule: how many findings."""
    return (
        findings.group_by("pathway", "rule", "text_sv")
        .aggregate(count=findings.count())
        .to_pyarrow()
        .to_pylist()
    )


def _write_table(episodes: list[dict[str, Any]], findings: list[dict[str, Any]]) -> None:
    titles = {p.id: p.title.sv for p in all_pathways()}
    console = Console()
    grid = Grid("Vårdförlopp", *_HEADINGS.values())
    for row in episodes:
        grid.add_row(titles[row["pathway"]], *(str(row[name]) for name in _HEADINGS))
    console.print(grid)
    grid = Grid("Vårdförlopp", "Regel", "Antal", "Betydelse")
    for row in findings:
        grid.add_row(
            titles.get(row["pathway"], row["pathway"]), row["rule"], str(row["count"]), row["text_sv"]
        )
    console.print(grid)


def _write_json(episodes: list[dict[str, Any]], findings: list[dict[str, Any]]) -> None:
    typer.echo(json.dumps({"episodes": episodes, "findings": findings}, ensure_ascii=False, indent=1))


def _write_csv(episodes: list[dict[str, Any]], findings: list[dict[str, Any]]) -> None:
    """Both lists in one shape: pathway, what is counted, count."""
    writer = csv.writer(sys.stdout)
    writer.writerow(("pathway", "what", "count"))
    for row in episodes:
        writer.writerows((row["pathway"], name, row[name]) for name in _HEADINGS)
    writer.writerows((row["pathway"], f"finding:{row['rule']}", row["count"]) for row in findings)


_HEADINGS = {
    "episodes": "Förlopp",
    "open": "Öppna",
    "closed": "Avslutade utan behandling",
    "treated": "Behandlade",
    "limit_missing": "Gräns saknas",
    "judged": "Bedömda",
    "within": "Inom gränsen",
}
_WRITERS = {Format.TABLE: _write_table, Format.JSON: _write_json, Format.CSV: _write_csv}
