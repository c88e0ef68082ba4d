"""Word files (.docx) as grids. Tracked changes are read as accepted, content controls as filled in."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any

import docx
from docx.oxml.ns import qn

from fyrbak.errors import BadInputError
from fyrbak.goals.documents.document import TableCell
from fyrbak.goals.documents.grids import Grid, GridCell, Paragraph

_DELETED = {qn("w:del"), qn("w:moveFrom")}
_SET_APART = {qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")}


def read_word(data: bytes, file: str) -> list[Grid]:
    """Return the tables of a Word file in order. Raises BadInputError when the file is damaged."""
    try:
        document = docx.Document(BytesIO(data))
    except Exception as error:  # a damaged package fails in as many ways as it has layers
        raise BadInputError(
            f"{file}: the Word file is damaged. Open it in Word, save it anew and try again.",
            word="plans.unreadable.word",
        ) from error
    styles = {style.style_id: style.name or "" for style in document.styles}
    grids: list[Grid] = []
    above: list[Paragraph] = []
    for number, block in enumerate(_unwrapped(document.element.body), start=1):
        if block.tag == qn("w:p"):
            text = _text(block).strip()
            if text:
                above.append(Paragraph(text, TableCell(f"block {number}"), _is_heading(block, styles)))
        elif block.tag == qn("w:tbl"):
            grids.append(_grid(block, len(grids) + 1, tuple(above)))
            above = []
    return grids


def _unwrapped(parent: Any) -> Iterator[Any]:
    """Yield the children of an XML element, entering content controls and insertions, without deletions."""
    for child in parent:
        if child.tag in _SET_APART:
            yield from _unwrapped(child)
        elif child.tag not in _DELETED:
            yield child


def _text(parent: Any) -> str:
    """Return all text below an XML element, one line per paragraph or line break."""
    parts: list[str] = []
    for child in parent:
        if child.tag in _DELETED:
            continue
        if child.tag == qn("w:t"):
            parts.append(child.text or "")
        elif child.tag == qn("w:tab"):
            parts.append(" ")
        elif child.tag in {qn("w:br"), qn("w:cr")}:
            parts.append("\n")
        elif child.tag == qn("w:noBreakHyphen"):
            parts.append("-")
        elif child.tag == qn("w:p"):
            parts.append(_text(child) + "\n")
        else:
            parts.append(_text(child))
    return "".join(parts)


def _is_heading(paragraph: Any, styles: dict[str, str]) -> bool:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    name = styles.get(style.get(qn("w:val")), "") if style is not None else ""
    return name.lower().startswith(("heading", "rubrik"))


def _grid(table: Any, number: int, above: tuple[Paragraph, ...]) -> Grid:
    """Return a table's cells, with merged ranges repeated in each of their cells."""
    rows: list[list[GridCell]] = []
    for row in (child for child in _unwrapped(table) if child.tag == qn("w:tr")):
        cells: list[GridCell] = []
        for _ in range(_number(row, "w:trPr", "w:gridBefore", default=0)):
            cells.append(_cell("", number, len(rows), len(cells)))
        for element in (child for child in _unwrapped(row) if child.tag == qn("w:tc")):
            start = len(cells)
            merge = element.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            continues = merge is not None and merge.get(qn("w:val")) != "restart"
            if continues and rows and start < len(rows[-1]):
                cell = rows[-1][start]
            else:
                cell = _cell(_text(element).strip("\n"), number, len(rows), start)
            cells += [cell] * _number(element, "w:tcPr", "w:gridSpan", default=1)
        rows.append(cells)
    width = max((len(cells) for cells in rows), default=0)
    for at, cells in enumerate(rows):
        cells += [_cell("", number, at, column) for column in range(len(cells), width)]
    return Grid(above, tuple(tuple(cells) for cells in rows))


def _cell(text: str, table: int, row: int, column: int) -> GridCell:
    return GridCell(text, TableCell(f"table {table}, row {row + 1}, column {column + 1}"), (row, column))


def _number(element: Any, properties: str, name: str, *, default: int) -> int:
    """Return a whole number from an element's properties."""
    found = element.find(f"{qn(properties)}/{qn(name)}")
    return int(found.get(qn("w:val"))) if found is not None else default
