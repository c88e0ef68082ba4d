"""Steering documents in: follow-ups and action plans from text, Word, Excel and ruled PDF, cell by cell."""

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
from fyrbak.goals.documents.kinds import read_data, read_document

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
    "read_data",
    "read_document",
]
