"""The shape of a finished report, as it is frozen: blocks of ready words in one language, and rows of data.

HTML, Word, PDF and Excel are made from a paper and nothing else, so they can be made again when the database,
the measures and the words of this program have long moved on. The content hash is over its canonical JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from fyrbak.definitions import Definition
from fyrbak.errors import BadInputError
from fyrbak.reports.formats import Language

FORMAT = "fyrbak-report/1"
Token = Literal["ink", "moss", "amber", "brick", "slate"]
Scalar = str | int | float | bool | None


class Heading(Definition):
    """A heading below the title; ``level`` 2 to 4."""

    block: Literal["heading"] = "heading"
    text: str
    level: Literal[2, 3, 4] = 2


class Paragraph(Definition):
    """Running text. ``label`` stands before it in bold, such as whose words they are."""

    block: Literal["paragraph"] = "paragraph"
    text: str
    label: str = ""
    style: Literal["body", "lead", "fine"] = "body"


class Bullets(Definition):
    """A list."""

    block: Literal["bullets"] = "bullets"
    items: tuple[str, ...]


class Head(Definition):
    """A cell of a table's head; it may stretch over several columns or rows."""

    text: str
    across: int = 1
    down: int = 1


class Line(Definition):
    """One paragraph of a cell, after a label in bold if it has one."""

    text: str
    label: str = ""


class Cell(Definition):
    """A cell of a table. ``token`` colours a level or verdict, whose letters or words say it already."""

    lines: tuple[Line, ...] = ()
    token: Token | None = None
    strong: bool = False

    @property
    def text(self) -> str:
        """The cell as plain text, one paragraph a line."""
        return "\n".join(f"{line.label}: {line.text}" if line.label else line.text for line in self.lines)


class Table(Definition):
    """A table. ``widths`` are the columns' shares of the page; ``numeric`` columns stand to the right.

    ``names`` are the columns' headings in one line each, for readers that stack the cells of a row.
    """

    block: Literal["table"] = "table"
    caption: str
    head: tuple[tuple[Head, ...], ...]
    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[float, ...]
    numeric: tuple[bool, ...]

    def cells(self) -> Iterator[list[tuple[str, Cell, bool]]]:
        """Each row as (heading, cell, numeric)."""
        return (list(zip(self.names, row, self.numeric, strict=True)) for row in self.rows)


class Picture(Definition):
    """A figure: its finding, the picture, the same in words, how to read it, and all its numbers.

    ``name`` changes with the picture, and is fit for a file. The numbers are for the screen, where they can
    be folded away; on paper they stand in the table before the figure.
    """

    block: Literal["picture"] = "picture"
    name: str = Field(pattern=r"^[0-9a-f]{16}$")
    title: str
    svg: str = Field(repr=False)
    alt: str = Field(min_length=1)
    note: str
    table: Table


Block = Annotated[Heading | Paragraph | Bullets | Table | Picture, Field(discriminator="block")]


class Sheet(Definition):
    """Rows of data with their headings."""

    name: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Scalar, ...], ...]


class Paper(Definition):
    """A finished report.

    ``banner`` is empty unless something in it is invented. ``landscape`` is how its pages lie. ``made_of``
    says, as (heading, text), what it rests on: plan, round, snapshot, definitions, software.
    """

    format: Literal["fyrbak-report/1"] = "fyrbak-report/1"
    kind: str
    lang: Language
    title: str
    subtitle: str
    owner: str
    on: date
    banner: str = ""
    landscape: bool = False
    synthetic: bool = False
    snapshot: str = ""
    blocks: tuple[Block, ...]
    sheets: tuple[Sheet, ...] = ()
    made_of: tuple[tuple[str, str], ...]

    def pictures(self) -> Iterator[Picture]:
        """Every picture in order."""
        return (block for block in self.blocks if isinstance(block, Picture))


def canonical(paper: Paper) -> bytes:
    """The paper as JSON that is the same for the same content: sorted keys, no spaces, UTF-8."""
    plain = paper.model_dump(mode="json")
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def content_hash(data: bytes) -> str:
    """SHA-256 over a paper's canonical JSON, as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def paper_from(data: bytes) -> Paper:
    """The paper in canonical JSON. Raises BadInputError for anything else."""
    try:
        return Paper.model_validate_json(data)
    except ValidationError as error:
        raise BadInputError(
            f"the frozen report cannot be read: {error.error_count()} faults. Take one that is whole."
        ) from None


def cell(text: str, *, token: Token | None = None, strong: bool = False) -> Cell:
    """A cell with this text, one paragraph a line."""
    return Cell(lines=tuple(Line(text=line) for line in text.split("\n")), token=token, strong=strong)


def plain_table(
    caption: str,
    headings: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
    numeric: tuple[bool, ...] = (),
    widths: tuple[float, ...] = (),
) -> Table:
    """A table with one row of headings and plain cells; the first column heads the rows."""
    return Table(
        caption=caption,
        head=(tuple(Head(text=heading) for heading in headings),),
        names=headings,
        rows=tuple(tuple(cell(text, strong=not at) for at, text in enumerate(row)) for row in rows),
        widths=widths or tuple(1.0 for _ in headings),
        numeric=numeric or tuple(False for _ in headings),
    )
