"""PDF files with ruled tables as grids. A table that goes on over pages is one grid.

A cell's words stand in lines that the typesetter broke. A line begins a new paragraph when its first word
would have had room on the line before, or when it opens with a list mark or a label.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from itertools import pairwise
from statistics import median
from typing import Any, NamedTuple

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect

from fyrbak.errors import BadInputError
from fyrbak.goals.documents.document import TableCell
from fyrbak.goals.documents.grids import Grid, GridCell, Paragraph
from fyrbak.goals.documents.words import BULLETS, SUSPENDED, Line, Vocabulary, join

Box = tuple[float, float, float, float]  # left, top, right, bottom, in points from the upper left corner
_SAME_LINE = 2.5  # points between the upper edges of words on one line
_SAME_EDGE = 2.0  # points between the edges of a table's columns on two pages
_MARGIN = 0.1  # share of a page's height in which headers and footers stand
_LABEL = re.compile(r"[A-ZÅÄÖ][\w ]{1,14}:")  # such as "RCC Norr:", where a voice begins
_GOES_ON = re.compile(r"\S-$|\d–$")
_LARGER = 1.1  # a heading's type is at least this much larger than most of the document's


class _Page(NamedTuple):
    """What pdfplumber finds on a page: words with boxes and sizes, and tables with rows of cells."""

    words: list[dict[str, Any]]
    tables: list[Any]
    height: float


@dataclass(frozen=True, slots=True)
class _TextLine:
    """A line of words, with its box and its size of type."""

    text: str
    box: Box
    size: float
    first: float
    """Width of the first word."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table on one page: what stands above it, its rows, and the edges of its columns."""

    above: tuple[Paragraph, ...]
    rows: tuple[tuple[GridCell, ...], ...]
    edges: tuple[float, ...]


def read_pdf(data: bytes, file: str) -> list[Grid]:
    """Return the ruled tables of a PDF in order.

    Raises BadInputError when the file is damaged, locked, a picture without text, or has no ruled table.
    """
    try:
        with pdfplumber.open(BytesIO(data)) as pdf:
            pages = [
                _Page(page.extract_words(extra_attrs=["size"]), page.find_tables(), page.height)
                for page in pdf.pages
            ]
    except Exception as error:  # a damaged file fails in as many ways as it has layers
        if any(isinstance(cause, PDFPasswordIncorrect) for cause in (error, *error.args)):
            raise _unreadable(file, "is locked with a password. Save it without", "locked") from error
        raise _unreadable(file, "is damaged. Save or copy it anew and try again", "damaged") from error
    if not any(page.words for page in pages):
        raise _unreadable(file, "holds pictures of text, not text. Give the Word or Excel file", "picture")
    if not any(page.tables for page in pages):
        raise _unreadable(file, "has no table with ruled lines. Give the Word or Excel file", "unruled")
    pages = _without_margins(pages)
    reader = _Reader(pages)
    return _whole([reader.tables(page, number) for number, page in enumerate(pages, start=1)])


def _unreadable(file: str, what: str, word: str) -> BadInputError:
    return BadInputError(f"{file}: the PDF {what}.", word=f"plans.unreadable.{word}")


def _without_margins(pages: Sequence[_Page]) -> list[_Page]:
    """The pages without headers and footers: lines in the margins that stand on several of them."""

    def in_margin(line: _TextLine, page: _Page) -> bool:
        return line.box[3] < _MARGIN * page.height or line.box[1] > (1 - _MARGIN) * page.height

    def alike(line: _TextLine) -> str:
        return re.sub(r"\d+", "#", line.text)

    outside = [[line for line in _lines(_outside(page)) if in_margin(line, page)] for page in pages]
    times = Counter(alike(line) for lines in outside for line in lines)
    kept = []
    for page, lines in zip(pages, outside, strict=True):
        dropped = [line.box for line in lines if times[alike(line)] > 1]
        words = [word for word in page.words if not any(_inside(word, box) for box in dropped)]
        kept.append(page._replace(words=words))
    return kept


