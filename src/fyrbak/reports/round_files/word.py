"""A form of a round as a Word document: one table for each goal, with its reference in small print.

A table is known by its reference, so tables may be moved, and text around them written freely.
"""

from __future__ import annotations

from io import BytesIO

import docx
from docx.document import Document
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor
from docx.table import _Cell

from fyrbak.errors import BadInputError
from fyrbak.goals.documents.grids import Grid
from fyrbak.goals.documents.word import read_word
from fyrbak.goals.models import Assessment
from fyrbak.goals.rounds.forms import Asked, Filled, Form, Row, read_head
from fyrbak.reports.formats import LANGUAGES, Language
from fyrbak.reports.round_files import cells
from fyrbak.reports.words import Words

_ROWS = ("text", "before", "question", *cells.FILLED_IN, cells.REFERENCE)
_WIDTHS = (Cm(4.5), Cm(12))
_SMALL, _GREY, _SHADE = Pt(7), RGBColor(0x52, 0x61, 0x6D), "FFF6DF"


def write_word_form(form: Form, lang: Language) -> bytes:
    """The form as a document: what it is and how it is filled in, then a table for each goal by area."""
    document, w = docx.Document(), Words(lang)
    document.core_properties.title = " ".join(text for _, text in cells.titles(form, lang))
    document.core_properties.author, document.core_properties.language = "Fyrbåk", lang
    _set_language(document, lang)
    document.add_heading(w("rounds.round", label=form.follow_up.label), level=0)
    head = _table(document, [*cells.titles(form, lang), (w("round_files.reference"), form.head.written())])
    _small(head[-1])
    for line in cells.instructions(form, lang):
        document.add_paragraph(line, style="List Bullet")
    area = None
    for goal in form.goals:
        texts = cells.shown_cells(form, goal, lang)
        if texts["area"] != area:
            area = texts["area"]
            document.add_heading(area, level=1)
        document.add_heading(f"{w('goal')} {goal.part.number}", level=2)
        _goal(document, form, goal, lang)
    saved = BytesIO()
    document.save(saved)
    return saved.getvalue()


def _goal(document: Document, form: Form, goal: Asked, lang: Language) -> None:
    w = Words(lang)
    texts = cells.shown_cells(form, goal, lang) | cells.typed_cells(goal.typed, lang)
    texts[cells.REFERENCE] = f"{texts[cells.REFERENCE]} {goal.part.number}"
    rows = [name for name in _ROWS if name != "question" or texts["question"]]
    answers = _table(document, [(w(f"round_files.{name}"), texts[name]) for name in rows])
    for name, cell in zip(rows, answers, strict=True):
        if name in cells.FILLED_IN:
            _shade(cell)
    _small(answers[-1])


def _table(document: Document, rows: list[tuple[str, str]]) -> list[_Cell]:
    """A table of headings and texts; the cells of the texts. No row is broken between pages."""
    table = document.add_table(rows=len(rows), cols=2, style="Table Grid")
    table.autofit = False
    found = []
    for row, (heading, text) in zip(table.rows, rows, strict=True):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        left, right = row.cells
        left.width, right.width = _WIDTHS
        left.paragraphs[0].add_run(heading).bold = True
        _write(right, text)
        found.append(right)
    return found


def _write(cell: _Cell, text: str) -> None:
    """The text with its line breaks, so that it comes back as it was."""
    run = cell.paragraphs[0].add_run()
    for place, line in enumerate(text.split("\n")):
        if place:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)


def _small(cell: _Cell) -> None:
    for run in cell.paragraphs[0].runs:
        run.font.size, run.font.color.rgb = _SMALL, _GREY


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", _SHADE)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _set_language(document: Document, lang: Language) -> None:
    """Say in which language the text is, for spelling and for reading aloud."""
    properties = document.styles["Normal"].element.get_or_add_rPr()
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "sv-SE" if lang == "sv" else "en-GB")
    properties.append(language)


def read_word_form(data: bytes, file_name: str) -> Filled:
    """The form that a document holds. Raises BadInputError for a damaged file or another document."""
    head, rows = None, []
    for number, grid in enumerate(read_word(data, file_name), start=1):
        texts = _texts(grid)
        reference = texts.get(cells.REFERENCE, "")
        if found := read_head(reference):
            head = found
        elif set(cells.FILLED_IN) & texts.keys():
            rows.append(_row(texts, reference, number))
    if head is None:
        raise BadInputError(
            f"{file_name}: this is no form of a round. Choose the file that was fetched from the round.",
            word="round_files.other_document",
            file=file_name,
        )
    return Filled(head, tuple(rows), Assessment.Origin.WORD, file_name)


def _row(texts: dict[str, str], reference: str, number: int) -> Row:
    reference, _, goal = reference.strip().partition(" ")
    return cells.read_row(texts | {cells.REFERENCE: reference, cells.NUMBER: goal}, str(number))


def _texts(grid: Grid) -> dict[str, str]:
    """A table's texts by what their headings name, in either language."""
    names = {Words(lang)(f"round_files.{name}"): name for lang in LANGUAGES for name in _ROWS}
    return {names[row[0].text]: row[1].text for row in grid.rows if len(row) > 1 and row[0].text in names}
