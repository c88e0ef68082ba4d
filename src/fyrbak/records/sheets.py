"""A file that somebody sends, CSV, Excel or Parquet, read whole into rows of texts with their lines.

A file that cannot be whole is refused as a whole and nothing of it is used.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zipfile import BadZipFile, ZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from fyrbak.errors import BadInputError

LARGEST = 20 << 20  # bytes
UNPACKED = 5 * LARGEST  # bytes that a packed file may unpack to
_MOST_ROWS = 1_000_000
_DELIMITERS = ";,\t"
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f]")  # control characters, which no heading holds


class SheetError(BadInputError):
    """A file that cannot be used. ``kind`` says why: large, kind, empty, text, cut or half."""

    def __init__(self, line: str, *, kind: str, **names: object) -> None:
        super().__init__(line, word=f"events.error.file_{kind}", **names)
        self.kind = kind


@dataclass(frozen=True)
class Cells:
    """The heading of a file and its rows, each with its line: the heading is 1."""

    heading: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]


def read_cells(content: bytes, name: str) -> Cells:
    """Read a file by the ending of its name.

    Raises SheetError for a file that is too large, empty, of another kind than its name says, or cut off.
    """
    if len(content) > LARGEST:
        raise _too_large()
    readers = {"csv": _csv, "txt": _csv, "xlsx": _excel, "parquet": _parquet}
    ending = name.rpartition(".")[2].lower()
    if ending not in readers:
        raise SheetError(
            "the file is neither CSV, Excel (.xlsx) nor Parquet. Save it as one of them.", kind="kind"
        )
    heading, rows = readers[ending](content)
    return Cells(_plain(heading), tuple((line, _plain(cells)) for line, cells in rows))


def _plain(cells: Iterable[str]) -> tuple[str, ...]:
    """The cells without the NULs that no database keeps in a text."""
    return tuple(cell.replace("\0", "") for cell in cells)


def recognised(heading: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where known columns stand. ``names`` are what each may be called, in small letters.

    Underscores, hyphens and dots count as spaces; of two that are called alike the first counts.
    """
    known: dict[str, int] = {}
    for at, title in enumerate(heading):
        plain = " ".join(title.lower().replace("_", " ").replace("-", " ").replace(".", " ").split())
        column = next((c for c, titles in names.items() if plain in titles), None)
        if column is not None:
            known.setdefault(column, at)
    return known


def _csv(content: bytes) -> tuple[Sequence[str], Iterable[tuple[int, list[str]]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if not text.strip():
        raise _empty()
    if _NO_TEXT.search(text.partition("\n")[0]):
        raise SheetError(
            "the file is not a text file, though its name says so. Save it as CSV (UTF-8).", kind="text"
        )
    if not text.endswith("\n"):
        raise SheetError(
            "the file ends in the middle of a line: it is cut off. Send it again, whole.", kind="cut"
        )
    first = text.splitlines()[0]
    delimiter = max(_DELIMITERS, key=first.count)
    lines = list(io.StringIO(text, newline=""))
    try:
        heading, *rows = _delimited(lines, delimiter)
    except csv.Error:  # a cell longer than any text
        raise _half() from None
    return heading[1], rows


def _delimited(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """The rows, each with the line that it ends on.

    A quotation mark that is never closed takes the rows after it into its cell. Where a cell of several lines
    looks like that, each of its lines is a row of its own again, so that no row is lost with another.
    """
    reader, begun, fields = csv.reader(lines, delimiter=delimiter), 0, 0
    for row in reader:
        fields = fields or len(row)
        several = reader.line_num > begun + 1
        if several and (len(row) != fields or any(delimiter in c and "\n" in c for c in row)):
            for at in range(begun, reader.line_num):
                yield at + 1, _stripped(next(csv.reader([lines[at]], delimiter=delimiter), []))
        elif row:
            yield reader.line_num, _stripped(row)
        begun = reader.line_num


def _stripped(row: Iterable[str]) -> list[str]:
    return [cell.strip() for cell in row]


def _excel(content: bytes) -> tuple[Sequence[str], Iterable[tuple[int, list[str]]]]:
    try:
        with ZipFile(io.BytesIO(content)) as packed:
            if sum(one.file_size for one in packed.infolist()) > UNPACKED:
                raise _too_large()
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [[_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError):
        raise _half() from None
    if not rows:
        raise _empty()
    return rows[0], list(enumerate(rows[1:], start=2))


def _parquet(content: bytes) -> tuple[Sequence[str], Iterable[tuple[int, list[str]]]]:
    try:
        file = pq.ParquetFile(pa.BufferReader(content))
        told = file.metadata
        size = sum(told.row_group(at).total_byte_size for at in range(told.num_row_groups))
        if told.num_rows > _MOST_ROWS or size > UNPACKED:
            raise _too_large()
        table = file.read()
    except (pa.ArrowInvalid, OSError):
        raise _half() from None
    columns = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    return list(table.schema.names), list(enumerate(map(list, zip(*columns, strict=True)), start=2))


def _too_large() -> SheetError:
    return SheetError(
        "the file is larger than 20 megabytes, or unpacks to far more. Send it in parts.", kind="large"
    )


def _empty() -> SheetError:
    return SheetError("the file has no rows. Check that it is the right one.", kind="empty")


def _half() -> SheetError:
    return SheetError("the file is cut off or damaged. Send it again, whole.", kind="half")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == value.min.time():
        return value.date().isoformat()
    if isinstance(value, date):  # a moment is one too, and keeps its zone
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
