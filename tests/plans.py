"""Small invented documents and stored plans for the tests of the goals."""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fyrbak.goals.documents import Activity, Area, Cell, Column, Document, Goal, Kind, Lines
from fyrbak.goals.importing import Imported, import_document
from fyrbak.goals.models import FollowUpRound

AT = datetime(2025, 6, 1, 12, tzinfo=UTC)
NORTH = ("RJH", "RN", "RV", "RVN")
_FOLDER = Path(os.environ.get("FYRBAK_DOCUMENTS", Path(__file__).parents[2] / "shared" / "documents"))


def real_document(start: str) -> Path:
    """The real document whose name begins so; the test is skipped where the documents are not at hand."""
    found = sorted(_FOLDER.glob(f"{start}*.txt"))
    if not found:
        pytest.skip(f"no document {start}*.txt in {_FOLDER}: set FYRBAK_DOCUMENTS to its folder")
    return found[0]


def cell(text: str, line: int = 1, doubtful: str | None = None) -> Cell:
    return Cell(text, Lines(line, line), doubtful)


def goal(
    number: str, text: str, levels: Mapping[str, str], comments: Mapping[str, str] | None = None
) -> Goal:
    """A goal row with one cell per level and comment."""
    return Goal(
        number,
        cell(text),
        {short: cell(level) for short, level in levels.items()},
        {voice: cell(words) for voice, words in (comments or {}).items()},
    )


def follow_up(*goals: Goal, sha256: str = "f" * 64, file: str = "uppföljning.docx") -> Document:
    """A follow-up with one area. Without goals, it has one that the four northern regions assess."""
    rows = goals or (
        goal("1.1", "Alla ska få påhittad vård i tid.", dict(zip(NORTH, ("U", "P/U", "P?", ""), strict=True)),
             {"RN": "Halvvägs.", "RCC Norr": "Går framåt."}),
    )  # fmt: skip
    return Document(Kind.FOLLOW_UP, file, sha256, (Area("1", cell("Påhittat område"), None, tuple(rows)),))


def action_plan(sha256: str = "a" * 64) -> Document:
    """An action plan with one area whose table has all columns, and one whose table has three."""
    full = {column: cell(f"{column.value} i ord") for column in Column}
    full[Column.WHO] = cell("Verksamheterna med stöd av:\n- LPO cancer\n- RCC Norr")
    full[Column.RESPONSIBLE] = cell("- Regionerna\n- RCC Norr", doubtful="two readings")
    few = {column: cell(f"{column.value} i ord") for column in (Column.ACTIVITY, Column.RESPONSIBLE)}
    few[Column.FOLLOW_UP] = cell("")
    areas = (
        Area("2.1", cell("Rehabilitering"), cell("Behov bedöms."), (Activity("2.1.1", full),)),
        Area("2.2", cell("Nivåstrukturering"), None, (Activity("2.2.1", few),)),
    )
    return Document(Kind.ACTION_PLAN, "handlingsplan.docx", sha256, areas)


def import_north(
    document: Document, *, label: str = "2022–2024", owner: str = "rcc:norr", level: str = "regional",
    frozen: bool = False,
) -> Imported:  # fmt: skip
    """Import a follow-up of the northern plan; its round is called 2024, and is open unless frozen."""
    return import_document(
        document, owner=owner, level=level, label=label, at=AT, round_label="2024", frozen=frozen
    )


def north_round(*goals: Goal) -> FollowUpRound:
    """A stored round of an invented plan, open for assessments."""
    opened = import_north(follow_up(*goals)).round
    assert opened is not None
    return opened