def _outside(page: _Page) -> list[dict[str, Any]]:
    return [word for word in page.words if not any(_inside(word, table.bbox) for table in page.tables)]


def _inside(word: dict[str, Any], box: Box) -> bool:
    """Whether the middle of a word is in a box."""
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return box[0] <= across <= box[2] and box[1] <= down <= box[3]


def _lines(words: Sequence[dict[str, Any]]) -> list[_TextLine]:
    """The words in lines from the top down."""
    rows: list[list[dict[str, Any]]] = []
    for word in sorted(words, key=lambda word: (word["top"], word["x0"])):
        if rows and abs(word["top"] - rows[-1][0]["top"]) <= _SAME_LINE:
            rows[-1].append(word)
        else:
            rows.append([word])
    return [_line(sorted(row, key=lambda word: word["x0"])) for row in rows]


def _line(words: Sequence[dict[str, Any]]) -> _TextLine:
    box = (
        words[0]["x0"],
        min(word["top"] for word in words),
        words[-1]["x1"],
        max(word["bottom"] for word in words),
    )
    text = " ".join(word["text"] for word in words)
    return _TextLine(text, box, max(word["size"] for word in words), words[0]["x1"] - words[0]["x0"])


class _Reader:
    """Reads the tables of pages with the words and the size of type of the whole document."""

    def __init__(self, pages: Sequence[_Page]) -> None:
        sizes = [word["size"] for page in pages for word in page.words]
        self.heading_size = _LARGER * median(sizes)
        self.vocabulary = Vocabulary(_raw(line) for page in pages for line in _lines(page.words))
        self.waiting: list[
            Paragraph
        ] = []  # what stands below the last table, perhaps a heading of the next page

    def tables(self, page: _Page, number: int) -> Iterator[_Table]:
        """The tables of a page from the top down."""
        outside = _lines(_outside(page))
        start = 0.0
        for place, table in enumerate(sorted(page.tables, key=lambda table: table.bbox[1]), start=1):
            _, top, _, bottom = table.bbox
            where = f"page {number}, table {place}"
            above = [*self.waiting, *self.paragraphs(outside, start, top, where)]
            self.waiting, start = [], bottom
            yield _Table(tuple(above), tuple(self.rows(page, table, where)), _edges(table))
        self.waiting += self.paragraphs(outside, start, page.height, f"page {number}")

    def rows(self, page: _Page, table: Any, where: str) -> Iterator[tuple[GridCell, ...]]:
        """The rows of a table on its grid; a cell that spans several places is repeated in each."""
        boxes: list[Box] = list(table.cells)
        across, down = _edges(table), _distinct([box[1] for box in boxes] + [box[3] for box in boxes])
        read: dict[Box, GridCell] = {}
        for row, (top, bottom) in enumerate(pairwise(down)):
            cells = []
            for column, (left, right) in enumerate(pairwise(across)):
                middle = {"x0": left, "x1": right, "top": top, "bottom": bottom}
                box = next((box for box in boxes if _inside(middle, box)), (left, top, right, bottom))
                if box not in read:
                    place = TableCell(f"{where}, row {row + 1}, column {column + 1}")
                    text, doubt = self.text([word for word in page.words if _inside(word, box)], box)
                    read[box] = GridCell(text, place, (row, column), doubt)
                cells.append(read[box])
            yield tuple(cells)

    def text(self, words: Sequence[dict[str, Any]], box: Box) -> tuple[str, str | None]:
        """A cell's text, and the doubt where a broken word had to be guessed."""
        lines = _lines(words)
        if not lines:
            return "", None
        room = box[2] - (min(line.box[0] for line in lines) - box[0])
        return join(list(_broken(lines, room)), self.vocabulary)

    def paragraphs(
        self, lines: Sequence[_TextLine], top: float, bottom: float, where: str
    ) -> Iterator[Paragraph]:
        """What stands between two heights: lines of one size without a gap between them are one paragraph."""
        groups: list[list[_TextLine]] = []
        for line in (line for line in lines if top <= line.box[1] < bottom):
            last = groups[-1][-1] if groups else None
            if last and last.size == line.size and line.box[1] - last.box[3] < 0.6 * line.size:
                groups[-1].append(line)
            else:
                groups.append([line])
        for group in groups:
            text, _ = join([Line(0, _raw(line)) for line in group], self.vocabulary)
            yield Paragraph(text, TableCell(f"{where}, above"), group[0].size >= self.heading_size)


