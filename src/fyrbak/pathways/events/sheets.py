"""A file of events as it was sent: CSV, Excel or Parquet, read whole into rows of texts with their lines.

A file that cannot be whole is refused as a whole and nothing of it is used; what is odd with single rows is
told of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.pathways.events.errors import EntryError
from fyrbak.records.sheets import SheetError, read_cells, recognised


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
    try:
        sent = read_cells(content, name)
    except SheetError as error:
        raise EntryError(str(error), word=f"file_{error.kind}") from None
    known = _recognised(sent.heading)
    found, broken = [], []
    for line, cells in sent.rows:
        if len(cells) != len(sent.heading):
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
    titles = {column: sent.heading[at] for column, at in known.items()}
    return Sheet(titles, tuple(found), tuple(broken))


def _recognised(heading: Sequence[str]) -> dict[str, int]:
    """Where the layout's columns stand."""
    known = recognised(heading, names().columns)
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
