"""Whole numbers that stand in an address or a hidden field, where anybody may write anything."""

from __future__ import annotations

_MOST_DIGITS = 18  # more than any row of the database has


def whole_number(text: str) -> int | None:
    """The number; None for whatever is not a few of the digits 0 to 9."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None
