"""The columns of an action plan: how their headers are written."""

from __future__ import annotations

from collections.abc import Sequence

from fyrbak.goals.documents.document import Column

NAMES = {
    "aktivitet": Column.ACTIVITY,
    "aktiviteter": Column.ACTIVITY,
    "hur": Column.HOW,
    "vem": Column.WHO,
    "när": Column.WHEN,
    "ansvarig": Column.RESPONSIBLE,
    "ansvariga": Column.RESPONSIBLE,
    "uppföljning": Column.FOLLOW_UP,
    "tidsram": Column.TIME_FRAME,
    "tidplan": Column.TIME_FRAME,
}


def column_of(title: str) -> Column | None:
    """Return the column that a header cell names, such as ``När?``, or None."""
    return NAMES.get(title.strip().rstrip("?:").strip().lower())


def columns_of(titles: Sequence[str]) -> list[Column] | None:
    """Return the columns that a whole header row names, or None if it is no such row.

    A header names the activity and at least one more column, each once, and nothing else.
    """
    columns = [column_of(title) for title in titles]
    known = [column for column in columns if column]
    if len(known) < len(columns) or len(set(known)) < len(known) or len(known) < 2:
        return None
    return known if Column.ACTIVITY in known else None
