"""A form of a round as an Excel workbook: choices in lists, what is not to be changed locked.

The first row is hidden and names each column, so that columns are found by name wherever they stand. The
first column is hidden and holds the references.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import cast

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Font, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from fyrbak.errors import BadInputError
from fyrbak.goals.models import Assessment
from fyrbak.goals.rounds.forms import Filled, Form, Row, read_head
from fyrbak.reports.formats import Language
from fyrbak.reports.round_files import cells
from fyrbak.reports.words import Words

_WIDTHS = {
    cells.REFERENCE: 20, "area": 18, cells.NUMBER: 8, "text": 42, "before": 34, "question": 24,
    "level": 9, "uncertain": 9, "reason": 22, "comment": 50, "explanation": 34,
}  # fmt: skip
COLUMNS = tuple(_WIDTHS)
NAMES_ROW, HEADINGS_ROW, FIRST_ROW = 1, 2, 3
_HEAD, _TYPE_HERE = PatternFill("solid", fgColor="F2F5F7"), PatternFill("solid", fgColor="FFF6DF")
_WRAPPED = Alignment(wrap_text=True, vertical="top")


def write_excel_form(form: Form, lang: Language) -> bytes:
    """The form as a workbook: one sheet to fill in, one that says how, and a hidden one with the choices."""
    book, w = Workbook(), Words(lang)
    book.properties.title = " ".join(text for _, text in cells.titles(form, lang))
    book.properties.creator, book.properties.language = "Fyrbåk", lang
    sheet = book.active or book.create_sheet()
    sheet.title = w("round_files.sheet")
    _fill(sheet, form, lang)
    _explain(book.create_sheet(w("round_files.sheet.how")), form, lang)
    _choices(book, form, lang)
    _offer(sheet, len(form.goals), w)
    saved = BytesIO()
    book.save(saved)
    return saved.getvalue()


def _fill(sheet: Worksheet, form: Form, lang: Language) -> None:
    w = Words(lang)
    for place, (name, width) in enumerate(_WIDTHS.items(), start=1):
        sheet.cell(NAMES_ROW, place, form.head.written() if name == cells.REFERENCE else name)
        heading = sheet.cell(HEADINGS_ROW, place, w(f"round_files.{name}"))
        heading.font, heading.fill, heading.alignment = Font(bold=True), _HEAD, _WRAPPED
        sheet.column_dimensions[get_column_letter(place)].width = width
    for row, goal in enumerate(form.goals, start=FIRST_ROW):
        texts = cells.shown_cells(form, goal, lang) | cells.typed_cells(goal.typed, lang)
        for place, name in enumerate(COLUMNS, start=1):
            cell = cast("Cell", sheet.cell(row, place))
            _write(cell, texts[name], locked=name not in cells.FILLED_IN)
    sheet.row_dimensions[NAMES_ROW].hidden = True
    sheet.column_dimensions["A"].hidden = True
    sheet.freeze_panes = f"{get_column_letter(COLUMNS.index('text') + 2)}{FIRST_ROW}"
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{HEADINGS_ROW}:{HEADINGS_ROW}"


def _write(cell: Cell, text: str, *, locked: bool) -> None:
    """Text stays text, also where it begins like a formula or looks like a number."""
    if text:
        cell.value = text
        cell.data_type = "s"
    cell.number_format, cell.alignment = "@", _WRAPPED
    cell.protection = Protection(locked=locked)
    if not locked:
        cell.fill = _TYPE_HERE


def _explain(sheet: Worksheet, form: Form, lang: Language) -> None:
    lines = [": ".join(pair) for pair in cells.titles(form, lang)]
    for row, line in enumerate((*lines, "", *cells.instructions(form, lang)), start=1):
        sheet.cell(row, 1, line).alignment = _WRAPPED
    sheet.column_dimensions["A"].width = 100
    sheet.protection.sheet = True


_LISTS = ("level", "uncertain", "reason")


def _choices(book: Workbook, form: Form, lang: Language) -> None:
    """The choices stand in a hidden sheet, since a list inside a cell's own rule has room for few."""
    sheet = book.create_sheet("choices")
    offered = (list(cells.choices(form)), [Words(lang)("yes").lower()], cells.reason_choices(lang))
    for column, (name, texts) in enumerate(zip(_LISTS, offered, strict=True), start=1):
        for row, text in enumerate(texts, start=1):
            sheet.cell(row, column, text)
        letter = get_column_letter(column)
        area = f"choices!${letter}$1:${letter}${len(texts)}"
        book.defined_names[f"offered_{name}"] = DefinedName(f"offered_{name}", attr_text=area)
    sheet.sheet_state = "hidden"


def _offer(sheet: Worksheet, goals: int, w: Words) -> None:
    """A list to choose from in each cell that has choices; other words are stopped with a line that helps."""
    for name in _LISTS:
        rule = DataValidation(type="list", formula1=f"offered_{name}", allow_blank=True)
        rule.errorTitle, rule.error = w(f"round_files.{name}"), w("round_files.choose")
        rule.showErrorMessage = True
        letter = get_column_letter(COLUMNS.index(name) + 1)
        rule.add(f"{letter}{FIRST_ROW}:{letter}{FIRST_ROW + max(goals, 1) - 1}")
        sheet.add_data_validation(rule)


def read_excel_form(data: bytes, file_name: str) -> Filled:
    """The form that a workbook holds. Raises BadInputError for a damaged file, another document, or columns
    that are missing or there twice.
    """
    try:
        book = load_workbook(BytesIO(data))
    except Exception as error:  # a damaged package fails in as many ways as it has layers
        raise BadInputError(
            f"{file_name}: the Excel file is damaged. Open it in Excel, save it anew and try again.",
            word="round_files.damaged",
            file=file_name,
        ) from error
    for sheet in book.worksheets:
        names = [_text(cell.value) for cell in sheet[NAMES_ROW]]
        head = next((found for name in names if (found := read_head(name))), None)
        if head:
            columns = _columns([cells.REFERENCE if read_head(name) else name for name in names], file_name)
            return Filled(head, tuple(_rows(sheet, columns)), Assessment.Origin.EXCEL, file_name)
    raise BadInputError(
        f"{file_name}: this is no form of a round. Choose the file that was fetched from the round.",
        word="round_files.other_document",
        file=file_name,
    )


def _columns(names: list[str], file_name: str) -> dict[str, int]:
    """The place of each column. Raises BadInputError for one that is missing or there twice."""
    for name in (cells.REFERENCE, cells.NUMBER, *cells.FILLED_IN):
        if names.count(name) != 1:
            state = "twice" if names.count(name) else "missing"
            raise BadInputError(
                f"{file_name}: the column '{name}' is {state}. Fetch the file anew and paste the answers.",
                word=f"round_files.column_{state}",
                file=file_name,
                column=name,
            )
    return {name: place for place, name in enumerate(names) if name in COLUMNS}


def _rows(sheet: Worksheet, columns: dict[str, int]) -> Iterator[Row]:
    for row in sheet.iter_rows(min_row=FIRST_ROW):
        texts = {name: _text(row[place].value) for name, place in columns.items()}
        if any(texts[name].strip() for name in (cells.REFERENCE, cells.NUMBER, *cells.FILLED_IN)):
            yield cells.read_row(texts, str(row[0].row))


def _text(value: object) -> str:
    return "" if value is None else str(value)