def _raw(line: _TextLine) -> str:
    """The line as the joining of words reads it: with a space at its end unless a word or span goes on."""
    return line.text if _GOES_ON.search(line.text) else f"{line.text} "


def _broken(lines: Sequence[_TextLine], room: float) -> Iterator[Line]:
    """The lines of a cell, with an empty one where a paragraph ends: before the edge ``room``, or a label."""
    for number, (line, following) in enumerate(zip(lines, [*lines[1:], None], strict=True), start=1):
        raw = _raw(line)
        if following and raw.endswith("-") and SUSPENDED.match(following.text):
            raw += " "  # "utvecklings- och": the hyphen stands for the rest of the word
        yield Line(number, raw)
        space = 0.3 * line.size
        if following and (line.box[2] + space + following.first < room or _LABEL.match(following.text)):
            yield Line(number, " ")


def _edges(table: Any) -> tuple[float, ...]:
    return tuple(_distinct([edge for box in table.cells for edge in (box[0], box[2])]))


def _distinct(edges: Sequence[float]) -> list[float]:
    """The edges in order, those that are nearly the same once."""
    found: list[float] = []
    for edge in sorted(edges):
        if not found or edge - found[-1] > _SAME_EDGE:
            found.append(edge)
    return found


def _whole(pages: Sequence[Iterator[_Table]]) -> list[Grid]:
    """The tables in order, those that go on at the top of the next page put together."""
    found: list[_Table] = []
    for tables in pages:
        for place, table in enumerate(tables):
            if found and place == 0 and not table.above and _same_columns(found[-1], table):
                found[-1] = replace(found[-1], rows=tuple(_continued(found[-1].rows, table.rows)))
            else:
                found.append(table)
    return [Grid(table.above, table.rows) for table in found]


def _same_columns(one: _Table, other: _Table) -> bool:
    return len(one.edges) == len(other.edges) and all(
        abs(edge - same) <= _SAME_EDGE for edge, same in zip(one.edges, other.edges, strict=True)
    )


def _continued(
    before: Sequence[tuple[GridCell, ...]], after: Sequence[tuple[GridCell, ...]]
) -> list[tuple[GridCell, ...]]:
    """The rows of a table and those on the next page, without the header that is printed there again."""

    def words(row: tuple[GridCell, ...]) -> list[str]:
        return [cell.text for cell in row]

    repeated = 0
    while repeated < min(len(before), len(after)) and words(before[repeated]) == words(after[repeated]):
        repeated += 1
    rows, rest = list(before), list(after[repeated:])
    if rest and _cut(rest[0]):
        rows[-1] = tuple(_joined(one, other) for one, other in zip(rows[-1], rest[0], strict=True))
        rest = rest[1:]
    # Places in the grid go on, so that no cell of the next page is taken for a merged one of this.
    return rows + [
        tuple(replace(cell, anchor=(cell.anchor[0] + len(before), cell.anchor[1])) for cell in row)
        for row in rest
    ]


def _cut(row: tuple[GridCell, ...]) -> bool:
    """Whether the first row on a page goes on with the row before: it opens with nothing, or mid-sentence.

    So does one list item alone.
    """
    first, *others = (cell.text for cell in row)
    if not first:
        return any(others)
    return first[0].islower() or (first[0] in BULLETS and not any(others))


def _joined(cell: GridCell, rest: GridCell) -> GridCell:
    if not rest.text:
        return cell
    opens = rest.text[0] in BULLETS or _LABEL.match(rest.text)
    doubt = "the row was cut at the end of a page and put together" if cell.text else None
    glue = "\n" if opens else " "
    text = f"{cell.text}{glue}{rest.text}" if cell.text else rest.text
    return replace(cell, text=text, doubtful=cell.doubtful or rest.doubtful or doubt)
