"""A file of events as it was sent: CSV, Excel or Parquet, read whole into rows of texts with their lines.

A file that cannot be whole is refused as a whole and nothing of it is used; what is odd with single rows is
told of each.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from zipfile import BadZipFile

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl.utils.exceptions import InvalidFileException

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.pathways.events.errors import EntryError

LARGEST = 20 << 20  # bytes
_DELIMITERS = ";,\t"


class _Columns(Definition):
    columns: dict[str, tuple[str, ...]]
    status: dict[str, str]


@cache
def names() -> _Columns:
    """What columns may be called."""
    return load(CONTENT / "events" / "file_columns.yaml", _Columns)


@dataclass(frozen=True)
class SentRow:
    """One row: its line in the file (the heading is 1), and its texts by the layout's names of columns."""

    line: int
    said: dict[str, str]


@dataclass(frozen=True)
class Sheet:
    """The rows of a file, and what it calls the layout's columns.

    ``broken`` are lines that do not have as many fields as the heading.
    """

    titles: dict[str, str]
    rows: tuple[SentRow, ...]
    broken: tuple[int, ...]


def read_sheet(content: bytes, name: str, rows: int | None = None) -> Sheet:
    """Read a file by the ending of its name. ``rows`` is how many the sender says that it has.

    Raises EntryError for a file that is too large, empty, of another kind than its name says, cut off, or
    without the columns that events need.
    """
    if len(content) > LARGEST:
        raise EntryError("the file is larger than 20 megabytes. Send it in parts.", word="file_large")
    readers = {"csv": _csv, "txt": _csv, "xlsx": _excel, "parquet": _parquet}
    ending = name.rpartition(".")[2].lower()
    if ending not in readers:
        raise EntryError(
            "the file is neither CSV, Excel (.xlsx) nor Parquet. Save it as one of them.", word="file_kind"
        )
    heading, lines = readers[ending](content)
    known = _recognised(heading)
    found, broken = [], []
    for line, cells in lines:
        if len(cells) != len(heading):
            broken.append(line)
        elif any(cells):
            found.append(SentRow(line, {column: cells[at] for column, at in known.items()}))
    if rows is not None and rows != len(found) + len(broken):
        raise EntryError(
            f"the file has {len(found) + len(broken)} rows and not {rows}: it may be cut off. Send it again.",
            word="file_rows", field="rows", found=len(found) + len(broken), said=rows,
        )  # fmt: skip
    if not found:
        raise EntryError("the file has no rows. Check that it is the right one.", word="file_empty")
    titles = {column: heading[at] for column, at in known.items()}
    return Sheet(titles, tuple(found), tuple(broken))


def _recognised(heading: Sequence[str]) -> dict[str, int]:
    """Where the layout's columns stand."""
    known: dict[str, int] = {}
    for at, title in enumerate(heading):
        plain = " ".join(title.lower().replace("_", " ").replace("-", " ").replace(".", " ").split())
        column = next((c for c, titles in names().columns.items() if plain in titles), None)
        if column is not None:
            known.setdefault(column, at)
    meaning = "code" in known or {"pathway", "point"} <= known.keys()
    missing = [column for column in ("person_id", "start_date") if column not in known]
    if missing or not meaning:
        wanted = missing + ([] if meaning else ["code"])
        told = ", ".join(names().columns[column][-1] if column != "code" else "kod" for column in wanted)
        raise EntryError(
            f"columns are missing: {told}. Add them to the heading of the file.",
            word="file_columns",
            missing=told,
        )
    return known


def _csv(content: bytes) -> tuple[list[str], Iterable[tuple[int, list[str]]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if not text.strip():
        raise EntryError("the file has no rows. Check that it is the right one.", word="file_empty")
    if not text.endswith("\n"):
        raise EntryError(
            "the file ends in the middle of a line: it is cut off. Send it again, whole.", word="file_cut"
        )
    first = text.splitlines()[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    heading = next(reader)
    return heading, [(reader.line_num, [cell.strip() for cell in row]) for row in reader if row]


def _excel(content: bytes) -> tuple[list[str], Iterable[tuple[int, list[str]]]]:
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        rows = [[_text(cell) for cell in row] for row in book.worksheets[0].iter_rows(values_only=True)]
    except (BadZipFile, InvalidFileException, KeyError, ValueError, OSError, EOFError):
        raise _half() from None
    if not rows:
        raise EntryError("the file has no rows. Check that it is the right one.", word="file_empty")
    return rows[0], list(enumerate(rows[1:], start=2))


def _parquet(content: bytes) -> tuple[list[str], Iterable[tuple[int, list[str]]]]:
    try:
        table = pq.read_table(pa.BufferReader(content))
    except (pa.ArrowInvalid, OSError):
        raise _half() from None
    columns = [[_text(value) for value in column.to_pylist()] for column in table.columns]
    return list(table.schema.names), list(enumerate(map(list, zip(*columns, strict=True)), start=2))


def _half() -> EntryError:
    return EntryError("the file is cut off or damaged. Send it again, whole.", word="file_half")


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime) and value.tzinfo is None and value.time() == value.min.time():
        return value.date().isoformat()
    if isinstance(value, date):  # a moment is one too, and keeps its zone
        return value.isoformat()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
