"""Excel files (.xlsx) as grids: one per sheet. A formula counts with the value that was last worked out."""

from __future__ import annotations

import warnings
from datetime import date, datetime
from io import BytesIO

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from fyrbak.errors import BadInputError
from fyrbak.goals.documents.document import TableCell
from fyrbak.goals.documents.grids import Grid, GridCell, Paragraph


def read_excel(data: bytes, file: str) -> list[Grid]:
    """Return the sheets of an Excel file in order. Raises BadInputError when the file is damaged."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of drawings and rules that are not read here
            values = openpyxl.load_workbook(BytesIO(data), data_only=True)
            formulas = openpyxl.load_workbook(BytesIO(data))
    except Exception as error:  # a damaged package fails in as many ways as it has layers
        raise BadInputError(
            f"{file}: the Excel file is damaged. Open it in Excel, save it anew and try again.",
            word="plans.unreadable.excel",
        ) from error
    return [_grid(sheet, formulas[sheet.title]) for sheet in values.worksheets]


def _grid(sheet: Worksheet, formulas: Worksheet) -> Grid:
    """Return a sheet's cells, with merged ranges repeated in each of their cells."""
    anchors = {
        (row, column): (merged.min_row, merged.min_col)
        for merged in sheet.merged_cells.ranges
        for row in range(merged.min_row, merged.max_row + 1)
        for column in range(merged.min_col, merged.max_col + 1)
    }
    rows = []
    for row in range(1, sheet.max_row + 1):
        cells = []
        for column in range(1, sheet.max_column + 1):
            anchor = anchors.get((row, column), (row, column))
            cells.append(_cell(sheet, formulas, anchor))
        rows.append(tuple(cells))
    title = Paragraph(sheet.title, TableCell(sheet.title))
    return Grid((title,), tuple(rows))


def _cell(sheet: Worksheet, formulas: Worksheet, anchor: tuple[int, int]) -> GridCell:
    cell = sheet.cell(*anchor)
    doubtful = None
    if cell.data_type == "e":
        doubtful = "the cell holds an error"
    elif cell.value is None and formulas.cell(*anchor).value is not None:
        doubtful = "the cell holds a formula whose value was never worked out"
    return GridCell(_plain(cell.value), TableCell(f"{sheet.title}!{cell.coordinate}"), anchor, doubtful)


def _plain(value: object) -> str:
    """Return a cell's value as text: whole numbers without decimals, dates as 2025-03-01."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and not (value.hour or value.minute or value.second):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
