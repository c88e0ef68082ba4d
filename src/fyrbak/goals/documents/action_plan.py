"""Reading the flat text of an action plan: activities in up to seven columns.

A table's header row names its columns. A first reading of all tables teaches which texts recur in which
column; a second reading uses that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from fyrbak.goals.documents.columns import columns_of
from fyrbak.goals.documents.document import Activity, Area, Cell, Column, Lines
from fyrbak.goals.documents.flat_text import Section
from fyrbak.goals.documents.plausibility import Experience
from fyrbak.goals.documents.table_search import Row, Table
from fyrbak.goals.documents.words import Line, Vocabulary, cell

_YEAR = re.compile(r"\b(19|20)\d\d\b")
_YEARS_THEN_TEXT = re.compile(r"(19|20)\d\d\s*[–-]\s*((19|20)\d\d)?\s+[^\W\d_]{2,}")


def is_header(line: Line) -> bool:
    """Whether the line is the header row of an action plan's table."""
    return columns_of(line.text.split()) is not None


def read_areas(sections: Sequence[Section], vocabulary: Vocabulary) -> list[Area]:
    """Return the sections' areas with their activities."""
    tables = [Table(columns_of(section.header.text.split()) or [], section.body) for section in sections]
    first = [row for table in tables for row in table.read(Experience())]
    experience = Experience((column, row.text(column)) for row in first for column in row.cells)
    rows = [table.read_with_doubts(experience) for table in tables]
    _doubt_odd_years([row for of_table in rows for row in of_table])
    return [
        _area(section, table.columns, of_table, vocabulary)
        for section, table, of_table in zip(sections, tables, rows, strict=True)
    ]


def _doubt_odd_years(rows: Sequence[Row]) -> None:
    """Doubt rows that the table's years do not end: a sign that a row's end was missed.

    A time frame without a year is odd only where nearly all others have one.
    """
    frames = [row for row in rows if row.text(Column.TIME_FRAME)]
    dated = [row for row in frames if _YEAR.search(row.text(Column.TIME_FRAME))]
    for row in frames if len(dated) >= 0.8 * len(frames) else []:
        if row not in dated:
            row.doubts.setdefault(Column.TIME_FRAME, "the time frame names no year, unlike the others")
    for row in rows:
        for column in row.cells:
            if _YEARS_THEN_TEXT.match(row.text(column)):
                row.doubts.setdefault(column, "years stand before the text: another row may begin here")


def _area(section: Section, columns: Sequence[Column], rows: Sequence[Row], vocabulary: Vocabulary) -> Area:
    """Return the area of a section with its activities."""
    overall = [line for line in section.before if not line.blank]
    return Area(
        id=section.id,
        name=cell([section.heading], vocabulary),
        overall_goal=cell(overall, vocabulary) if overall else None,
        rows=tuple(
            Activity(f"{section.id}.{n}", _cells(row, columns, vocabulary))
            for n, row in enumerate(rows, start=1)
        ),
    )


def _cells(row: Row, columns: Sequence[Column], vocabulary: Vocabulary) -> Mapping[Column, Cell]:
    """Return the row's cells; a column that the row ended before is empty and doubtful."""
    last = max(line.number for lines in row.cells.values() for line in lines)
    missing = Cell("", Lines(last, last), "the row ended before this column")
    return {
        column: cell(row.cells[column], vocabulary, doubtful=row.doubts.get(column))
        if column in row.cells
        else missing
        for column in columns
    }
