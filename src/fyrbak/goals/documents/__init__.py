"""Steering documents in: follow-ups and action plans from flat text, Word and Excel, cell by cell."""

from fyrbak.goals.documents.document import (
    Activity,
    Area,
    Cell,
    Column,
    Document,
    Doubt,
    Goal,
    Kind,
    Lines,
    TableCell,
)
from fyrbak.goals.documents.kinds import read_document

__all__ = [
    "Activity",
    "Area",
    "Cell",
    "Column",
    "Document",
    "Doubt",
    "Goal",
    "Kind",
    "Lines",
    "TableCell",
    "read_document",
]
