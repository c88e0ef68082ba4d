"""A paper as a Word file: headings, heads of tables that repeat on every page, text alternatives."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import vl_convert
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from fyrbak.reports.drawing import AMBER, BRICK, INK, MIST, MOSS, SLATE
from fyrbak.reports.papers.packed import packed
from fyrbak.reports.papers.paper import Bullets, Cell, Heading, Paper, Paragraph, Picture, Table, Token

_LOCALES = {"sv": "sv-SE", "en": "en-GB"}
_COLOURS: dict[Token, str] = {"ink": INK, "moss": MOSS, "amber": AMBER, "brick": BRICK, "slate": SLATE}
_FONT, _MARGIN, _SHORT, _LONG = "Arial", 18, 210, 297  # millimetres of a margin and of an A4 page's sides
_SIZES = {"Normal": 10.0, "Title": 20.0, "Heading 2": 15.0, "Heading 3": 12.0, "Heading 4": 10.5}
_FINE = Pt(8)
_CELL = "TableText"  # the style of what stands in tables


def word(paper: Paper) -> bytes:
    """The report as a Word file. The same paper gives the same bytes."""
    document = docx.Document()
    _settle(document, paper)
    document.add_paragraph(paper.title, "Title")
    document.add_paragraph(paper.subtitle, "Subtitle")
    for block in paper.blocks:
        match block:
            case Heading():
                document.add_heading(block.text, block.level)
            case Paragraph():
                _paragraph(document.add_paragraph(), block)
            case Bullets():
                for item in block.items:
                    document.add_paragraph(item, "List Bullet")
            case Table():
                _table(document, block, _width(paper))
            case Picture():
                _picture(document, block, _width(paper))
    for label, text in paper.made_of:
        _paragraph(document.add_paragraph(), Paragraph(text=text, label=label, style="fine"))
    written = BytesIO()
    document.save(written)
    return packed(written.getvalue(), paper.on)


def _width(paper: Paper) -> float:
    """Millimetres between the margins."""
    return (_LONG if paper.landscape else _SHORT) - 2 * _MARGIN


def _settle(document: Document, paper: Paper) -> None:
    """Page, fonts, language, properties, and what stands at the top and the foot of every page."""
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
    sides = (_LONG, _SHORT) if paper.landscape else (_SHORT, _LONG)
    section.page_width, section.page_height = map(Mm, sides)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(_MARGIN)
    for name, size in _SIZES.items():
        style: Any = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.font.color.rgb = _rgb(INK)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
    cells: Any = document.styles.add_style(_CELL, WD_STYLE_TYPE.PARAGRAPH)
    cells.base_style, cells.font.size = document.styles["Normal"], Pt(8.5)
    cells.paragraph_format.space_after = Pt(2)
    defaults = document.styles.element.find(f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}")
    lang = defaults.find(qn("w:lang"))
    lang.set(qn("w:val"), _LOCALES[paper.lang])
    properties = document.core_properties
    properties.title, properties.author, properties.language = paper.title, "Fyrbåk", _LOCALES[paper.lang]
    properties.comments, properties.last_modified_by = paper.subtitle, "Fyrbåk"
    if paper.banner:
        section.header.paragraphs[0].add_run(paper.banner).bold = True
    foot = section.footer.paragraphs[0]
    foot.add_run(f"{paper.title} · {paper.subtitle} · ").font.size = _FINE
    _page_number(foot)


def _page_number(paragraph: WordParagraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#").upper())


def _paragraph(into: WordParagraph, block: Paragraph) -> None:
    if block.label:
        into.add_run(f"{block.label}: ").bold = True
    into.add_run(block.text)
    for run in into.runs:
        if block.style == "fine":
            run.font.size, run.font.color.rgb = _FINE, _rgb(SLATE)
        elif block.style == "lead":
            run.font.size = Pt(12)


def _table(document: Document, table: Table, width: float) -> None:
    """The table with its caption as its title, since running text above it would read as an overall goal."""
    made = document.add_table(len(table.head), len(table.widths), "Table Grid")
    made.autofit = False
    title = OxmlElement("w:tblCaption")
    title.set(qn("w:val"), table.caption)
    made._tblPr.append(title)
    _heads(made, table)
    for row in table.rows:
        for place, (cell, into) in enumerate(zip(row, made.add_row().cells, strict=True)):
            _cell(into, cell, numeric=table.numeric[place])
    widths = [Mm(width * share / sum(table.widths)) for share in table.widths]
    for column, wide in zip(made.columns, widths, strict=True):
        column.width = wide
    for made_row in made.rows:
        for made_cell, wide in zip(made_row._tr.tc_lst, _spanned(made_row._tr.tc_lst, widths), strict=True):
            made_cell.width = wide
    document.add_paragraph().paragraph_format.space_after = Pt(4)


def _spanned(cells: Any, widths: list[Any]) -> list[Any]:
    """The width of each cell of a row, those that stretch over several columns included."""
    found, at = [], 0
    for cell in cells:
        found.append(Mm(sum(wide.mm for wide in widths[at : at + cell.grid_span])))
        at += cell.grid_span
    return found


def _heads(made: Any, table: Table) -> None:
    """The head's cells, merged where they stretch, on rows that repeat on every page."""
    taken: set[tuple[int, int]] = set()
    for at, heads in enumerate(table.head):
        column = 0
        for head in heads:
            while (at, column) in taken:
                column += 1
            last = made.cell(at + head.down - 1, column + head.across - 1)
            into = made.cell(at, column).merge(last) if head.across * head.down > 1 else last
            into.paragraphs[0]._p.style = _CELL
            into.paragraphs[0].add_run(head.text).bold = True
            _shade(into)
            taken |= {(at + y, column + x) for y in range(head.down) for x in range(head.across)}
        repeats = OxmlElement("w:tblHeader")
        made.rows[at]._tr.get_or_add_trPr().append(repeats)


def _shade(cell: WordCell) -> None:
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", MIST.removeprefix("#").upper())):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _cell(into: WordCell, cell: Cell, *, numeric: bool) -> None:
    for number, line in enumerate(cell.lines):
        paragraph = into.paragraphs[0] if number == 0 else into.add_paragraph()
        paragraph._p.style = _CELL
        if numeric:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if line.label:
            paragraph.add_run(f"{line.label}: ").bold = True
        run = paragraph.add_run(line.text)
        if cell.strong or cell.token:
            run.bold = True
        if cell.token:
            run.font.color.rgb = _rgb(_COLOURS[cell.token])


def _picture(document: Document, picture: Picture, width: float) -> None:
    """The picture with its text alternative, its finding above and how to read it below."""
    document.add_paragraph().add_run(picture.title).bold = True
    drawn = BytesIO(vl_convert.svg_to_png(picture.svg, scale=2))
    shown = document.add_picture(drawn, width=Mm(min(width, 160)))
    named = shown._inline.docPr
    named.set("descr", picture.alt)
    named.set("title", picture.title)
    _paragraph(document.add_paragraph(), Paragraph(text=picture.note, style="fine"))
