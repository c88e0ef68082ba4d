"""``fyrbak pathways``: what the engine found in a snapshot, by pathway, and what could not be right."""

from __future__ import annotations

import csv
import json
import sys
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pyarrow as pa
import typer
from ibis.expr.types import Table
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table as Grid

from fyrbak import engines
from fyrbak.cli.progress import shown
from fyrbak.pathways import definitions
from fyrbak.pathways.run import run
from fyrbak.pathways.shapes import Pathway
from fyrbak.records.snapshot import Snapshot

Row = dict[str, Any]


class Format(StrEnum):
    """How the answer is written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def pathways(
    snapshot: Annotated[Path, typer.Argument(help="Folder of a snapshot or of extracts in the layout.")],
    pathway: Annotated[str | None, typer.Option(help="Only this pathway, such as brost.")] = None,
    engine: Annotated[str, typer.Option(help=f"Who counts: {', '.join(engines.NAMES)}.")] = engines.DEFAULT,
    format_: Annotated[Format, typer.Option("--format", help="How to write the answer.")] = Format.TABLE,
) -> None:
    """Find the episodes of a snapshot; count them by pathway and the findings by rule."""
    chosen = definitions.pathway(pathway) if pathway else None
    opened = Snapshot.open(snapshot, engine=engine)
    with shown("Pathways") as tell:
        found = run(opened, lambda done, steps: tell("", done / steps))
    answer = _Answer(
        opened.id,
        found.hash if format_ is Format.JSON else None,
        opened.synthetic,
        _only(opened.engine.answer(_summary(found.episodes)), chosen),
        _only(opened.engine.answer(_by_rule(found.findings)), chosen),
    )
    _WRITERS[format_](answer)


@dataclass(frozen=True)
class _Answer:
    """What the command shows: episodes counted by pathway, findings counted by pathway and rule.

    ``hash`` is told in JSON only, since it takes reading every episode.
    """

    snapshot: str
    hash: str | None
    synthetic: bool
    episodes: list[Row]
    findings: list[Row]


def _only(rows: pa.Table, chosen: Pathway | None) -> list[Row]:
    """The rows of the chosen pathway, or all, in a fixed order."""
    kept = [row for row in rows.to_pylist() if chosen is None or row["pathway"] == chosen.id]
    return sorted(kept, key=lambda row: tuple(map(str, row.values())))


def _summary(episodes: Table) -> Table:
    """One row per pathway: how many episodes, how they ended, how many are judged and within the limit."""
    return episodes.group_by("pathway").aggregate(
        episodes=episodes.count(),
        open=(episodes.outcome == "open").sum(),
        closed=(episodes.outcome == "closed").sum(),
        treated=(episodes.outcome == "treated").sum(),
        limit_missing=(episodes.limit_state == "missing").sum(),
        judged=episodes.judged.sum(),
        within=episodes.within.sum().fill_null(0),
    )


def _by_rule(findings: Table) -> Table:
    """One row per pathway and rule: how many findings."""
    return findings.group_by("pathway", "rule", "text_sv", "text_en").aggregate(count=findings.count())


def _write_table(answer: _Answer) -> None:
    synthetic = " Syntetiska data: personerna är påhittade." if answer.synthetic else ""
    counts = Grid(title="Förlopp", **_PLAIN, caption=f"Snapshot {answer.snapshot}.{synthetic}")
    counts.add_column("Vårdförlopp", no_wrap=True)
    for heading in _HEADINGS.values():
        counts.add_column(heading, justify="right")
    for row in answer.episodes:
        counts.add_row(row["pathway"], *(str(row[name]) for name in _HEADINGS))
    odd = Grid(title="Fynd att rätta", **_PLAIN)
    odd.add_column("Vårdförlopp", no_wrap=True)
    odd.add_column("Antal", justify="right")
    odd.add_column("Fynd")
    for row in answer.findings:
        odd.add_row(row["pathway"], str(row["count"]), row["text_sv"])
    for table in (counts, odd):
        Console().print(table)


def _write_json(answer: _Answer) -> None:
    typer.echo(json.dumps(asdict(answer), ensure_ascii=False, indent=1))


def _write_csv(answer: _Answer) -> None:
    """Both lists in one shape: pathway, what is counted, count."""
    writer = csv.writer(sys.stdout)
    writer.writerow(("pathway", "what", "count"))
    for row in answer.episodes:
        writer.writerows((row["pathway"], name, row[name]) for name in _HEADINGS)
    writer.writerows((row["pathway"], f"finding:{row['rule']}", row["count"]) for row in answer.findings)


_HEADINGS = {
    "episodes": "Alla",
    "open": "Öppna",
    "closed": "Avslutade",
    "treated": "Behandlade",
    "limit_missing": "Utan gräns",
    "judged": "Bedömda",
    "within": "I tid",
}
_PLAIN: dict[str, Any] = {"box": SIMPLE, "padding": (0, 1, 0, 0), "pad_edge": False}
_WRITERS = {Format.TABLE: _write_table, Format.JSON: _write_json, Format.CSV: _write_csv}
