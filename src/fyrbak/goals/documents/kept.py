"""A read document as it is kept while it is reviewed, and with what a person says of its cells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from fyrbak.goals.documents.document import (
    Activity,
    Area,
    Cell,
    Column,
    Document,
    Goal,
    Kind,
    Lines,
    Place,
    TableCell,
)

Plain = Mapping[str, Any]


def document_from_json(plain: Plain) -> Document:
    """The document that ``Document.as_json`` gave these plain values of."""
    kind = Kind(plain["kind"])
    rows = "goals" if kind is Kind.FOLLOW_UP else "activities"
    return Document(
        kind=kind,
        file=plain["source"]["file"],
        sha256=plain["source"]["sha256"],
        areas=tuple(_area(area, rows) for area in plain["areas"]),
        left_out=tuple(_place(place) for place in plain["left_out"]),
    )


def corrected(document: Document, answers: Mapping[tuple[str, str], str]) -> Document:
    """The document with what a person says of its cells, by the number of the row or area and the field.

    A cell that somebody has spoken of is no longer doubtful.
    """

    def cell(number: str, field: str, read: Cell) -> Cell:
        said = answers.get((number, field))
        return read if said is None else replace(read, text=said, doubtful=None)

    def row(read: Goal | Activity) -> Goal | Activity:
        now = {field: cell(read.id, field, one) for field, one in read.cells()}
        if isinstance(read, Activity):
            return Activity(read.id, {column: now[column.value] for column in read.columns})
        return Goal(
            read.id,
            now["text"],
            {region: now[f"levels.{region}"] for region in read.levels},
            {voice: now[f"comments.{voice}"] for voice in read.comments},
            now.get("unattributed"),
        )

    return replace(
        document,
        areas=tuple(
            Area(
                area.id,
                cell(area.id, "name", area.name),
                cell(area.id, "overall_goal", area.overall_goal) if area.overall_goal else None,
                tuple(row(read) for read in area.rows),
            )
            for area in document.areas
        ),
    )


def _area(plain: Plain, rows: str) -> Area:
    return Area(
        id=plain["id"],
        name=_cell(plain, "name", plain["name"]),
        overall_goal=_cell(plain, "overall_goal", plain["overall_goal"]) if plain["overall_goal"] else None,
        rows=tuple(_goal(row) if rows == "goals" else _activity(row) for row in plain[rows]),
    )


def _goal(plain: Plain) -> Goal:
    said = plain.get("unattributed")
    return Goal(
        id=plain["id"],
        text=_cell(plain, "text", plain["text"]),
        levels={name: _cell(plain, f"levels.{name}", text or "") for name, text in plain["levels"].items()},
        comments={name: _cell(plain, f"comments.{name}", text) for name, text in plain["comments"].items()},
        unattributed=_cell(plain, "unattributed", said) if said is not None else None,
    )


def _activity(plain: Plain) -> Activity:
    return Activity(
        plain["id"],
        {
            column: _cell(plain, column.value, plain[column.value])
            for column in Column
            if plain[column.value] is not None
        },
    )


def _cell(margins: Plain, field: str, text: str) -> Cell:
    place = (margins.get("lines") or {}).get(field) or margins["cells"][field]
    return Cell(text, _place(place), margins["doubtful"].get(field))


def _place(plain: list[int] | str) -> Place:
    return TableCell(plain) if isinstance(plain, str) else Lines(*plain)
