"""Texts and names as SQL, whatever signs they hold."""

from __future__ import annotations


def sql_text(value: str) -> str:
    """A text as a SQL literal."""
    return "'" + value.replace("'", "''") + "'"


def sql_name(value: str) -> str:
    """A column name as SQL, whatever a source has called it."""
    return '"' + value.replace('"', '""') + '"'
