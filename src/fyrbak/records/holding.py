"""Which versions of rows hold today, as a condition in SQL (see ``models/envelope.py``)."""

from __future__ import annotations


def holds(row: str) -> str:
    """The condition that a version holds: nothing has replaced it, and it does not take its row back.

    ``row`` is what the statement calls the table.
    """
    return f"{row}.known_to IS NULL AND {row}.status <> 'retracted'"
