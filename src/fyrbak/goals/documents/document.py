"""What a read document is: areas with goals or activities, each cell with its place and its doubts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """The two kinds of document that can be read."""

    FOLLOW_UP = "follow-up"
    ACTION_PLAN = "action-plan"


class Column(StrEnum):
    """The columns of an action plan, in the order in which they are printed."""

    ACTIVITY = "activity"
    HOW = "how"
    WHO = "who"
    WHEN = "when"
    RESPONSIBLE = "responsible"
    FOLLOW_UP = "follow_up"
    TIME_FRAME = "time_frame"


@dataclass(frozen=True, slots=True)
class Lines:
    """A place in flat text: the first and the last line, counted from 1, both included."""

    first: int
    last: int

    def __str__(self) -> str:
        return f"line {self.first}" if self.first == self.last else f"lines {self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class TableCell:
    """A place in a Word, Excel or PDF file, such as ``table 2, row 3, column 1`` or ``Plan!C4``."""

    name: str

    def __str__(self) -> str:
        return self.name


Place = Lines | TableCell


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its text with broken words mended, where it stands, and why a person should look at it.

    Paragraphs within the cell are separated by a line feed; an empty cell has the text "".
    """

    text: str
    place: Place
    doubtful: str | None = None


@dataclass(frozen=True, slots=True)
class Goal:
    """A goal with every region's level, verbatim ("" is blank), and what each voice says of it."""

    id: str
    text: Cell
    levels: Mapping[str, Cell]
    comments: Mapping[str, Cell]
    unattributed: Cell | None = None
    """Text of the comment column that stands under no voice's label."""

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Yield (field, cell), a field being ``text``, ``levels.RN``, ``comments.RN`` or ``unattributed``."""
        yield "text", self.text
        yield from ((f"levels.{region}", cell) for region, cell in self.levels.items())
        yield from ((f"comments.{voice}", cell) for voice, cell in self.comments.items())
        if self.unattributed:
            yield "unattributed", self.unattributed

    def as_json(self) -> dict[str, Any]:
        """Return the goal as plain values; a blank level is None, never a level."""
        plain: dict[str, Any] = {
            "id": self.id,
            "text": self.text.text,
            "levels": {region: cell.text or None for region, cell in self.levels.items()},
            "comments": {voice: cell.text for voice, cell in self.comments.items()},
        }
        if self.unattributed:
            plain["unattributed"] = self.unattributed.text
        return plain | _margins(self.cells())


@dataclass(frozen=True, slots=True)
class Activity:
    """A row of an action plan. A column that its table does not have is absent, unlike an empty cell."""

    id: str
    columns: Mapping[Column, Cell]

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Yield (field, cell) for the columns that the table has."""
        yield from ((column.value, cell) for column, cell in self.columns.items())

    def as_json(self) -> dict[str, Any]:
        """Return the activity as plain values: "" for an empty cell, None where there is no such column."""
        texts = {c.value: self.columns[c].text if c in self.columns else None for c in Column}
        return {"id": self.id, **texts} | _margins(self.cells())


@dataclass(frozen=True, slots=True)
class Area:
    """A section of the document with its printed number, its name and its rows."""

    id: str
    name: Cell
    overall_goal: Cell | None
    rows: tuple[Goal | Activity, ...]

    def cells(self) -> Iterator[tuple[str, Cell]]:
        """Yield (field, cell) of the area's own cells, not of its rows."""
        yield "name", self.name
        if self.overall_goal:
            yield "overall_goal", self.overall_goal

    def as_json(self, rows_name: str) -> dict[str, Any]:
        """Return the area as plain values with its rows under `rows_name`."""
        return {
            "id": self.id,
            "name": self.name.text,
            "overall_goal": self.overall_goal.text if self.overall_goal else None,
            rows_name: [row.as_json() for row in self.rows],
        } | _margins(self.cells())


class Doubt(NamedTuple):
    """A cell that a person should look at: the row's (or area's) id, the field, the cell."""

    id: str
    field: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document as read: nothing in its tables is lost; what was set aside is listed."""

    kind: Kind
    file: str
    sha256: str
    areas: tuple[Area, ...]
    left_out: tuple[Place, ...] = ()
    """What stands among the tables and belongs to no cell: page headers, closing words, other columns."""

    def doubts(self) -> list[Doubt]:
        """Return every doubtful cell in the document's order."""
        owners: list[Area | Goal | Activity] = [o for area in self.areas for o in (area, *area.rows)]
        return [Doubt(o.id, field, cell) for o in owners for field, cell in o.cells() if cell.doubtful]

    def as_json(self) -> dict[str, Any]:
        """Return the document as plain values, ready for ``json.dumps``."""
        rows_name = "goals" if self.kind is Kind.FOLLOW_UP else "activities"
        return {
            "kind": self.kind.value,
            "areas": [area.as_json(rows_name) for area in self.areas],
            "source": {"file": self.file, "sha256": self.sha256},
            "left_out": [_plain(place) for place in self.left_out],
        }


def _plain(place: Place) -> list[int] | str:
    return [place.first, place.last] if isinstance(place, Lines) else place.name


def _margins(cells: Iterator[tuple[str, Cell]]) -> dict[str, Any]:
    """Return what stands beside the texts: where each cell is and the reasons for doubt, by field."""
    margins: dict[str, Any] = {"doubtful": {}}
    for field, cell in cells:
        margins.setdefault("lines" if isinstance(cell.place, Lines) else "cells", {})[field] = _plain(
            cell.place
        )
        if cell.doubtful:
            margins["doubtful"][field] = cell.doubtful
    return margins
