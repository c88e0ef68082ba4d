"""Writers of steering documents with invented content, in the layouts that the reader knows.

The flat writer does what a PDF's text extraction does: wraps cells at their column's width, ends each cell
in a space, puts a cell of one line on the same line as the next cell, and leaves an empty line after a
longer one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO

import docx
import openpyxl

PLAN_TITLES = ("Aktivitet", "Hur?", "Vem?", "När?", "Ansvarig", "Uppföljning", "Tidsram")
PLAN_WIDTHS = (22, 24, 20, 16, 18, 20, 9)


Range = tuple[int, int, int, int]
WordTable = tuple[str, Sequence[Sequence[str]], Sequence[Range]]


@dataclass(frozen=True)
class WrittenGoal:
    """A goal as it is to be written: its paragraphs, a level by region, paragraphs by voice."""

    text: tuple[str, ...]
    levels: dict[str, str]
    comments: dict[str, tuple[str, ...]] = field(default_factory=dict)
    spaced: tuple[str, ...] = ()
    """Regions whose level is followed by an empty paragraph."""

    def comment_paragraphs(self) -> list[str]:
        """The comment cell: each voice's first paragraph under its label."""
        return [
            f"{voice}: {paragraph}" if n == 0 else paragraph
            for voice, paragraphs in self.comments.items()
            for n, paragraph in enumerate(paragraphs)
        ]


@dataclass(frozen=True)
class WrittenArea:
    """An area as it is to be written, with goals or with rows of an action plan."""

    id: str
    name: str
    goals: tuple[WrittenGoal, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def wrap(paragraphs: Sequence[str], width: int) -> list[str]:
    """Return a cell's lines: at most `width` letters, a space after each word, words too long broken bare."""
    lines: list[str] = []
    for n, paragraph in enumerate(paragraphs):
        if n:
            lines.append(" ")
        line = ""
        for word in paragraph.split():
            rest = word
            if line and len(line) + len(rest) > width:
                lines.append(line)
                line = ""
            while len(rest) > width:
                lines.append(rest[:width])
                rest = rest[width:]
            line += rest + " "
        lines.append(line or " ")
    return lines or [" "]


def flat_row(cells: Sequence[Sequence[str]]) -> str:
    """Return a row's lines as text: a cell of one line is followed by the next cell on the same line."""
    text = ""
    for lines in cells:
        text += lines[0] if len(lines) == 1 else "\n".join(lines) + "\n\n"
    return text if text.endswith("\n\n") else text + "\n\n"


def flat_follow_up(areas: Sequence[WrittenArea], regions: Sequence[str], goal_width: int = 24) -> str:
    """Return the flat text of a follow-up."""
    text = " Inledning \nNivåerna är Uppnått mål (U), Pågående arbete (P) eller Ej påbörjat (E). \n\n"
    for area in areas:
        text += f"{area.id}. {area.name} \n \n\nMål Uppföljning Kommentarer \n\n{' '.join(regions)} \n\n"
        for goal in area.goals:
            levels = [
                [goal.levels.get(region, "") + " ", *([" "] if region in goal.spaced else [])]
                for region in regions
            ]
            comment = wrap(goal.comment_paragraphs(), 38)
            text += flat_row([wrap(goal.text, goal_width), *levels, comment])
    return text


def flat_action_plan(areas: Sequence[WrittenArea], titles: Sequence[str] = PLAN_TITLES) -> str:
    """Return the flat text of an action plan."""
    text = "1. Bakgrund \nPlanen gäller i tre år. \n\n"
    widths = [PLAN_WIDTHS[PLAN_TITLES.index(title)] for title in titles]
    for area in areas:
        text += f"{area.id}. {area.name} \nDet övergripande målet är bättre vård. \n{' '.join(titles)} \n"
        for row in area.rows:
            text += flat_row([wrap([cell], width) for cell, width in zip(row, widths, strict=True)])
    return text


def word_file(tables: Sequence[WordTable]) -> bytes:
    """Return a Word file: for each table its heading, rows, and merged ranges (top, left, bottom, right)."""
    document = docx.Document()
    for heading, rows, merged in tables:
        document.add_heading(heading, level=1)
        table = document.add_table(len(rows), len(rows[0]))
        for cells, written in zip(table.rows, rows, strict=True):
            for cell, text in zip(cells.cells, written, strict=True):
                cell.text = text
        for top, left, bottom, right in merged:
            text = rows[top][left]
            table.cell(top, left).merge(table.cell(bottom, right)).text = text
    packed = BytesIO()
    document.save(packed)
    return packed.getvalue()


def excel_file(rows: Sequence[Sequence[str]], merged: Sequence[Range] = ()) -> bytes:
    """Return an Excel file with one sheet, ``Plan``, and merged ranges counted from 0."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Plan"
    for row in rows:
        sheet.append([text or None for text in row])
    for top, left, bottom, right in merged:
        sheet.merge_cells(start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1)
    packed = BytesIO()
    book.save(packed)
    return packed.getvalue()


def follow_up_rows(goals: Sequence[WrittenGoal], regions: Sequence[str]) -> list[list[str]]:
    """Return a follow-up's table with its two header rows, one paragraph a line."""
    rows = [
        ["Mål", "Uppföljning", *([""] * (len(regions) - 1)), "Kommentarer"],
        ["", *regions, ""],
    ]
    for goal in goals:
        levels = [goal.levels.get(region, "") for region in regions]
        rows.append(["\n".join(goal.text), *levels, "\n".join(goal.comment_paragraphs())])
    return rows
