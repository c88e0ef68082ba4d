"""A paper as a workbook: its running text on the first sheet, then one sheet for each of its rows of data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO

from openpyxl import Workbook

from fyrbak.reports.excel import fill
from fyrbak.reports.papers.packed import packed
from fyrbak.reports.papers.paper import Bullets, Heading, Paper, Paragraph, Scalar
from fyrbak.reports.words import Words


def excel(paper: Paper) -> bytes:
    """The workbook. The same paper gives the same bytes."""
    book = Workbook()
    book.properties.title, book.properties.creator = paper.title, "Fyrbåk"
    book.properties.language = paper.lang
    first = book.worksheets[0]
    first.title = Words(paper.lang)("sheet.text")
    fill(first, (paper.title, paper.subtitle), _text(paper))
    for sheet in paper.sheets:
        fill(book.create_sheet(sheet.name), sheet.headings, sheet.rows)
    written = BytesIO()
    book.save(written)
    return packed(written.getvalue(), paper.on)


def _text(paper: Paper) -> Iterator[Sequence[Scalar]]:
    if paper.banner:
        yield paper.banner, None
    for block in paper.blocks:
        match block:
            case Heading():
                yield block.text, None
            case Paragraph():
                yield None, f"{block.label} {block.text}".strip()
            case Bullets():
                yield from ((None, item) for item in block.items)
    yield from paper.made_of
